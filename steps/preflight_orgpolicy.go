package steps

import (
	"context"
	"encoding/json"
	"strings"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/orgpolicy/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// rule is an organisation policy as it works on one project, whichever of the two APIs it was read from.
type rule struct {
	enforced    bool // a boolean or managed constraint that holds
	denyAll     bool
	allowed     []string
	denied      []string
	conditional bool // a part of it depends on tags, which are not evaluated here
}

// silent holds for a policy that stops nothing.
func (r rule) silent() bool {
	return !r.enforced && !r.denyAll && !r.conditional && len(r.allowed) == 0 && len(r.denied) == 0
}

// legacyRule reads an effective policy through Resource Manager, which knows the constraints that are not managed.
func legacyRule(ctx context.Context, w *World, name string) (rule, error) {
	got, err := w.Google.Projects.Projects.GetEffectiveOrgPolicy("projects/"+w.Bridge.Google.Project,
		&cloudresourcemanager.GetEffectiveOrgPolicyRequest{Constraint: "constraints/" + name}).Context(ctx).Do()
	if err != nil {
		return rule{}, cloud.Problem("read organisation policy "+name, err)
	}
	r := rule{enforced: got.BooleanPolicy != nil && got.BooleanPolicy.Enforced}
	if l := got.ListPolicy; l != nil && l.AllValues != "ALLOW" {
		r.denyAll, r.allowed, r.denied = l.AllValues == "DENY", l.AllowedValues, l.DeniedValues
	}
	return r, nil
}

// managedRule reads an effective policy through the Organization Policy API, which alone knows managed constraints.
func managedRule(ctx context.Context, w *World, name string) (rule, error) {
	got, err := w.Google.OrgPolicy.Projects.Policies.GetEffectivePolicy("projects/" + w.Bridge.Google.Project + "/policies/" + name).Context(ctx).Do()
	if err = cloud.Problem("read organisation policy "+name, err); explain.Is(err, explain.Missing) {
		return rule{}, nil // a constraint that this organisation does not have
	}
	var r rule
	if err != nil || got.Spec == nil {
		return r, err
	}
	for _, one := range got.Spec.Rules {
		r.add(one)
	}
	return r, nil
}

// add takes one rule of a policy in. The parameters of a managed constraint hold what is let through, in lists whose
// names differ: every text in them counts.
func (r *rule) add(one *orgpolicy.GoogleCloudOrgpolicyV2PolicySpecPolicyRule) {
	if one.AllowAll {
		return
	}
	r.conditional = r.conditional || one.Condition != nil
	r.denyAll = r.denyAll || one.DenyAll
	if v := one.Values; v != nil {
		r.allowed, r.denied = append(r.allowed, v.AllowedValues...), append(r.denied, v.DeniedValues...)
	}
	if !one.Enforce {
		return
	}
	r.enforced = true
	var parameters map[string]any
	if json.Unmarshal(one.Parameters, &parameters) == nil {
		r.allowed = append(r.allowed, texts(parameters)...)
	}
}

// texts are all strings in a JSON value.
func texts(v any) []string {
	var out []string
	switch t := v.(type) {
	case string:
		out = append(out, t)
	case []any:
		for _, one := range t {
			out = append(out, texts(one)...)
		}
	case map[string]any:
		for _, key := range sortedKeys(t) {
			out = append(out, texts(t[key])...)
		}
	}
	return out
}

// refuses lists the values that the policy does not let pass, and those of which that cannot be told: groups of values
// and what lies below folders is not known here. Denied values win; with allowed values the rest is out.
func (r rule) refuses(wants []string) (refused, unclear []string) {
	for _, v := range wants {
		allowed, vague := listed(r.allowed, v)
		denied, vagueDenied := listed(r.denied, v)
		switch {
		case r.denyAll, denied, len(r.allowed) > 0 && !allowed && !vague:
			refused = append(refused, v)
		case vagueDenied, len(r.allowed) > 0 && !allowed:
			unclear = append(unclear, v)
		}
	}
	return refused, unclear
}

// listed compares a value with a policy's entries: is:VALUE, or VALUE. Of in: and under: only Google knows what they hold.
func listed(entries []string, v string) (is, perhaps bool) {
	for _, e := range entries {
		is = is || strings.TrimPrefix(e, "is:") == v
		perhaps = perhaps || strings.HasPrefix(e, "in:") || strings.HasPrefix(e, "under:")
	}
	return is, perhaps
}
