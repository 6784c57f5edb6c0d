package verify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// restrict leaves the operator nothing but these rights.
func (s *site) restrict(r steps.Rights, p steps.Purpose) {
	s.Helper()
	const role = "projects/acme-build/roles/drawbridge"
	err := s.gate.Server.World().Change(func(st *world.State, now time.Time) error {
		st.AWS.Accounts[world.AccountID].Users.Change(world.OperatorUser, now, 0, func(u *world.User) {
			u.Attached, u.Inline = nil, map[string]string{"drawbridge": r.Policy(s.bridge).Compact()}
		})
		st.Google.Roles[role] = &world.CustomRole{Name: role, Permissions: r.GoogleRole(s.bridge, p).IncludedPermissions}
		policy := &st.Google.Projects["acme-build"].Policy.Value
		for i, b := range policy.Bindings {
			if slices.Contains(b.Members, "user:"+world.OperatorEmail) {
				policy.Bindings[i].Role = role
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func TestTheRightsOfAPurposeSuffice(t *testing.T) {
	life := []struct {
		command
		steps.Purpose
	}{{apply, steps.ForSetup}, {prove, steps.ForVerify}, {destroy, steps.ForDestroy}}
	for _, example := range examples {
		t.Run(example, func(t *testing.T) {
			s := newSite(t, example)
			for _, c := range life {
				s.restrict(steps.RightsFor(s.bridge, c.Purpose), c.Purpose)
				s.must(c.command)
			}
			s.restrict(steps.RightsFor(s.bridge, steps.ForSetup), steps.ForSetup)
			s.must(apply) // what was destroyed is brought back
		})
	}
}

// lesser is rights of which one was left out.
type lesser struct {
	steps.Rights
	name string
}

func oneLess(r steps.Rights) []lesser {
	var out []lesser
	for i, p := range r.Google {
		out = append(out, lesser{steps.Rights{Google: slices.Delete(slices.Clone(r.Google), i, i+1), AWS: r.AWS}, p})
	}
	for _, a := range r.AWS {
		rest := slices.DeleteFunc(slices.Clone(r.AWS), func(o steps.Right) bool { return o.Action == a.Action })
		out = append(out, lesser{steps.Rights{Google: r.Google, AWS: rest}, a.Action})
	}
	return out
}

func TestPreflightNamesTheRightThatIsMissing(t *testing.T) {
	only := map[string]string{ // rights that nothing needs at first: for what was deleted or switched off
		"iam.serviceAccounts.undelete": "", "iam.serviceAccounts.enable": "",
		"iam.googleapis.com/workloadIdentityPools.undelete": "", "iam.googleapis.com/workloadIdentityPoolProviders.undelete": "",
		"serviceusage.services.enable": "ci-to-sqs.yaml",
	}
	swept, every := 0, 0
	defer func() { t.Logf("took away %d of %d rights", swept, every) }()
	for _, example := range examples {
		s := newSite(t, example)
		all := oneLess(steps.RightsFor(s.bridge, steps.ForSetup))
		every += len(all)
		for _, less := range sampled(t, all, 6) {
			swept++
			if except, later := only[less.name]; later && (except == "" || except == example) {
				continue
			}
			t.Run(example+"/"+less.name, func(t *testing.T) {
				s := newSite(t, example)
				s.restrict(less.Rights, steps.ForSetup)
				s.gate.Server.ResetCalls()
				report := s.preflight(t)
				if said := report.naming(less.name); said == "" {
					t.Errorf("no check names it:\n%s", dump(report.Checks))
				}
			})
		}
	}
}

// upfront are the commands that ask for their rights themselves, and what has run before them.
var upfront = []struct {
	purpose steps.Purpose
	before  []command
}{{steps.ForVerify, []command{apply}}, {steps.ForDestroy, []command{apply}}}

// TestMissingRightIsNamedBeforeAnythingIsChanged takes away one right at a time from whoever destroys or proves.
func TestMissingRightIsNamedBeforeAnythingIsChanged(t *testing.T) {
	swept, all := 0, 0
	for _, example := range examples {
		for _, u := range upfront {
			cases := oneLess(steps.RightsFor(newSite(t, example).bridge, u.purpose))
			all += len(cases)
			for _, less := range sampled(t, cases, 3) {
				swept++
				t.Run(example+"/"+string(u.purpose)+"/"+less.name, func(t *testing.T) {
					s := newSite(t, example)
					for _, c := range u.before {
						s.must(c)
					}
					s.restrict(less.Rights, u.purpose)
					before := sandboxtest.State(t, s.gate.Server)
					if said := s.missing(t, u.purpose); !names(said, less.name) && less.name != "iam:SimulatePrincipalPolicy" {
						t.Errorf("nothing names it; said: %s", said)
					}
					if diff := cmp.Diff(before, sandboxtest.State(t, s.gate.Server)); diff != "" {
						t.Errorf("asking changed something:\n%s", diff)
					}
				})
			}
		}
	}
	t.Logf("took away %d of %d rights", swept, all)
}

// missing is what the command says before it changes anything: of signing in, of looking, or of asking for its rights.
func (s *site) missing(t *testing.T, purpose steps.Purpose) string {
	t.Helper()
	look := command{string(purpose), func(ctx context.Context, p *process) error {
		if err := steps.CheckIdentity(ctx, p.world, p.ops); err != nil {
			return err
		}
		var plan steps.Plan
		if purpose == steps.ForDestroy {
			graph, err := steps.Of(p.world.Bridge)
			if err != nil {
				return err
			}
			if plan, err = graph.Plan(ctx, p.world, steps.Absent, nil); err != nil {
				return err
			}
		}
		return steps.MissingRights(ctx, p.world, p.ops, purpose, plan)
	}}
	_, err := s.run(look, point{}, nil)
	if err == nil {
		return ""
	}
	return err.Error()
}

func names(text, permission string) bool {
	return strings.Contains(text, permission) || strings.Contains(text, strings.Replace(permission, "iam.googleapis.com/", "iam.", 1))
}

type preflightReport struct{ steps.PreflightReport }

// naming is the check that is not in order and names a permission.
func (r preflightReport) naming(permission string) string {
	short := strings.Replace(permission, "iam.googleapis.com/", "iam.", 1)
	for _, c := range r.Checks {
		if c.Outcome != steps.CheckOK && (strings.Contains(c.Detail+c.Fix, permission) || strings.Contains(c.Detail+c.Fix, short)) {
			return c.ID
		}
	}
	return ""
}

func (s *site) preflight(t *testing.T) preflightReport {
	t.Helper()
	var report steps.PreflightReport
	look := command{"preflight", func(ctx context.Context, p *process) (err error) {
		report, err = steps.Preflight(ctx, p.world, p.ops, nil)
		return err
	}}
	s.run(look, point{}, nil) //nolint:errcheck // a side that may not be looked at is a check
	return preflightReport{report}
}
