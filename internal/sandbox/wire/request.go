// Package wire is how the clouds talk: signatures, envelopes, request ids. It refuses what is not well formed and
// knows nothing of what is asked or who may ask it.
package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// MaxBody is the largest request that the sandbox reads. No call around a bridge comes near it.
const MaxBody = 2 << 20

// ErrTooLarge says that a request was over MaxBody.
var ErrTooLarge = errors.New("read request: larger than 2 MiB")

// Body returns the whole body of r and leaves r as if it had not been read, so that several readers may look.
func Body(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if kept, ok := r.Body.(*keptBody); ok {
		kept.Reset(kept.all)
		return kept.all, nil
	}
	all, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if err != nil {
		return nil, err
	}
	if len(all) > MaxBody {
		return nil, ErrTooLarge
	}
	r.Body = &keptBody{Reader: bytes.NewReader(all), all: all}
	return all, nil
}

type keptBody struct {
	*bytes.Reader
	all []byte
}

func (*keptBody) Close() error { return nil }
