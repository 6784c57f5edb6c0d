package inventory

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

func (r *reader) oidcProviders(ctx context.Context, a *Account) {
	list, err := r.AWS.IAM.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		r.miss(PartOIDCProviders, "", "iam:ListOpenIDConnectProviders", cloud.Problem("list the OIDC providers", err))
		return
	}
	a.OIDCProviders = make([]OIDCProvider, len(list.OpenIDConnectProviderList))
	each(len(a.OIDCProviders), func(i int) {
		arn := aws.ToString(list.OpenIDConnectProviderList[i].Arn)
		a.OIDCProviders[i] = OIDCProvider{ARN: arn}
		got, err := r.AWS.IAM.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
		if err != nil {
			r.miss(PartOIDCProviders, arn, "iam:GetOpenIDConnectProvider", cloud.Problem("read "+arn, err))
			return
		}
		a.OIDCProviders[i] = OIDCProvider{
			ARN: arn, URL: aws.ToString(got.Url), ClientIDs: got.ClientIDList, Thumbprints: got.ThumbprintList,
			Created: aws.ToTime(got.CreateDate), Tags: tags(got.Tags),
		}
	})
}

func (r *reader) instances(ctx context.Context, a *Account) {
	pages := ec2.NewDescribeInstancesPaginator(r.AWS.EC2, &ec2.DescribeInstancesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			r.miss(PartInstances, "", "ec2:DescribeInstances", cloud.Problem("list the instances", err))
			return
		}
		for _, reservation := range page.Reservations {
			for _, i := range reservation.Instances {
				if i.State == nil || i.State.Name != ec2types.InstanceStateNameTerminated {
					a.Instances = append(a.Instances, instanceOf(i))
				}
			}
		}
	}
}

func instanceOf(i ec2types.Instance) Instance {
	out := Instance{ID: aws.ToString(i.InstanceId)}
	if i.IamInstanceProfile != nil {
		out.Profile = aws.ToString(i.IamInstanceProfile.Arn)
	}
	if i.MetadataOptions != nil {
		out.Tokens = string(i.MetadataOptions.HttpTokens)
	}
	return out
}
