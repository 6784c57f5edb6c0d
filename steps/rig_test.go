package steps

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// rig is one bridge on both clouds of a sandbox, through the real SDKs.
type rig struct {
	*testing.T
	server *sandbox.Server
	google *cloud.Google
	aws    *cloud.AWS
	bridge spec.Bridge
	facts  *Facts

	consent  Consent
	evidence *Evidence
	mu       sync.Mutex
	calls    []string
}

// settled is the pace of clouds that settle at once: a pause of seconds becomes one of milliseconds.
func settled(ctx context.Context) context.Context {
	return cloud.WithPace(ctx, func(d time.Duration) time.Duration { return d / 200 })
}

// calling counts every call below ctx.
func (r *rig) calling() context.Context {
	return cloud.WithTrace(settled(r.Context()), &cloud.Trace{Call: func(c cloud.Call) {
		r.mu.Lock()
		defer r.mu.Unlock()
		name := c.Operation
		if name == "" {
			name = c.Method + " " + c.Path
		}
		r.calls = append(r.calls, name)
	}})
}

// called returns the calls so far and forgets them.
func (r *rig) called() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.calls
	r.calls = nil
	return out
}

func newRig(t *testing.T, file string, o sandbox.Options) *rig {
	t.Helper()
	server, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start the sandbox: %v", err)
	}
	t.Cleanup(func() { _ = server.Close() })
	r := &rig{T: t, server: server, facts: &Facts{}}
	r.file(file)
	env := server.Environ()
	r.google, r.aws, err = cloud.Open(t.Context(), cloud.Options{
		Env: func(k string) string { return env[k] }, Project: r.bridge.Google.Project, Region: r.bridge.AWS.Region,
	})
	if err != nil {
		t.Fatalf("open the clouds: %v", err)
	}
	return r
}

// file gives the rig another bridge file.
func (r *rig) file(text string) {
	r.Helper()
	b, err := spec.Parse("bridge.yaml", []byte(text))
	if err != nil {
		r.Fatalf("parse the bridge: %v", err)
	}
	r.bridge, r.facts = b, &Facts{}
}

func (r *rig) world() *World {
	return &World{Bridge: r.bridge, Google: r.google, AWS: r.aws, Facts: r.facts, Consent: r.consent, Evidence: r.evidence, Now: r.server.World().Now}
}

func (r *rig) graph() *Graph {
	r.Helper()
	g, err := Of(r.bridge)
	if err != nil {
		r.Fatal(err)
	}
	return g
}

// plan plans with fresh facts, as a new process would.
func (r *rig) plan(want Want) Plan {
	r.Helper()
	r.facts = &Facts{}
	p, err := r.graph().Plan(r.calling(), r.world(), want, nil)
	if err != nil {
		r.Fatalf("plan: %v", err)
	}
	return p
}

// apply applies a plan of the moment and wants it to work.
func (r *rig) apply(want Want) (Plan, Result) {
	r.Helper()
	p := r.plan(want)
	return p, r.applyPlan(p)
}

func (r *rig) applyPlan(p Plan) Result {
	r.Helper()
	res, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{})
	if err != nil {
		r.Fatalf("apply: %v\n%s", err, told(res))
	}
	return res
}

// wantKept fails unless a plan changes nothing.
func (r *rig) wantKept(p Plan) {
	r.Helper()
	for _, c := range p.Changes {
		if c.Action != Keep {
			r.Errorf("%s: got %s (%s) %+v, want keep", c.ID, c.Action, c.Reason, c.Fields)
		}
	}
}

// wantAction fails unless a step's change has the action, and returns the change.
func (r *rig) wantAction(p Plan, id string, want Action) Change {
	r.Helper()
	c, ok := p.Change(id)
	if !ok {
		r.Fatalf("no change %s among %v", id, ids(p))
	}
	if c.Action != want {
		r.Errorf("%s: got %s (%s), want %s", id, c.Action, c.Reason, want)
	}
	return c
}

func ids(p Plan) []string {
	var out []string
	for _, c := range p.Changes {
		out = append(out, c.ID)
	}
	return out
}

// told is a result for a failing test to print.
func told(r Result) string {
	var b strings.Builder
	for _, s := range r.Steps {
		b.WriteString(s.ID + " " + string(s.Outcome) + " " + s.Reason + "\n")
	}
	return b.String()
}

// example is one of the repository's example files.
func example(tb testing.TB, name string) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("../internal/spec/testdata/examples", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}
