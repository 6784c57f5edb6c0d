// Package sandboxtest is for tests that run a program against the sandbox: a gate between the two that counts calls and
// spoils one of them, and a reading of all that both clouds hold. It knows nothing of the program.
package sandboxtest

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
	"sync/atomic"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// Gate stands between a process and both clouds. It names and counts the calls, and at one of them it does what a test
// wants: it ends the process, or answers in the clouds' place.
type Gate struct {
	Server *sandbox.Server
	http   *httptest.Server

	quiet sync.RWMutex // held for writing by an incident that must be alone
	calls atomic.Int32 // under way

	mu     sync.Mutex
	before func(Point) // may be nil
	counts map[string]int
	log    []Point
	at     Point
	does   Incident
	met    bool // the point was reached
	dead   bool // the process was killed: nothing of it reaches the clouds any more
	kill   func()
}

// Point is one call of a run: the nth of its name, or the nth of all when it has none.
type Point struct {
	Call string
	Nth  int
}

func (p Point) String() string { return fmt.Sprintf("%s#%d", p.Call, p.Nth) }

// Incident is what happens at a point, in place of the call.
type Incident func(g *Gate, w http.ResponseWriter, r *http.Request)

// NewGate stands in front of a server until the test ends.
func NewGate(t *testing.T, server *sandbox.Server) *Gate {
	t.Helper()
	g := &Gate{Server: server}
	g.Reset(Point{}, nil, nil)
	g.http = httptest.NewServer(g)
	t.Cleanup(g.http.Close)
	return g
}

// Environ is the sandbox's environment with the gate in front.
func (g *Gate) Environ() map[string]string {
	env := map[string]string{}
	for name, value := range g.Server.Environ() {
		value = strings.ReplaceAll(value, g.Server.URL(), g.http.URL)
		env[name] = strings.ReplaceAll(value, strings.TrimPrefix(g.Server.URL(), "http://"), strings.TrimPrefix(g.http.URL, "http://"))
	}
	return env
}

// Reset begins a new process, at one of whose calls something may happen. kill is what End does to it, and may be nil.
func (g *Gate) Reset(at Point, does Incident, kill func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts, g.log, g.at, g.does, g.kill, g.met, g.dead = map[string]int{}, nil, at, does, kill, false, false
}

// Before runs f before each call is let through, in the goroutine of the call; nil ends that.
func (g *Gate) Before(f func(Point)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.before = f
}

// Calls are the points of the process so far.
func (g *Gate) Calls() []Point {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Point(nil), g.log...)
}

// Reached reports whether the process came to the point of Reset.
func (g *Gate) Reached() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.met
}

// Gone reports whether the process was ended.
func (g *Gate) Gone() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dead
}

// Busy reports whether a call is under way.
func (g *Gate) Busy() bool { return g.calls.Load() > 0 }

// ServeHTTP counts the call and lets it through, unless this is the one.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.calls.Add(1)
	defer g.calls.Add(-1)
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	at, does, before, dead := g.count(callName(r, body))
	if before != nil {
		before(at)
	}
	switch {
	case dead:
		panic(http.ErrAbortHandler)
	case does != nil:
		does(g, w, r)
	default:
		g.quiet.RLock()
		defer g.quiet.RUnlock()
		g.Server.ServeHTTP(w, r)
	}
}

func (g *Gate) count(name string) (at Point, does Incident, before func(Point), dead bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dead {
		return at, nil, nil, true
	}
	g.counts[name]++
	at = Point{name, g.counts[name]}
	g.log = append(g.log, at)
	if at != g.at && (g.at.Call != "" || g.at.Nth != len(g.log)) {
		return at, nil, g.before, false
	}
	g.met = true
	return at, g.does, g.before, false
}

var longNumbers = regexp.MustCompile(`\d{15,}|operations/[^/?]+`)

// callName names a call by what it does and to what, without what differs from run to run.
func callName(r *http.Request, body []byte) string {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("Action") == "" {
		return longNumbers.ReplaceAllString(r.Method+" "+r.URL.Path, "N")
	}
	words := []string{form.Get("Action")}
	for _, key := range []string{"RoleName", "InstanceProfileName", "PolicyName", "PolicyArn"} {
		if v := form.Get(key); v != "" {
			words = append(words, v)
		}
	}
	return strings.Join(words, " ")
}

// End kills the process: whatever Reset was told to do to it is done, and no call of it gets through any more.
func (g *Gate) End() {
	g.mu.Lock()
	g.dead = true
	kill := g.kill
	g.mu.Unlock()
	if kill != nil {
		kill()
	}
}

// Crashes are the moments of a call at which a process may be killed.
func Crashes() map[string]Incident {
	return map[string]Incident{
		"before the call": func(g *Gate, _ http.ResponseWriter, _ *http.Request) {
			g.End()
			panic(http.ErrAbortHandler)
		},
		"after its effect": func(g *Gate, _ http.ResponseWriter, r *http.Request) {
			g.Server.ServeHTTP(httptest.NewRecorder(), r)
			g.End()
			panic(http.ErrAbortHandler)
		},
		"before the journal line": func(g *Gate, w http.ResponseWriter, r *http.Request) {
			g.Server.ServeHTTP(w, r)
			g.End()
		},
	}
}
