package verify

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// site is one machine's view of a sandbox behind a gate: what a process finds when it starts.
type site struct {
	*testing.T
	bridge spec.Bridge
	gate   *gate
	dir    string                      // of the journal
	sink   steps.Sink                  // watches plan and apply; may be nil
	call   time.Duration               // how long one call may take; 0: as long as usual
	signIn func(env map[string]string) // changes how the operator is signed in; may be nil
	naps   napping                     // who waits on the sandbox's clock
}

func newSite(t *testing.T, name string) *site { return laggingSite(t, name, 0) }

func laggingSite(t *testing.T, name string, lag time.Duration) *site {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../internal/spec/testdata/examples", name))
	if err != nil {
		t.Fatal(err)
	}
	b, err := spec.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	server, err := sandbox.Start(context.WithoutCancel(t.Context()), sandbox.Options{Dir: t.TempDir(), Seed: 7, Lag: lag})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.World().Change(func(s *world.State, _ time.Time) error { s.Keys = maps.Clone(keys()); return nil }); err != nil {
		t.Fatal(err)
	}
	return &site{T: t, bridge: b, gate: sandboxtest.NewGate(t, server), dir: t.TempDir()}
}

// keys are those of the token issuers, made once for all sites: making one takes longer than most points.
var keys = sync.OnceValue(func() (made map[string]world.SigningKey) {
	w := world.New(7, world.Knobs{})
	if _, err := w.Sign(world.IssuerGoogle, "RS256", map[string]string{}); err != nil {
		panic(err) // the test itself is wrong
	}
	w.View(func(s *world.State, _ time.Time) { made = maps.Clone(s.Keys) })
	return made
})

// command is one command of the program, as the command line runs it.
type command struct {
	name string
	run  func(context.Context, *process) error
}

var (
	apply   = command{"apply", func(ctx context.Context, p *process) error { return p.change(ctx, steps.Present) }}
	destroy = command{"destroy", func(ctx context.Context, p *process) error { return p.change(ctx, steps.Absent) }}
	prove   = command{"verify", func(ctx context.Context, p *process) error { return p.prove(ctx) }}
)

// process is one run of the program: it knows nothing but what it reads.
type process struct {
	world   *steps.World
	ops     cloud.Operators
	journal *steps.Journal
	sink    steps.Sink
	proofs  []Proof
	plan    steps.Plan
	result  steps.Result
}

// run runs a command in a process of its own. What happens at a point of it may end it.
func (s *site) run(c command, at point, does incident) (*process, error) {
	ctx, cancel := context.WithCancel(s.waiting())
	defer cancel()
	s.gate.Reset(at, does, cancel)
	p := &process{sink: s.sink}
	ended, err := make(chan struct{}), errors.New("killed")
	go func() {
		defer close(ended)
		var failed error
		if failed = p.open(ctx, s); failed == nil {
			failed = c.run(ctx, p)
		}
		if !s.gate.Gone() {
			err = failed
		}
	}()
	<-ended
	s.gate.End()
	return p, errors.Join(err, p.journal.Close())
}

func (p *process) open(ctx context.Context, s *site) error {
	env := s.gate.Environ()
	if s.signIn != nil {
		s.signIn(env)
	}
	g, a, err := cloud.Open(ctx, cloud.Options{
		Env: func(name string) string { return env[name] }, Project: s.bridge.Google.Project, Account: s.bridge.AWS.Account,
		Region: s.bridge.AWS.Region, CallTimeout: s.call,
	})
	if err != nil {
		return err
	}
	p.world = &steps.World{Bridge: s.bridge, Google: g, AWS: a, Facts: &steps.Facts{}, Consent: steps.Consent{WithVM: true}, Now: s.gate.Server.World().Now}
	if p.world.Evidence, err = steps.ReadEvidence(s.dir); err != nil {
		return err
	}
	if p.journal, err = steps.OpenJournal(s.dir); err != nil {
		return err
	}
	p.ops = cloud.SignIn(ctx, g, a)
	return errors.Join(p.ops.GoogleErr, p.ops.AWSErr)
}

// change plans and applies, after taking back what a killed proof has left.
func (p *process) change(ctx context.Context, want steps.Want) error {
	graph, err := steps.Of(p.world.Bridge)
	if err != nil {
		return err
	}
	if err := steps.CheckIdentity(ctx, p.world, p.ops); err != nil {
		return err
	}
	if err := RemoveLeftovers(ctx, p.world, nil); err != nil {
		return err
	}
	plan, err := graph.Plan(ctx, p.world, want, p.sink)
	if err != nil {
		return err
	}
	p.plan = plan
	p.result, err = graph.Apply(ctx, p.world, plan, steps.ApplyOptions{Journal: p.journal, Sink: p.sink})
	return err
}

