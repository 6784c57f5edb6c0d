package verify

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const bothWays = `
version: 1
name: both-ways
google: {project: acme-build}
aws: {account: "123456789012", region: us-east-1}
toAWS: {serviceAccount: deployer, role: {name: deployer}}
toGoogle:
  role: {name: report-reader, runsOn: ec2}
  pool: both-ways
  serviceAccount: report-reader
  grants: [roles/storage.objectViewer]
`

// rig is a sandbox on which a bridge stands, and the operator in front of it.
type rig struct {
	server *sandbox.Server
	world  *steps.World
	opts   Options

	mu     sync.Mutex
	events []Event
}

// standing applies a bridge to a fresh sandbox.
func standing(t *testing.T, file string, change ...func(*sandbox.Options)) *rig {
	t.Helper()
	r := land(t, file, change...)
	r.raise(t)
	return r
}

// land opens a fresh sandbox without a bridge.
func land(t *testing.T, file string, change ...func(*sandbox.Options)) *rig {
	t.Helper()
	o := sandbox.Options{Dir: t.TempDir(), Seed: 7}
	for _, f := range change {
		f(&o)
	}
	server, err := sandbox.Start(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	b, err := spec.Parse("bridge.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{server: server}
	r.signIn(t, b, server.Environ())
	return r
}

func (r *rig) signIn(t *testing.T, b spec.Bridge, env map[string]string) {
	t.Helper()
	g, a, err := cloud.Open(t.Context(), cloud.Options{
		Env: func(name string) string { return env[name] }, Project: b.Google.Project, Account: b.AWS.Account, Region: b.AWS.Region,
	})
	if err != nil {
		t.Fatal(err)
	}
	ops := cloud.SignIn(t.Context(), g, a)
	if err := errors.Join(ops.GoogleErr, ops.AWSErr); err != nil {
		t.Fatal(err)
	}
	r.world = &steps.World{Bridge: b, Google: g, AWS: a, Facts: &steps.Facts{}, Now: time.Now}
	r.opts = Options{Borrow: true, Operators: ops, Wait: 3 * time.Second, Sink: r.note}
}

func (r *rig) note(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// quick lets waits take a hundredth of their time.
func quick(ctx context.Context) context.Context {
	return cloud.WithPace(ctx, func(d time.Duration) time.Duration { return d / 100 })
}

// prove runs the proofs and returns them by direction.
func (r *rig) prove(t *testing.T) map[string]Proof {
	t.Helper()
	proofs, err := Proofs(quick(t.Context()), r.world, r.opts)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Proof{}
	for _, p := range proofs {
		by[p.Direction] = p
	}
	return by
}

// trust is a role's trust policy as it stands.
func (r *rig) trust(t *testing.T, role string) string {
	t.Helper()
	sight, err := steps.SeeRole(t.Context(), r.world, role)
	if err != nil {
		t.Fatal(err)
	}
	return string(sight.Trust)
}

// tamper edits the state behind the sandbox.
func (r *rig) tamper(t *testing.T, f func(*world.State, time.Time)) {
	t.Helper()
	err := r.server.World().Change(func(s *world.State, now time.Time) error { f(s, now); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

// retrust replaces text in a role's trust policy.
func (r *rig) retrust(t *testing.T, role, from, to string) {
	t.Helper()
	r.tamper(t, func(s *world.State, now time.Time) {
		s.AWS.Accounts[world.AccountID].Roles.Change(role, now, 0, func(v *world.Role) {
			if !strings.Contains(v.Trust, from) {
				t.Errorf("trust of %s has no %q: %s", role, from, v.Trust)
			}
			v.Trust = strings.Replace(v.Trust, from, to, 1)
		})
	})
}

// provider edits the live provider.
func (r *rig) provider(t *testing.T, f func(*world.Provider)) {
	t.Helper()
	r.tamper(t, func(s *world.State, _ time.Time) {
		to := r.world.Bridge.ToGoogle
		f(s.Google.Projects["acme-build"].Pools[to.Pool].Providers[to.Provider])
	})
}

// account edits a service account.
func (r *rig) account(t *testing.T, email string, f func(*world.ServiceAccount)) {
	t.Helper()
	r.tamper(t, func(s *world.State, _ time.Time) { f(s.Google.Projects["acme-build"].Accounts[email]) })
}

// lent lists what is borrowed at this moment.
func (r *rig) lent(t *testing.T) []steps.Change {
	t.Helper()
	left, err := Leftovers(t.Context(), r.world)
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// raise applies the bridge.
func (r *rig) raise(t *testing.T) {
	t.Helper()
	r.raiseIn(quick(t.Context()), t)
}

func (r *rig) raiseIn(ctx context.Context, t *testing.T) {
	t.Helper()
	graph, err := steps.Of(r.world.Bridge)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := graph.Plan(ctx, r.world, steps.Present, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := graph.Apply(ctx, r.world, plan, steps.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range result.Failed() {
		t.Fatalf("%s: %s", s.ID, s.Reason)
	}
}
