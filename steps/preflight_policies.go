package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/api/cloudresourcemanager/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// constraint is one organisation policy that can stop a bridge, and what it would have to let pass.
type constraint struct {
	name  string
	wants []string // values of a list; none: a boolean that must not be enforced
	fix   string
}

// constraints are those that this bridge can run into.
func constraints(b spec.Bridge) []constraint {
	const ask = "ask the organisation's administrator to "
	var out []constraint
	if b.ToGoogle != nil {
		issuer := "https://sts.amazonaws.com"
		if b.ToGoogle.Token == spec.TokenJWT {
			issuer = "" // the account's own issuer is known only once it is on
		}
		out = append(out, constraint{"constraints/iam.workloadIdentityPoolProviders", []string{issuer}, ask + "allow the value " + issuer})
		if b.ToGoogle.Token != spec.TokenJWT {
			out = append(out, constraint{"constraints/iam.workloadIdentityPoolAwsAccounts", []string{b.AWS.Account}, ask + "allow account " + b.AWS.Account})
		}
	}
	return append(out,
		constraint{"constraints/iam.disableServiceAccountCreation", nil, ask + "exempt this project, or adopt accounts that exist"},
		constraint{"constraints/gcp.restrictServiceUsage", b.APIs(), ask + "allow these APIs"},
		constraint{"constraints/iam.allowedPolicyMemberDomains", nil, ask + "allow the organisation's own principal set"},
	)
}

// policies reads the effective organisation policies.
func (p *preflight) policies(ctx context.Context) []Check {
	list := constraints(p.Bridge)
	out := make([]Check, len(list))
	_ = each(indexes(list), func(i int) error { out[i] = p.policy(ctx, list[i]); return nil })
	return out
}

func (p *preflight) policy(ctx context.Context, k constraint) Check {
	short := strings.TrimPrefix(k.name, "constraints/")
	c := check("google.org-policy:"+short, "google", "organisation policy "+short, "not in the way")
	got, err := p.Google.Projects.Projects.GetEffectiveOrgPolicy("projects/"+p.Bridge.Google.Project,
		&cloudresourcemanager.GetEffectiveOrgPolicyRequest{Constraint: k.name}).Context(ctx).Do()
	if err != nil {
		return c.not(CheckUnknown, cloud.Problem("read it", err).Error(), "grant roles/orgpolicy.policyViewer to see it", "")
	}
	switch {
	case got.BooleanPolicy != nil && got.BooleanPolicy.Enforced:
		return c.not(CheckBlocked, "it is enforced", k.fix, "")
	case got.ListPolicy == nil || got.ListPolicy.AllValues == "ALLOW":
		return c
	case short == "iam.allowedPolicyMemberDomains":
		if len(got.ListPolicy.AllowedValues) == 0 && got.ListPolicy.AllValues != "DENY" {
			return c
		}
		return c.not(CheckWarn, "it restricts who may be given roles, and may refuse principals of a pool", k.fix, "")
	}
	refused := refusedBy(got.ListPolicy, k.wants)
	if len(refused) == 0 {
		return c
	}
	if refused[0] == "" {
		return c.not(CheckWarn, "it lists the issuers that providers may trust; the account's own must be among them", "ask the organisation's administrator to allow the account's issuer", "")
	}
	return c.not(CheckBlocked, fmt.Sprintf("it does not allow %s", strings.Join(refused, ", ")), k.fix, "")
}

// refusedBy lists the values that a list policy does not let pass. Denied values win; with allowed values the rest is out.
func refusedBy(l *cloudresourcemanager.ListPolicy, wants []string) []string {
	var out []string
	for _, v := range wants {
		allowed := len(l.AllowedValues) == 0 || listed(l.AllowedValues, v)
		if l.AllValues == "DENY" || listed(l.DeniedValues, v) || !allowed {
			out = append(out, v)
		}
	}
	return out
}

// listed compares values; they may carry the prefix is:. Values below a folder or in a group cannot be told from here.
func listed(values []string, v string) bool {
	return slices.ContainsFunc(values, func(x string) bool { return strings.TrimPrefix(x, "is:") == v })
}
