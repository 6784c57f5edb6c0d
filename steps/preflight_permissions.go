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

// permissionsAfterPlan asks for what the plan's changes need. Without a plan it asks for everything.
func (p *preflight) permissionsAfterPlan(ctx context.Context) {
	var google []Check
	var amazon Check
	_ = all(
		func() error { google = p.googlePermissions(ctx, p.needed("google")); return nil },
		func() error { amazon = p.awsPermissions(ctx, p.needed("aws")); return nil },
	)
	p.allowed = append(google, amazon)
}

// needed are the permissions of one cloud that setting up takes, without those that only taking down does.
func (p *preflight) needed(side string) []string {
	out := map[string]bool{}
	for _, s := range p.graph.Steps() {
		a := s.About()
		c, planned := p.plan.Change(a.ID)
		if a.Cloud != side || planned && c.Action == Keep {
			continue
		}
		for _, perm := range a.Permissions {
			if !takesDown(perm) || c.Action == Restore && strings.HasSuffix(perm, ".undelete") {
				out[perm] = true
			}
		}
	}
	if side == "google" {
		out[useProject] = true
	}
	return sortedKeys(out)
}

// useProject lets a person's calls be billed to the project, which then is their quota project.
const useProject = "serviceusage.services.use"

// takesDown holds for permissions that only removing or mending takes.
func takesDown(permission string) bool {
	for _, word := range []string{"elete", "Detach", "Remove", "Disassociate", "serviceAccounts.enable"} {
		if strings.Contains(permission, word) {
			return true
		}
	}
	return false
}

// googlePermissions asks which permissions are held on the project. Names of pool permissions are spelled in two ways,
// and which of them is taken is not documented: either counts. A name that cannot be tested spoils a whole question, so
// then each is asked alone.
func (p *preflight) googlePermissions(ctx context.Context, perms []string) []Check {
	c := check("google.permissions", "google", "permissions in the project", "all that are needed")
	quota := check("google.quota-project", "google", "calls may be billed to the project", "project "+p.Bridge.Google.Project)
	var mu sync.Mutex
	held, unknown := map[string]bool{}, []string{}
	err := each([]bool{false, true}, func(short bool) error {
		got, strange, err := p.held(ctx, perms, short)
		mu.Lock()
		defer mu.Unlock()
		for _, perm := range got {
			held[perm] = true
		}
		unknown = append(unknown, strange...)
		return err
	})
	if err != nil {
		return []Check{c.not(CheckUnknown, err.Error(), "", ""), quota.not(CheckUnknown, err.Error(), "", "")}
	}
	missing := slices.DeleteFunc(slices.Clone(perms), func(perm string) bool { return held[perm] })
	unclear := slices.DeleteFunc(slices.Clone(missing), func(perm string) bool { return !slices.Contains(unknown, perm) })
	missing = slices.DeleteFunc(missing, func(perm string) bool { return slices.Contains(unclear, perm) })
	if slices.Contains(missing, useProject) {
		missing = slices.DeleteFunc(missing, func(perm string) bool { return perm == useProject })
		quota = quota.not(CheckBlocked, "missing: "+useProject, "have a project owner grant roles/serviceusage.serviceUsageConsumer, or set GOOGLE_CLOUD_QUOTA_PROJECT to a project of yours", "")
	}
	switch {
	case len(missing) > 0:
		c = c.not(CheckBlocked, "missing: "+strings.Join(missing, ", "), "have a project owner grant roles that hold them", "drawbridge preflight --print-policy setup")
	case len(unclear) > 0:
		c = c.not(CheckUnknown, "cannot be tested: "+strings.Join(unclear, ", "), "", "")
	}
	return []Check{c, quota}
}

// held asks with one spelling, and answers with the names as given.
func (p *preflight) held(ctx context.Context, perms []string, short bool) (held, unknown []string, err error) {
	asked := map[string]string{}
	var names []string
	for _, perm := range perms {
		name := strings.Replace(perm, "iam.googleapis.com/", "iam.", 1)
		if !short {
			name = perm
		} else if name == perm {
			continue
		}
		asked[name] = perm
		names = append(names, name)
	}
	got, err := cloud.TestProjectPermissions(ctx, p.Google, "", p.Bridge.Google.Project, names)
	if p, ok := asProblem(err); ok && p.Status == 400 {
		err = nil
		got, unknown = nil, nil
	} else {
		for _, name := range got {
			held = append(held, asked[name])
		}
		return held, nil, err
	}
	var mu sync.Mutex
	err = each(names, func(name string) error {
		one, err := cloud.TestProjectPermissions(ctx, p.Google, "", p.Bridge.Google.Project, []string{name})
		mu.Lock()
		defer mu.Unlock()
		if q, ok := asProblem(err); ok && q.Status == 400 {
			unknown = append(unknown, asked[name])
			return nil
		}
		for range one {
			held = append(held, asked[name])
		}
		return err
	})
	return held, unknown, err
}

// awsPermissions simulates the operator's policies. Organisation policies with conditions, session policies and real
// context are out of its sight, so that "allowed" is no promise.
func (p *preflight) awsPermissions(ctx context.Context, actions []string) Check {
	c := check("aws.permissions", "aws", "permissions in the account", "all that are needed, as far as can be simulated")
	if p.ops.AWSErr != nil || len(actions) == 0 {
		return c.not(CheckUnknown, "nobody is signed in", "", "")
	}
	source, err := p.policySource(ctx)
	if err != nil {
		return c.not(CheckUnknown, err.Error(), "", "")
	}
	groups := map[string][]string{}
	for _, action := range actions {
		on := p.resource(action)
		groups[on] = append(groups[on], action)
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

// resource is what an action works on: least-privilege policies name it, and would be denied on everything.
func (p *preflight) resource(action string) string {
	b := p.Bridge
	switch {
	case strings.HasPrefix(action, "ec2:"), strings.HasPrefix(action, "iam:List") && !strings.Contains(action, "Role") || action == "iam:ListRoles", strings.Contains(action, "Outbound"):
		return "*"
	case strings.Contains(action, "OpenIDConnect"):
		return b.GoogleProviderARN()
	case strings.Contains(action, "InstanceProfile") && action != "iam:ListInstanceProfilesForRole":
		return b.InstanceProfileARN()
	case b.ToAWS != nil:
		return b.ToAWSRoleARN()
	}
	return b.ToGoogleRoleARN()
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
			case len(r.MissingContextValues) > 0:
				unclear = append(unclear, aws.ToString(r.EvalActionName))
			default:
				denied = append(denied, aws.ToString(r.EvalActionName))
			}
		}
	}
	return denied, unclear, nil
}
