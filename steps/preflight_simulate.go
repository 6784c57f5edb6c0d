package steps

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// simulated sorts actions by what the simulation of the operator's policies said about them.
type simulated struct {
	mu      sync.Mutex
	denied  []string // by the operator's own policies
	bounded []string // by the permissions boundary of the operator
	guarded []string // by a guardrail of the organisation
	unclear []string // rests on condition keys whose values only the real call has
}

// awsPermissions simulates the operator's policies: each action on the very thing it works on, with the context that the
// planned call carries. Session policies, resource guardrails and guardrails with conditions are out of its sight, so
// that "allowed" is no promise.
func (p *preflight) awsPermissions(ctx context.Context, rights []Right, purpose Purpose) []Check {
	c := check("aws.permissions", "aws", "permissions in the account", "all that are needed, as far as can be simulated")
	guard := check("aws.guardrails", "aws", "guardrails of the organisation", "none refuses what is planned, as far as can be simulated")
	if len(rights) == 0 {
		return []Check{c, guard}
	}
	blind := func(why, fix string) []Check {
		return []Check{c.not(CheckUnknown, why, fix, ""), guard.not(CheckUnknown, why, fix, "")}
	}
	if p.ops.AWSErr != nil {
		return blind("nobody is signed in", "sign in to AWS")
	}
	source, err := p.policySource(ctx)
	if err != nil {
		return blind(err.Error(), "sign in as an IAM user or role whose policies may be simulated")
	}
	s := &simulated{}
	if err := each(p.questions(rights), func(q question) error { return p.simulate(ctx, source, q, s) }); err != nil {
		return blind(err.Error(), "allow iam:SimulatePrincipalPolicy to see it")
	}
	return s.checks(c, guard, purpose)
}

func (s *simulated) checks(c, guard Check, purpose Purpose) []Check {
	for _, list := range []*[]string{&s.denied, &s.bounded, &s.guarded, &s.unclear} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	const allow = "have the account's administrator allow them"
	switch {
	case len(s.denied) > 0:
		c = c.not(CheckBlocked, "missing: "+strings.Join(s.denied, ", "), allow, printPolicy(purpose))
	case len(s.bounded) > 0:
		c = c.not(CheckBlocked, "beyond the operator's permissions boundary: "+strings.Join(s.bounded, ", "), "have the account's administrator widen the boundary, or sign in as somebody else", "")
	case len(s.unclear) > 0:
		c = c.not(CheckUnknown, "depends on what cannot be simulated: "+strings.Join(s.unclear, ", "), "look at the conditions of the operator's policies", "")
	}
	if len(s.guarded) > 0 {
		guard = guard.not(CheckBlocked, "a guardrail refuses "+strings.Join(s.guarded, ", "), askAdministrator+"exempt the operator or this account; nobody in the account can", "")
	}
	return []Check{c, guard}
}

// policySource is the user or role whose policies are simulated: a session stands for its role, whose path only IAM
// knows.
func (p *preflight) policySource(ctx context.Context) (string, error) {
	arn := p.ops.AWS.Principal
	_, session, assumed := strings.Cut(arn, ":assumed-role/")
	switch {
	case assumed:
		name, _, _ := strings.Cut(session, "/")
		r, err := readRole(ctx, p.World, name)
		if err != nil || r == nil {
			return "", &explain.Problem{Op: "find the role behind the session", Kind: explain.Denied, Reason: "its policies cannot be simulated without iam:GetRole on " + name, Err: err}
		}
		return r.ARN, nil
	case strings.Contains(arn, ":user/"):
		return arn, nil
	}
	return "", &explain.Problem{Op: "simulate permissions", Kind: explain.Other, Reason: "only users and roles can be simulated, not " + arn}
}

func (p *preflight) simulate(ctx context.Context, source string, q question, s *simulated) error {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &source, ActionNames: q.actions, ResourceArns: []string{q.on}, ContextEntries: q.context}
	pages := iam.NewSimulatePrincipalPolicyPaginator(p.AWS.IAM, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return cloud.Problem("simulate permissions", err)
		}
		for _, r := range page.EvaluationResults {
			s.sort(r)
		}
	}
	return nil
}

func (s *simulated) sort(r types.EvaluationResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	action := aws.ToString(r.EvalActionName)
	switch {
	case r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed:
	case r.OrganizationsDecisionDetail != nil && !r.OrganizationsDecisionDetail.AllowedByOrganizations:
		s.guarded = append(s.guarded, action)
	case missesContext(r):
		s.unclear = append(s.unclear, action)
	case r.PermissionsBoundaryDecisionDetail != nil && !r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary:
		s.bounded = append(s.bounded, action)
	default:
		s.denied = append(s.denied, action)
	}
}

// missesContext says that the decision rests on condition keys that the simulation was not given. AWS lists them with each
// resource when resources were named, and with the whole only when none was.
func missesContext(r types.EvaluationResult) bool {
	return len(r.MissingContextValues) > 0 || slices.ContainsFunc(r.ResourceSpecificResults, func(one types.ResourceSpecificResult) bool {
		return len(one.MissingContextValues) > 0
	})
}
