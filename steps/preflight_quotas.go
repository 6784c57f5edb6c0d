package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Limits that are documented and that no call tells.
const (
	oidcProviders    = 100  // of an account, if nobody had it raised
	policyPrincipals = 1500 // in the allow policy of a project
	accountsUsually  = 100  // service accounts in a project: the limit varies by project and cannot be read
)

// use is how far a limit is used up once the plan is made.
type use struct {
	what         string
	after, limit int
	firm         bool // over the limit nothing goes; else it may have been raised
}

// quotas compares what is planned with what either side still has room for.
func (p *preflight) quotas(ctx context.Context) []Check {
	amazon := check("aws.quotas", "aws", "quotas of the account", "")
	google := check("google.quotas", "google", "quotas of the project", "")
	_ = all(
		func() error {
			used, err := p.awsUse(ctx)
			amazon = amazon.used(used, err, "raise it in Service Quotas (region us-east-1), or remove what is no longer used")
			return nil
		},
		func() error {
			used, err := p.googleUse(ctx)
			google = google.used(used, err, "remove what is no longer used, or ask Google to raise it")
			return nil
		},
	)
	return []Check{google, amazon}
}

// used judges the uses: over a limit is in the way, over nine tenths of it is worth saying.
func (c Check) used(all []use, err error, fix string) Check {
	if err != nil {
		return c.not(CheckUnknown, err.Error(), "allow the operator to read it, or compare by hand", "")
	}
	worst, said := CheckOK, []string{}
	for _, u := range all {
		outcome := CheckOK
		switch {
		case u.after > u.limit && u.firm:
			outcome = CheckBlocked
		case u.after*10 > u.limit*9:
			outcome = CheckWarn
		}
		text := fmt.Sprintf("%s: %d of %d", u.what, u.after, u.limit)
		if graver(outcome, worst) {
			worst, said = outcome, nil
		}
		if outcome == worst {
			said = append(said, text)
		}
	}
	if worst == CheckOK {
		c.Detail = "room for what is planned"
		if len(said) > 0 {
			c.Detail += ": " + strings.Join(said, ", ")
		}
		return c
	}
	return c.not(worst, "after this plan "+strings.Join(said, ", "), fix, "")
}

// creates counts the planned things of a kind that are made anew.
func (p *preflight) creates(kind string) int {
	n := 0
	for _, c := range p.plan.Changes {
		if c.Kind == kind && c.Action == Create {
			n++
		}
	}
	return n
}

// awsUse reads the account's own numbers, which hold what was raised.
func (p *preflight) awsUse(ctx context.Context) ([]use, error) {
	got, err := p.AWS.IAM.GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		return nil, cloud.Problem("read the account's quotas", err)
	}
	n := func(key string) int { return int(got.SummaryMap[key]) }
	out := []use{
		{"roles", n("Roles") + p.creates("role"), n("RolesQuota"), true},
		{"instance profiles", n("InstanceProfiles") + p.creates("instance-profile"), n("InstanceProfilesQuota"), true},
	}
	if p.creates("oidc-provider") > 0 {
		out = append(out, use{"identity providers", n("Providers") + 1, oidcProviders, false})
	}
	for _, r := range p.roles() {
		if count := len(r.ManagedPolicies); count > 0 {
			out = append(out, use{"managed policies on " + r.Name, count, n("AttachedPoliciesPerRoleQuota"), true})
		}
	}
	out = append(out, p.documents(n("AssumeRolePolicySizeQuota"), n("RolePolicySizeQuota"))...)
	return slices.DeleteFunc(out, func(u use) bool { return u.limit == 0 }), nil // a number that AWS did not tell
}

func (p *preflight) roles() []spec.Role {
	var out []spec.Role
	if p.Bridge.ToAWS != nil {
		out = append(out, p.Bridge.ToAWS.Role)
	}
	if p.Bridge.ToGoogle != nil {
		out = append(out, p.Bridge.ToGoogle.Role.Role)
	}
	return out
}

// documents measures what is to be written as IAM does: without white space.
func (p *preflight) documents(trust, inline int) []use {
	var out []use
	for _, r := range p.roles() {
		if len(r.InlinePolicy) > 0 {
			out = append(out, use{"characters of inline policy on " + r.Name, dense(string(r.InlinePolicy)), inline, true})
		}
	}
	for _, c := range p.plan.Changes {
		if seen, ok := c.Seen.(roleSeen); ok && c.Cloud == "aws" && seen.Trust != "" && c.Action != Remove {
			out = append(out, use{"characters of trust policy on " + c.Name, dense(seen.Trust), trust, true})
		}
	}
	return out
}

func dense(document string) int { return len(strings.Join(strings.Fields(document), "")) }

func (p *preflight) googleUse(ctx context.Context) ([]use, error) {
	accounts, err := readAccounts(ctx, p.World)
	if err != nil {
		return nil, err
	}
	out := []use{{"service accounts", len(accounts) + p.creates("service-account"), accountsUsually, false}}
	if c, ok := p.plan.Change("google.grants"); !ok || c.Action == Keep {
		return out, nil
	}
	policy, err := readProjectPolicy(ctx, p.World)
	if err != nil {
		return nil, err
	}
	members := 0
	for _, b := range policy.Bindings {
		members += len(b.Members)
	}
	return append(out, use{"principals in the project's policy", members + len(p.Bridge.ToGoogle.Grants), policyPrincipals, true}), nil
}
