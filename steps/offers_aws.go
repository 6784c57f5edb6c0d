package steps

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

func (o offers) regions(ctx context.Context) error {
	got, err := o.AWS.EC2.DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return cloud.Problem("list the regions", err)
	}
	return o.put(len(got.Regions), func(i int) Offer {
		out := Offer{Value: aws.ToString(got.Regions[i].RegionName)}
		if aws.ToString(got.Regions[i].OptInStatus) == "opted-in" {
			out.Note = "switched on for this account"
		}
		return out
	})
}

// roles leaves out those that AWS itself looks after. The listing shows no tags: whether one is ours is told by its
// description only as far as that it was made by a bridge; the plan reads the tags.
func (o offers) roles(ctx context.Context) error {
	pages := iam.NewListRolesPaginator(o.AWS.IAM, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		got, err := pages.NextPage(ctx)
		if err != nil {
			return cloud.Problem("list the roles", err)
		}
		var page []Offer
		for _, r := range got.Roles {
			path := aws.ToString(r.Path)
			if strings.HasPrefix(path, "/aws-service-role/") || strings.HasPrefix(path, "/aws-reserved/") {
				continue
			}
			out := stands(aws.ToString(r.RoleName), "path "+path, nobodys)
			out.Path = path
			if strings.HasSuffix(aws.ToString(r.Description), "(drawbridge)") {
				out.Adopt, out.Note = false, "exists, made by a bridge"
			}
			page = append(page, out)
		}
		_ = o.put(len(page), func(i int) Offer { return page[i] })
	}
	return nil
}

// policies are the account's own first: there are few of them among a thousand of AWS's.
func (o offers) policies(ctx context.Context) error {
	for _, scope := range []types.PolicyScopeType{types.PolicyScopeTypeLocal, types.PolicyScopeTypeAws} {
		pages := iam.NewListPoliciesPaginator(o.AWS.IAM, &iam.ListPoliciesInput{Scope: scope, MaxItems: aws.Int32(1000)})
		for pages.HasMorePages() {
			got, err := pages.NextPage(ctx)
			if err != nil {
				return cloud.Problem("list the policies", err)
			}
			_ = o.put(len(got.Policies), func(i int) Offer {
				p := got.Policies[i]
				return Offer{Value: aws.ToString(p.Arn), Title: aws.ToString(p.PolicyName), Note: whosePolicy(scope)}
			})
		}
	}
	return nil
}

func whosePolicy(scope types.PolicyScopeType) string {
	if scope == types.PolicyScopeTypeLocal {
		return "the account's own"
	}
	return "AWS managed"
}

// instances leaves out those that are gone for good.
func (o offers) instances(ctx context.Context) error {
	pages := ec2.NewDescribeInstancesPaginator(o.AWS.EC2, &ec2.DescribeInstancesInput{})
	for pages.HasMorePages() {
		got, err := pages.NextPage(ctx)
		if err != nil {
			return cloud.Problem("list the instances", err)
		}
		var page []Offer
		for _, r := range got.Reservations {
			for _, v := range r.Instances {
				if v.State == nil || v.State.Name == "terminated" || v.State.Name == "shutting-down" {
					continue
				}
				out := Offer{Value: aws.ToString(v.InstanceId), Note: string(v.State.Name) + ", " + string(v.InstanceType)}
				for _, t := range v.Tags {
					if aws.ToString(t.Key) == "Name" {
						out.Title = aws.ToString(t.Value)
					}
				}
				if p := v.IamInstanceProfile; p != nil {
					out.Note += "; has instance profile " + leaf(aws.ToString(p.Arn))
				}
				page = append(page, out)
			}
		}
		_ = o.put(len(page), func(i int) Offer { return page[i] })
	}
	return nil
}
