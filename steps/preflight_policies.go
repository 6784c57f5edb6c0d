package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// readRule is a policy that was read before the plan was there to judge it by.
type readRule struct {
	rule rule
	err  error
}

// readPolicies reads the effective organisation policies, each constraint's own and its managed successor's.
func (p *preflight) readPolicies(ctx context.Context) map[string]readRule {
	var names []string
	for _, k := range constraints(p.Bridge) {
		names = append(names, k.name)
		if k.managed != "" {
			names = append(names, k.managed)
		}
	}
	got := make([]readRule, len(names))
	_ = each(indexes(names), func(i int) error {
		read := legacyRule
		if strings.HasPrefix(names[i], "iam.managed.") {
			read = managedRule
		}
		got[i].rule, got[i].err = read(ctx, p.World, names[i])
		return nil
	})
	out := map[string]readRule{}
	for i, name := range names {
		out[name] = got[i]
	}
	return out
}

// policies judges what was read by what is planned. Managed constraints that cannot be read because their API is off are
// said once, not five times.
func (p *preflight) policies(read map[string]readRule) []Check {
	managed := check("google.org-policy-managed", "google", "managed organisation policies", "can be read")
	var out []Check
	for _, k := range constraints(p.Bridge) {
		own := p.policy(k, k.name, read[k.name])
		if k.managed != "" {
			second := read[k.managed]
			if explain.Is(second.err, explain.Disabled) {
				managed = managed.not(CheckUnknown, "orgpolicy.googleapis.com is off, so that managed constraints cannot be read", "turn it on to see them",
					command("gcloud", "services", "enable", "orgpolicy.googleapis.com", "--project", p.Bridge.Google.Project))
			} else if c := p.policy(k, k.managed, second); graver(c.Outcome, own.Outcome) {
				own = c
			}
		}
		out = append(out, own)
	}
	return append(out, managed)
}

// graver orders outcomes by how much they are in the way.
func graver(a, b CheckOutcome) bool {
	order := []CheckOutcome{CheckOK, CheckUnknown, CheckWarn, CheckBlocked}
	return slices.Index(order, a) > slices.Index(order, b)
}

func (p *preflight) policy(k constraint, name string, got readRule) Check {
	c := check("google.org-policy:"+k.name, "google", "organisation policy "+name, "not in the way")
	if got.err != nil {
		return c.not(CheckUnknown, got.err.Error()+", which takes orgpolicy.policy.get", "grant roles/orgpolicy.policyViewer to see it", "")
	}
	if k.stops != nil && (got.rule.silent() || !p.changes(k.stops)) {
		if !got.rule.silent() {
			c.Detail = "it is set, but nothing that it judges is to be made"
		}
		return c
	}
	outcome, detail := k.judge(p, got.rule, k)
	if outcome == CheckOK {
		c.Detail = detail
		return c
	}
	return c.not(outcome, detail, k.fix, "")
}

// changes reports whether one of the steps makes or changes something. Without a plan each of them may.
func (p *preflight) changes(ids []string) bool {
	if p.planErr != nil {
		return true
	}
	return slices.ContainsFunc(p.plan.Changes, func(c Change) bool {
		return slices.Contains(ids, c.ID) && c.Action != Keep && c.Action != Remove
	})
}
