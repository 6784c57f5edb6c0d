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

// awsPermissions simulates the operator's policies. Organisation policies with conditions, session policies and real
// context are out of its sight, so that "allowed" is no promise.
func (p *preflight) awsPermissions(ctx context.Context, rights []Right) Check {
	c := check("aws.permissions", "aws", "permissions in the account", "all that are needed, as far as can be simulated")
	if len(rights) == 0 {
		return c
	}
	if p.ops.AWSErr != nil {
		return c.not(CheckUnknown, "nobody is signed in", "", "")
	}
	source, err := p.policySource(ctx)
	if err != nil {
		return c.not(CheckUnknown, err.Error(), "", "")
	}
	groups := map[string][]string{}
	for _, r := range rights {
		groups[r.On] = append(groups[r.On], r.Action)
	}
	var mu sync.Mutex
	var denied, unclear []string
	err = each(sortedKeys(groups), func(resource string) error {
		no, maybe, err := p.simulate(ctx, source, resource, groups[resource])
		mu.Lock()
		defer mu.Unlock()
		denied, unclear = append(denied, no...), append(unclear, maybe...)
		return err
	})
	slices.Sort(denied)
	slices.Sort(unclear)
	switch {
	case err != nil:
		return c.not(CheckUnknown, err.Error(), "allow iam:SimulatePrincipalPolicy to see it", "")
	case len(denied) > 0:
		return c.not(CheckBlocked, "missing: "+strings.Join(denied, ", "), "have the account's administrator allow them", "drawbridge preflight --print-policy setup")
	case len(unclear) > 0:
		return c.not(CheckUnknown, "depends on what cannot be simulated: "+strings.Join(unclear, ", "), "", "")
	}
	return c
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
			return "", &explain.Problem{Op: "find the role behind the session", Kind: explain.Denied, Reason: "its policies cannot be simulated", Err: err}
		}
		return r.ARN, nil
	case strings.Contains(arn, ":user/"):
		return arn, nil
	}
	return "", &explain.Problem{Op: "simulate permissions", Kind: explain.Other, Reason: "only users and roles can be simulated, not " + arn}
}

func (p *preflight) simulate(ctx context.Context, source, resource string, actions []string) (denied, unclear []string, err error) {
	in := &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &source, ActionNames: actions, ResourceArns: []string{resource}}
	if slices.Contains(actions, "iam:PassRole") {
		in.ContextEntries = []types.ContextEntry{{
			ContextKeyName: aws.String("iam:PassedToService"), ContextKeyValues: []string{"ec2.amazonaws.com"}, ContextKeyType: types.ContextKeyTypeEnumString,
		}}
	}
	pages := iam.NewSimulatePrincipalPolicyPaginator(p.AWS.IAM, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, cloud.Problem("simulate permissions", err)
		}
		for _, r := range page.EvaluationResults {
			switch {
			case r.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed:
			case missesContext(r):
				unclear = append(unclear, aws.ToString(r.EvalActionName))
			default:
				denied = append(denied, aws.ToString(r.EvalActionName))
			}
		}
	}
	return denied, unclear, nil
}

// missesContext says that the decision rests on condition keys that the simulation was not given. AWS lists them with each
// resource when resources were named, and with the whole only when none was.
func missesContext(r types.EvaluationResult) bool {
	return len(r.MissingContextValues) > 0 || slices.ContainsFunc(r.ResourceSpecificResults, func(one types.ResourceSpecificResult) bool {
		return len(one.MissingContextValues) > 0
	})
}
