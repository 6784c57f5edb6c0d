package verify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

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
	for _, example := range examples {
		s := newSite(t, example)
		all := steps.RightsFor(s.bridge, steps.ForSetup)
		for _, less := range sampled(t, oneLess(all), 6) {
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
