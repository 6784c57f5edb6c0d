package steps

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// policiesStep is what a role may do: the managed policies on it and the inline ones in it. What the file asks for is put
// there, and our own inline policies go with the file. Policies of others are told and left: they bear no mark. On an
// adopted role nothing is touched.
type policiesStep struct {
	b         spec.Bridge
	about     About
	role      spec.Role
	direction string
}

func newPoliciesToAWS(b spec.Bridge) Step { return newPolicies(b, b.ToAWS.Role, "to-aws") }

func newPoliciesToGoogle(b spec.Bridge) Step {
	return newPolicies(b, b.ToGoogle.Role.Role, "to-google")
}

func newPolicies(b spec.Bridge, r spec.Role, direction string) Step {
	return &policiesStep{b: b, role: r, direction: direction, about: About{
		ID: "aws.role-policies." + direction, Cloud: "aws", Kind: "role-policies", Name: r.Name, Title: policyTitle(b, r, direction),
		Scope: "bridge", Direction: direction, Needs: []string{"aws.role." + direction},
		Why: "a role without policies may do nothing in AWS",
		Permissions: []string{
			"iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy",
			"iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy",
		},
	}}
}

func policyTitle(b spec.Bridge, r spec.Role, direction string) string {
	var names []string
	for _, arn := range r.ManagedPolicies {
		names = append(names, leaf(arn))
	}
	if len(r.InlinePolicy) > 0 {
		names = append(names, "inline policy")
	}
	if direction == "to-google" && b.ToGoogle.Token == spec.TokenJWT {
		names = append(names, "permission to ask for a token")
	}
	if len(names) == 0 {
		return "no policies on " + r.Name
	}
	return "policies on " + r.Name + ": " + strings.Join(names, ", ")
}

// About says which role's policies these are.
func (s *policiesStep) About() About { return s.about }

// policies are what is attached to a role and what is written in it.
type policies struct {
	Attached []string          // ARNs, sorted
	Inline   map[string]string // documents by name
}

// readPolicies reads what a role may do; nothing when there is no such role.
func readPolicies(ctx context.Context, w *World, name string) (policies, error) {
	return read(ctx, w, "policies of role "+name, func(ctx context.Context) (policies, error) {
		var attached, inline []string
		err := all(
			into(&attached, func() ([]string, error) {
				return read(ctx, w, "policies attached to role "+name, func(ctx context.Context) ([]string, error) { return listAttached(ctx, w, name) })
			}),
			into(&inline, func() ([]string, error) {
				return read(ctx, w, "inline policies of role "+name, func(ctx context.Context) ([]string, error) { return listInline(ctx, w, name) })
			}),
		)
		if err != nil {
			return policies{}, err
		}
		docs := make([]string, len(inline))
		err = each(indexes(inline), func(i int) error {
			out, err := w.AWS.IAM.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &name, PolicyName: &inline[i]})
			if err == nil {
				docs[i] = decoded(out.PolicyDocument)
			}
			return cloud.Problem("read inline policy "+inline[i]+" of role "+name, err)
		})
		p := policies{Attached: attached, Inline: map[string]string{}}
		for i, n := range inline {
			p.Inline[n] = docs[i]
		}
		return p, err
	})
}

func indexes[T any](list []T) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
}

func listAttached(ctx context.Context, w *World, name string) ([]string, error) {
	var out []string
	pages := iam.NewListAttachedRolePoliciesPaginator(w.AWS.IAM, &iam.ListAttachedRolePoliciesInput{RoleName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nothingWhenOff(out, cloud.Problem("list the policies attached to role "+name, err))
		}
		for _, p := range page.AttachedPolicies {
			out = append(out, aws.ToString(p.PolicyArn))
		}
	}
	slices.Sort(out)
	return out, nil
}

func listInline(ctx context.Context, w *World, name string) ([]string, error) {
	var out []string
	pages := iam.NewListRolePoliciesPaginator(w.AWS.IAM, &iam.ListRolePoliciesInput{RoleName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nothingWhenOff(out, cloud.Problem("list the inline policies of role "+name, err))
		}
		out = append(out, page.PolicyNames...)
	}
	slices.Sort(out)
	return out, nil
}

// ownInline reports whether an inline policy has one of the names that this program writes under.
func ownInline(name string) bool {
	return name == spec.InlinePolicyName || name == spec.OutboundPolicyName
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// wanted is what the file asks for. The inline policy that lets the role ask for a token names the project by number.
func (s *policiesStep) wanted(projectNumber string) policies {
	out := policies{Attached: slices.Sorted(slices.Values(s.role.ManagedPolicies)), Inline: map[string]string{}}
	if len(s.role.InlinePolicy) > 0 {
		out.Inline[spec.InlinePolicyName] = string(s.role.InlinePolicy)
	}
	if s.direction == "to-google" && s.b.ToGoogle.Token == spec.TokenJWT {
		out.Inline[spec.OutboundPolicyName] = s.b.OutboundPolicy(projectNumber).Compact()
	}
	return out
}
