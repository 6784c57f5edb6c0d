package verify

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// gate stands between a process and both clouds. It names and counts the calls, and at one of them it does what a test
// wants: it ends the process, or answers in the clouds' place.
type gate struct {
	server *sandbox.Server
	http   *httptest.Server

	quiet sync.RWMutex // held for writing by an incident that must be alone

	mu     sync.Mutex
	counts map[string]int
	log    []point
	at     point
	does   incident
	met    bool // the point was reached
	dead   bool // the process was killed: nothing of it reaches the clouds any more
	kill   func()
}

// point is one call of a run: the nth of its name.
type point struct {
	call string
	nth  int
}

func (p point) String() string { return fmt.Sprintf("%s#%d", p.call, p.nth) }

// incident is what happens at a point.
type incident func(g *gate, w http.ResponseWriter, r *http.Request)

func newGate(t *testing.T, server *sandbox.Server) *gate {
	t.Helper()
	g := &gate{server: server}
	g.reset(point{}, nil, nil)
	g.http = httptest.NewServer(g)
	t.Cleanup(g.http.Close)
	return g
}

// environ is the sandbox's environment with the gate in front.
func (g *gate) environ() map[string]string {
	env := map[string]string{}
	for name, value := range g.server.Environ() {
		value = strings.ReplaceAll(value, g.server.URL(), g.http.URL)
		env[name] = strings.ReplaceAll(value, strings.TrimPrefix(g.server.URL(), "http://"), strings.TrimPrefix(g.http.URL, "http://"))
	}
	return env
}

// reset begins a new process, at one of whose calls something may happen.
func (g *gate) reset(at point, does incident, kill func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts, g.log, g.at, g.does, g.kill, g.met, g.dead = map[string]int{}, nil, at, does, kill, false, false
}

// calls are the points of the process so far.
func (g *gate) calls() []point {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]point(nil), g.log...)
}

func (g *gate) reached() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.met
}

func (g *gate) gone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dead
}

// ServeHTTP counts the call and lets it through, unless this is the one.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	does, dead := g.count(callName(r, body))
	switch {
	case dead:
		panic(http.ErrAbortHandler)
	case does != nil:
		g.quiet.Lock()
		defer g.quiet.Unlock()
		does(g, w, r)
	default:
		g.quiet.RLock()
		defer g.quiet.RUnlock()
		g.server.ServeHTTP(w, r)
	}
}

func (g *gate) count(name string) (incident, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead {
		return nil, true
	}
	g.counts[name]++
	p := point{name, g.counts[name]}
	g.log = append(g.log, p)
	if p != g.at {
		return nil, false
	}
	g.met = true
	return g.does, false
}

var longNumbers = regexp.MustCompile(`\d{15,}|operations/[^/?]+`)

// callName names a call by what it does and to what, without what differs from run to run.
func callName(r *http.Request, body []byte) string {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("Action") == "" {
		return longNumbers.ReplaceAllString(r.Method+" "+r.URL.Path, "N")
	}
	name := form.Get("Action")
	for _, key := range []string{"RoleName", "InstanceProfileName", "PolicyName", "PolicyArn"} {
		if v := form.Get(key); v != "" {
			name += " " + v
		}
	}
	return name
}

// end kills the process: its context ends and no call of it gets through any more.
func (g *gate) end() {
	g.mu.Lock()
	g.dead = true
	kill := g.kill
	g.mu.Unlock()
	if kill != nil {
		kill()
	}
}

// Where a process may be killed.
var crashes = map[string]incident{
	"before the call": func(g *gate, _ http.ResponseWriter, _ *http.Request) {
		g.end()
		panic(http.ErrAbortHandler)
	},
	"after its effect": func(g *gate, _ http.ResponseWriter, r *http.Request) {
		g.server.ServeHTTP(httptest.NewRecorder(), r)
		g.end()
		panic(http.ErrAbortHandler)
	},
	"before the journal line": func(g *gate, w http.ResponseWriter, r *http.Request) {
		g.server.ServeHTTP(w, r)
		g.end()
	},
}
