package inventory

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// managed reads the documents of policies that roles have attached and that the details did not bring along.
func (r *reader) managed(ctx context.Context, a *Account) {
	var arns []string
	for _, role := range a.Roles {
		for _, arn := range role.Attached {
			if _, known := a.Policies[arn]; !known && !slices.Contains(arns, arn) {
				arns = append(arns, arn)
			}
		}
	}
	found := make([]string, len(arns))
	each(len(arns), func(i int) { found[i] = r.policyDocument(ctx, arns[i]) })
	for i, document := range found {
		if document != "" {
			a.Policies[arns[i]] = document
		}
	}
}

func (r *reader) policyDocument(ctx context.Context, arn string) string {
	policy, err := r.AWS.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		r.miss(PartIdentities, arn, "iam:GetPolicy", cloud.Problem("read policy "+arn, err))
		return ""
	}
	version, err := r.AWS.IAM.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: policy.Policy.DefaultVersionId})
	if err != nil || version.PolicyVersion == nil {
		r.miss(PartIdentities, arn, "iam:GetPolicyVersion", cloud.Problem("read policy "+arn, err))
		return ""
	}
	return decoded(aws.String(aws.ToString(version.PolicyVersion.Document)))
}
