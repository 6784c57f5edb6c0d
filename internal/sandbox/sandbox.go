// Package sandbox is Google Cloud and AWS on loopback, as far as a bridge between them can tell: real signatures,
// tokens, policies and refusals, in one process and without a network.
//
// It shares no code with the rest of the program and uses no cloud SDK: it judges from the clouds' documented
// behaviour, so that it cannot share our mistakes. It refuses what the real clouds refuse, with their codes.
package sandbox

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/aws"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/google"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Options are the knobs. The zero value is a fresh world that behaves like production, on a free loopback port.
type Options struct {
	StateFile  string           // kept here before each reply that changed something; empty: lives as long as the process
	Latency    time.Duration    // added to every reply
	Lag        time.Duration    // how long a write stays invisible to reads
	Seed       uint64           // makes ids and numbers reproducible
	AsVM       string           // whose Google metadata is served; empty: the last one made
	AsInstance string           // whose EC2 metadata is served; empty: the last one given a profile
	Hops       int              // how far the client of EC2's metadata is away: 0 and 1 on the instance, 2 in a container on it
	Faults     []string         // CALL=ERROR[*N]
	Quotas     map[string]int   // limits other than the usual ones, "aws.RolesQuota", and rates, which have none: "google.sts.perMinute"
	Now        func() time.Time // nil: time.Now
	Addr       string           // empty: 127.0.0.1:0
	Proxy      bool             // listen as an HTTP(S) proxy behind which the clouds have their real names
	Dir        string           // where the AWS files of the exports are written; empty: a temporary one, removed at Close
}

// Server is a running sandbox.
type Server struct {
	world   *world.World
	aws     *aws.Cloud
	google  *google.Cloud
	faults  world.Faults
	journal journal
	latency time.Duration

	url     string
	http    *http.Server
	served  chan struct{}
	stop    chan struct{} // closed at Close, so that hanging calls end
	once    sync.Once
	proxy   *proxy // nil: not a proxy
	dir     string
	ownsDir bool
	exports []Export
}

// Start serves both clouds until Close, or until ctx ends. Its error names what is wrong: a damaged state file or one
// of another version, a state held by another process, and as a KnobError what the options name and the sandbox lacks.
func Start(ctx context.Context, o Options) (*Server, error) {
	faults, err := parseFaults(o.Faults)
	if err != nil {
		return nil, err
	}
	if err := checkQuotas(o.Quotas); err != nil {
		return nil, err
	}
	w, err := openWorld(o)
	if err != nil {
		return nil, err
	}
	if err := checkPlayed(w, o); err != nil {
		_ = w.Close()
		return nil, err
	}
	s := &Server{world: w, latency: o.Latency, served: make(chan struct{}), stop: make(chan struct{})}
	s.faults.Set(faults)
	s.aws = aws.New(w, s.base(o, ""))
	s.google = google.New(w, s.base(o, "https://www.googleapis.com"))
	s.join(o)
	if err := s.open(o); err != nil {
		_ = w.Close()
		return nil, err
	}
	if err := s.writeSignIn(o.Dir); err != nil {
		_ = s.Close()
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func openWorld(o Options) (*world.World, error) {
	knobs := world.Knobs{Latency: o.Latency, Lag: o.Lag, Now: o.Now, Quotas: o.Quotas}
	if o.StateFile == "" {
		return world.New(o.Seed, knobs), nil
	}
	return world.Load(o.StateFile, o.Seed, knobs)
}

// base answers the address that a cloud gives as its own: the server's, or its real one behind a proxy.
func (s *Server) base(o Options, behindProxy string) func() string {
	if o.Proxy {
		return func() string { return behindProxy }
	}
	return s.URL
}

func (s *Server) open(o Options) (err error) {
	if o.Proxy {
		if s.proxy, err = newProxy(s.answer); err != nil {
			return fmt.Errorf("start sandbox: %w", err)
		}
	}
	return s.listen(o.Addr)
}

// join hands Google what it needs of AWS: who signed a request, and the keys of the accounts' own issuers. (AWS checks
// Google's tokens with the keys in the world.)
func (s *Server) join(o Options) {
	s.aws.AsInstance, s.aws.Hops = o.AsInstance, o.Hops
	s.google.AsVM = o.AsVM
	s.google.Replay = s.aws.CallerOf
	s.google.Keys = s.aws.IssuerKeys
}

func (s *Server) listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("start sandbox: %w", err)
	}
	s.url = "http://" + l.Addr().String()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(l)
	}()
	return nil
}

// URL is where both clouds, or the proxy before them, listen: without a trailing slash.
func (s *Server) URL() string { return s.url }

// World is the state behind the server, for tests that read or tamper with it.
func (s *Server) World() *world.World { return s.world }

// Google is the Google side, for tests that tamper with it.
func (s *Server) Google() *google.Cloud { return s.google }

// AWS is the AWS side, for tests that are a workload of it.
func (s *Server) AWS() *aws.Cloud { return s.aws }

// Secrets lists every credential, token, key and assertion that was seeded or issued, for tests that search for leaks.
func (s *Server) Secrets() []string { return s.world.Secrets() }

// Close stops serving, releases the state file and removes what Start wrote. It may be called twice.
func (s *Server) Close() (err error) {
	s.once.Do(func() {
		close(s.stop)
		if s.proxy != nil {
			s.proxy.close()
		}
		err = s.http.Close()
		<-s.served
		if cerr := s.world.Close(); err == nil {
			err = cerr
		}
		if s.ownsDir {
			_ = os.RemoveAll(s.dir)
		}
	})
	return err
}
