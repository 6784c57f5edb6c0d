package inventory

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// managed reads the documents of policies that are attached and that the details did not bring along: those of roles, then
// those that only users and groups have, which is another part because few rules ask.
func (r *reader) managed(ctx context.Context, a *Account) {
	var ofRoles, ofOthers []string
	for _, role := range a.Roles {
		ofRoles = append(ofRoles, role.Attached...)
	}
	for _, u := range a.Users {
		ofOthers = append(ofOthers, u.Attached...)
	}
	for _, g := range a.Groups {
		ofOthers = append(ofOthers, g.Attached...)
	}
	r.policies(ctx, a, PartIdentities, ofRoles)
	r.policies(ctx, a, PartPrincipals, ofOthers)
}

func (r *reader) policies(ctx context.Context, a *Account, part Part, arns []string) {
	arns = slices.Clone(arns)
	slices.Sort(arns)
	arns = slices.DeleteFunc(slices.Compact(arns), func(arn string) bool { _, known := a.Policies[arn]; return known })
	found := make([]string, len(arns))
	each(len(arns), func(i int) { found[i] = r.policyDocument(ctx, part, arns[i]) })
	for i, document := range found {
		if document != "" {
			a.Policies[arns[i]] = document
		}
	}
}

func (r *reader) policyDocument(ctx context.Context, part Part, arn string) string {
	policy, err := r.AWS.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		r.miss(part, arn, "iam:GetPolicy", cloud.Problem("read policy "+arn, err))
		return ""
	}
	version, err := r.AWS.IAM.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: policy.Policy.DefaultVersionId})
	if err != nil || version.PolicyVersion == nil {
		r.miss(part, arn, "iam:GetPolicyVersion", cloud.Problem("read policy "+arn, err))
		return ""
	}
	return decoded(aws.String(aws.ToString(version.PolicyVersion.Document)))
}
