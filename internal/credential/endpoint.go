package credential

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// Endpoint serves credentials on loopback for as long as one command runs. Only who knows its token is answered, and only
// under the address that it listens on: a web page that leads a name of its own here is not.
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
	e.server = &http.Server{
		Handler: only(l.Addr().String(), handler(e.Token)), ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(e.done)
		_ = e.server.Serve(l)
	}()
	return e, nil
}

// only passes on what was asked of this very address.
func only(host string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			http.Error(w, "this is "+host+" and no other host", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
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
// again before it ends. The first one is got while ctx lives. The endpoint outlives ctx, because a command that is told to
// end may still need its credentials: a session is renewed when it is asked for, until Close.
func ServeAWS(ctx context.Context, s AWS) (*Endpoint, error) {
	held, err := s.Get(ctx)
	if err != nil {
		return nil, err
	}
	h := &holder{source: s, held: held}
	return serve(context.WithoutCancel(ctx), guarded(h.give))
}

// holder keeps the session that an endpoint gives, also where there is no cache.
type holder struct {
	source AWS
	mu     sync.Mutex
	held   cloud.Credentials
}

func (h *holder) give(ctx context.Context, w http.ResponseWriter) error {
	c, err := h.fresh(ctx)
	if err != nil {
		return err
	}
	data, err := containerDocument(c, h.source.Wanted.RoleARN)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(data)
	return err
}

func (h *holder) fresh(ctx context.Context) (cloud.Credentials, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if rest := h.held.Expires.Sub(h.source.Now()); rest > ahead && rest <= session+skew {
		return h.held, nil
	}
	got, err := h.source.Get(ctx)
	if err != nil {
		return h.source.instead(h.held, true, err)
	}
	h.held = got
	return got, nil
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
