package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// Endpoint serves credentials on loopback for as long as one command runs. Only who knows its token is answered.
type Endpoint struct {
	URL   string // http://127.0.0.1:PORT/
	Token string // what the header Authorization must hold, as it is

	server *http.Server
	done   chan struct{}
}

// serve starts an endpoint with the handler that is made for its token.
func serve(ctx context.Context, handler func(token string) http.Handler) (*Endpoint, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, wrapped("serve credentials on loopback", err)
	}
	e := &Endpoint{URL: "http://" + l.Addr().String() + "/", Token: rand.Text(), done: make(chan struct{})}
	e.server = &http.Server{Handler: handler(e.Token), ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		defer close(e.done)
		_ = e.server.Serve(l)
	}()
	return e, nil
}

// giver answers a request, or says why it cannot.
type giver func(context.Context, http.ResponseWriter) error

// answer lets a giver answer. What it gives may not be kept by anyone on the way.
func (give giver) answer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if err := give(r.Context(), w); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// guarded answers GET of any path to who knows the token.
func guarded(give giver) func(token string) http.Handler {
	return func(token string) http.Handler {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
			if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(token)) != 1 {
				http.Error(w, "the token is wrong", http.StatusForbidden)
				return
			}
			give.answer(w, r)
		})
		return mux
	}
}

// Close ends the endpoint at once.
func (e *Endpoint) Close() error {
	err := e.server.Close()
	<-e.done
	return err
}

// ServeAWS gets a session and serves it in the way of a container, which every AWS SDK of the last years asks, and asks
// again before it ends. Until ctx ends the session is renewed when it is asked for.
func ServeAWS(ctx context.Context, s AWS) (*Endpoint, error) {
	held, err := s.Get(ctx)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	return serve(ctx, guarded(func(ctx context.Context, w http.ResponseWriter) error {
		mu.Lock()
		defer mu.Unlock()
		if held.Expires.Sub(s.Now()) <= ahead {
			newer, err := s.Get(ctx)
			if err != nil {
				return err
			}
			held = newer
		}
		data, err := containerDocument(held, s.Wanted.RoleARN)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		_, err = w.Write(data)
		return err
	}))
}

func containerDocument(c cloud.Credentials, roleARN string) ([]byte, error) {
	return line(struct {
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		Token           string
		Expiration      string
		RoleArn         string //nolint:revive // AWS's spelling
	}{c.AccessKeyID, c.SecretAccessKey.Reveal(), c.SessionToken.Reveal(), stamp(c.Expires), roleARN})
}
