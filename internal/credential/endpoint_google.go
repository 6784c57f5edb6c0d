package credential

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// ServeSubject serves what the source of a Google credential configuration asks for: a new token of AWS at each request,
// or this workload's credentials in the way of an instance, since libraries sign requests themselves. It gets one first,
// so that what cannot work is known at once. Like that of ServeAWS the endpoint outlives ctx.
func ServeSubject(ctx context.Context, s Subject, kind string) (*Endpoint, error) {
	if kind == cloud.JWT {
		if _, err := s.JWT(ctx); err != nil {
			return nil, err
		}
		return serve(context.WithoutCancel(ctx), guarded(s.giveJWT))
	}
	if _, err := workload(ctx, s.AWS, s.Env, s.Profile); err != nil {
		return nil, err
	}
	return serve(context.WithoutCancel(ctx), s.instance)
}

func (s Subject) giveJWT(ctx context.Context, w http.ResponseWriter) error {
	t, err := s.JWT(ctx)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain")
	_, err = io.WriteString(w, t.Value.Reveal())
	return err
}

// The paths of an instance's metadata below the token, which is the first word of each: libraries send no header there.
const (
	zonePath = "/zone"
	rolePath = "/credentials"
	roleName = "workload"
)

// instance answers as far as Google's libraries ask an instance.
func (s Subject) instance(token string) http.Handler {
	mux := http.NewServeMux()
	// The last letter is cut off by the libraries.
	mux.HandleFunc("GET /"+token+zonePath, text(s.AWS.Region+"a"))
	mux.HandleFunc("GET /"+token+rolePath, text(roleName))
	mux.HandleFunc("GET /"+token+rolePath+"/"+roleName, giver(s.giveKeys).answer)
	return mux
}

func text(value string) http.HandlerFunc {
	return giver(func(_ context.Context, w http.ResponseWriter) error {
		w.Header().Set("Content-Type", "text/plain")
		_, err := fmt.Fprint(w, value)
		return err
	}).answer
}

func (s Subject) giveKeys(ctx context.Context, w http.ResponseWriter) error {
	c, err := workload(ctx, s.AWS, s.Env, s.Profile)
	if err != nil {
		return err
	}
	data, err := containerDocument(c, s.RoleARN)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(data)
	return err
}