func (p *process) prove(ctx context.Context) (err error) {
	if err := steps.CheckIdentity(ctx, p.world, p.ops); err != nil {
		return err
	}
	p.proofs, err = Proofs(ctx, p.world, Options{Borrow: true, Operators: p.ops, Now: p.world.Now, Journal: p.journal})
	if err != nil {
		return err
	}
	for _, proof := range p.proofs {
		if proof.Verdict != Proven {
			return &unprovenError{proof}
		}
	}
	return nil
}

// unprovenError is the answer no of a proof that ran to its end.
type unprovenError struct{ proof Proof }

func (e *unprovenError) Error() string {
	return e.proof.Direction + " is " + string(e.proof.Verdict) + ": " + e.proof.Reason
}

// must runs a command undisturbed.
func (s *site) must(c command) {
	s.Helper()
	if _, err := s.run(c, point{}, nil); err != nil {
		s.Fatalf("%s: %v", c.name, err)
	}
}

// course is a bridge's whole life undisturbed: the calls of each command, and what the clouds hold after it.
type course struct {
	example string
	before  []command // what has run when the command begins
	command command
	points  []point
	after   []string
	end     []string // after destroy
}

func courses(t *testing.T, example string) []course {
	t.Helper()
	life := []command{apply, prove, destroy}
	var out []course
	s := newSite(t, example)
	for i, c := range life {
		s.must(c)
		out = append(out, course{example: example, before: life[:min(i, 1)], command: c, points: s.gate.Calls(), after: sandboxtest.State(t, s.gate.Server)})
	}
	for i := range out {
		out[i].end = out[len(out)-1].after
	}
	return out
}

var examples = []string{"both-ways.yaml", "ci-to-sqs.yaml", "ec2-to-google.yaml"}

// crash is one point of the sweep.
type crash struct {
	course
	at   point
	when string
}

func TestAKilledRunIsFinishedByTheNext(t *testing.T) {
	var all []crash
	for _, example := range examples {
		for _, c := range courses(t, example) {
			for _, at := range c.points {
				for _, when := range []string{"before the call", "after its effect", "before the journal line"} {
					all = append(all, crash{c, at, when})
				}
			}
		}
	}
	points := sampled(t, all, 30)
	var missed atomic.Int32
	t.Run("points", func(t *testing.T) {
		for _, c := range points {
			t.Run(c.example+"/"+c.command.name+"/"+c.at.String()+"/"+c.when, func(t *testing.T) {
				t.Parallel()
				if !c.sweep(t) {
					missed.Add(1)
				}
			})
		}
	})
	t.Logf("killed at %d of %d points; %d were not met", len(points)-int(missed.Load()), len(all), missed.Load())
	if int(missed.Load()) > len(points)/10 {
		t.Errorf("%d of %d points were not met", missed.Load(), len(points))
	}
}

// sweep kills a run at one point and holds the next one to the undisturbed course.
func (c crash) sweep(t *testing.T) bool {
	s := newSite(t, c.example)
	for _, before := range c.before {
		s.must(before)
	}
	_, err := s.run(c.command, c.at, sandboxtest.Crashes()[c.when])
	if !s.gate.Reached() {
		return false
	}
	if err == nil {
		t.Errorf("the killed run was not told apart from a finished one")
	}
	s.tear()
	s.must(c.command)
	if diff := cmp.Diff(c.after, sandboxtest.State(t, s.gate.Server)); diff != "" {
		t.Errorf("after the next run (-undisturbed +got):\n%s", diff)
	}
	s.must(destroy)
	if diff := cmp.Diff(c.end, sandboxtest.State(t, s.gate.Server)); diff != "" {
		t.Errorf("after destroy (-undisturbed +got):\n%s", diff)
	}
	return true
}

// tear leaves half a line in the journal, as a machine that lost power does.
func (s *site) tear() {
	s.Helper()
	f, err := os.OpenFile(filepath.Join(s.dir, "journal.ndjson"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		s.Fatal(err)
	}
	_, err = f.WriteString(`{"time":"2026-11-21T20:0`)
	if err := errors.Join(err, f.Close()); err != nil {
		s.Fatal(err)
	}
}
