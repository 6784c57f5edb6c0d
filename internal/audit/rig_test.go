package audit

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
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

// rig is a sandbox on which a bridge stands.
type rig struct {
	*testing.T
	server *sandbox.Server
	bridge spec.Bridge
	source inventory.Source
}

// standing applies a bridge to a fresh sandbox.
func standing(t *testing.T, file string) *rig {
	t.Helper()
	server, err := sandbox.Start(context.WithoutCancel(t.Context()), sandbox.Options{Dir: t.TempDir(), Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	b, err := spec.Parse("bridge.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	env := server.Environ()
	g, a, err := cloud.Open(t.Context(), cloud.Options{Env: func(k string) string { return env[k] }, Project: b.Google.Project, Region: b.AWS.Region})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, server: server, bridge: b, source: inventory.Source{Google: g, AWS: a, Project: b.Google.Project, Account: b.AWS.Account, Now: time.Now}}
	r.raise(&steps.World{Bridge: b, Google: g, AWS: a, Facts: &steps.Facts{}, Now: time.Now})
	return r
}

func (r *rig) raise(w *steps.World) {
	r.Helper()
	ctx := cloud.WithPace(r.Context(), func(d time.Duration) time.Duration { return d / 100 })
	graph, err := steps.Of(w.Bridge)
	if err != nil {
		r.Fatal(err)
	}
	plan, err := graph.Plan(ctx, w, steps.Present, nil)
	if err != nil {
		r.Fatal(err)
	}
	result, err := graph.Apply(ctx, w, plan, steps.ApplyOptions{})
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range result.Failed() {
		r.Fatalf("%s: %s", s.ID, s.Reason)
	}
}

// audit reads both sides and asks every rule.
func (r *rig) audit(change ...func(*inventory.Inventory)) Report {
	r.Helper()
	inv, err := inventory.Read(r.Context(), r.source)
	if err != nil {
		r.Fatal(err)
	}
	inv.Bridges = []spec.Bridge{r.bridge}
	for _, f := range change {
		f(&inv)
	}
	return Evaluate(inv)
}

// tamper edits the state behind the sandbox.
func (r *rig) tamper(f func(*world.State, time.Time)) {
	r.Helper()
	if err := r.server.World().Change(func(s *world.State, now time.Time) error { f(s, now); return nil }); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) role(name string, f func(*world.Role)) {
	r.tamper(func(s *world.State, now time.Time) {
		s.AWS.Accounts[r.bridge.AWS.Account].Roles.Change(name, now, 0, f)
	})
}

// trust replaces text in the trust policy of the role that Google assumes.
func (r *rig) trust(pairs ...string) {
	r.role("deployer", func(v *world.Role) {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(v.Trust, pairs[i]) {
				r.Errorf("trust has no %q: %s", pairs[i], v.Trust)
			}
			v.Trust = strings.Replace(v.Trust, pairs[i], pairs[i+1], 1)
		}
	})
}

func (r *rig) project(f func(*world.Project)) {
	r.tamper(func(s *world.State, _ time.Time) { f(s.Google.Projects[r.bridge.Google.Project]) })
}

func (r *rig) provider(f func(*world.Provider)) {
	r.project(func(p *world.Project) { f(p.Pools[r.bridge.ToGoogle.Pool].Providers[r.bridge.ToGoogle.Provider]) })
}

func (r *rig) account(name string, f func(*world.ServiceAccount)) {
	r.project(func(p *world.Project) { f(p.Accounts[name+"@"+p.ID+".iam.gserviceaccount.com"]) })
}

// grant binds a member in the project.
func (r *rig) grant(role, member string) {
	r.project(func(p *world.Project) {
		p.Policy.Value.Bindings = append(slices.Clone(p.Policy.Value.Bindings), world.PolicyBinding{Role: role, Members: []string{member}})
	})
}

// bind binds a member on the account that the workload becomes.
func (r *rig) bind(role, member string) {
	r.account("report-reader", func(a *world.ServiceAccount) {
		a.Policy.Value.Bindings = append(slices.Clone(a.Policy.Value.Bindings), world.PolicyBinding{Role: role, Members: []string{member}})
	})
}

// ids are the rules that found something, each once.
func ids(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		if !slices.Contains(out, f.ID) {
			out = append(out, f.ID)
		}
	}
	slices.Sort(out)
	return out
}
