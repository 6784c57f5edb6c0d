package steps

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Every read of an AWS object that more than one step looks at. Within a plan each is made once.

// role is an IAM role as far as we care.
type role struct {
	Name, ARN, Path, Description, Boundary, Trust string
	MaxSession                                    int32
	Tags                                          map[string]string
}

// readRole reads a role, nil when there is none.
func readRole(ctx context.Context, w *World, name string) (*role, error) {
	return read(ctx, w, "role "+name, func(ctx context.Context) (*role, error) {
		out, err := w.AWS.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
		if err != nil {
			return absent[role](nil, cloud.Problem("read role "+name, err))
		}
		if out.Role == nil {
			return nil, emptyReply("read role " + name)
		}
		return roleOf(out.Role), nil
	})
}

// emptyReply is a success without the thing that was asked for, which no cloud gives.
func emptyReply(op string) error {
	return &explain.Problem{Op: op, Kind: explain.Other, Reason: "the reply holds nothing", Do: []string{"look at what stands between this machine and the cloud: a proxy, a sign-in page"}}
}

func roleOf(r *types.Role) *role {
	out := &role{
		Name: aws.ToString(r.RoleName), ARN: aws.ToString(r.Arn), Path: aws.ToString(r.Path),
		Description: aws.ToString(r.Description), Trust: decoded(r.AssumeRolePolicyDocument),
		MaxSession: aws.ToInt32(r.MaxSessionDuration), Tags: tagMap(r.Tags),
	}
	if r.PermissionsBoundary != nil {
		out.Boundary = aws.ToString(r.PermissionsBoundary.PermissionsBoundaryArn)
	}
	return out
}

// decoded undoes the URL encoding in which IAM returns policy documents. A plus sign in a document stays one.
func decoded(document *string) string {
	if s, err := url.PathUnescape(aws.ToString(document)); err == nil {
		return s
	}
	return aws.ToString(document)
}

func tagMap(tags []types.Tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// awsTags is the mark in the SDK's form, in a fixed order.
func awsTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for k, v := range tags {
		out = append(out, types.Tag{Key: &k, Value: &v})
	}
	slices.SortFunc(out, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return out
}

// readRoles lists every role of the account with its trust policy; tags are not in the answer.
func readRoles(ctx context.Context, w *World) ([]role, error) {
	return read(ctx, w, "roles of the account", func(ctx context.Context) ([]role, error) {
		var out []role
		pages := iam.NewListRolesPaginator(w.AWS.IAM, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, cloud.Problem("list the roles of the account", err)
			}
			for i := range page.Roles {
				out = append(out, *roleOf(&page.Roles[i]))
			}
		}
		return out, nil
	})
}

// profile is an instance profile.
type profile struct {
	Name, ARN, Path string
	Roles           []string
	Tags            map[string]string
}

func profileOf(p *types.InstanceProfile) *profile {
	out := &profile{Name: aws.ToString(p.InstanceProfileName), ARN: aws.ToString(p.Arn), Path: aws.ToString(p.Path), Tags: tagMap(p.Tags)}
	for _, r := range p.Roles {
		out.Roles = append(out.Roles, aws.ToString(r.RoleName))
	}
	return out
}

// readProfile reads an instance profile, nil when there is none.
func readProfile(ctx context.Context, w *World, name string) (*profile, error) {
	return read(ctx, w, "instance profile "+name, func(ctx context.Context) (*profile, error) {
		out, err := w.AWS.IAM.GetInstanceProfile(ctx, &iam.GetInstanceProfileInput{InstanceProfileName: &name})
		if err != nil {
			return absent[profile](nil, cloud.Problem("read instance profile "+name, err))
		}
		if out.InstanceProfile == nil {
			return nil, emptyReply("read instance profile " + name)
		}
		return profileOf(out.InstanceProfile), nil
	})
}

// readProfilesOf lists the instance profiles that hold a role.
func readProfilesOf(ctx context.Context, w *World, name string) ([]string, error) {
	return read(ctx, w, "instance profiles of "+name, func(ctx context.Context) ([]string, error) {
		var out []string
		pages := iam.NewListInstanceProfilesForRolePaginator(w.AWS.IAM, &iam.ListInstanceProfilesForRoleInput{RoleName: &name})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nothingWhenOff(out, cloud.Problem("list the instance profiles of role "+name, err))
			}
			for _, p := range page.InstanceProfiles {
				out = append(out, aws.ToString(p.InstanceProfileName))
			}
		}
		return out, nil
	})
}

// association is an instance profile on an instance.
type association struct{ ID, Instance, Profile, State string }

// readAssociations lists the instance profiles on instances that are, or are about to be, in effect.
func readAssociations(ctx context.Context, w *World) ([]association, error) {
	return read(ctx, w, "instance profile associations", func(ctx context.Context) ([]association, error) {
		var out []association
		pages := ec2.NewDescribeIamInstanceProfileAssociationsPaginator(w.AWS.EC2, &ec2.DescribeIamInstanceProfileAssociationsInput{
			Filters: []ec2types.Filter{{Name: aws.String("state"), Values: []string{"associating", "associated"}}},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, cloud.Problem("list the instance profiles on instances", err)
			}
			for _, a := range page.IamInstanceProfileAssociations {
				out = append(out, associationOf(a))
			}
		}
		return out, nil
	})
}

func associationOf(a ec2types.IamInstanceProfileAssociation) association {
	out := association{ID: aws.ToString(a.AssociationId), Instance: aws.ToString(a.InstanceId), State: string(a.State)}
	if a.IamInstanceProfile != nil {
		out.Profile = aws.ToString(a.IamInstanceProfile.Arn)
	}
	return out
}

// oidcProvider is an IAM OIDC provider.
type oidcProvider struct {
	ARN       string
	ClientIDs []string
	Tags      map[string]string
}

// readGoogleProvider reads the account's explicit provider for Google, nil when there is none.
func readGoogleProvider(ctx context.Context, w *World) (*oidcProvider, error) {
	arn := w.Bridge.GoogleProviderARN()
	return read(ctx, w, arn, func(ctx context.Context) (*oidcProvider, error) {
		out, err := w.AWS.IAM.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
		if err != nil {
			return absent[oidcProvider](nil, cloud.Problem("read the OIDC provider for Google", err))
		}
		slices.Sort(out.ClientIDList)
		return &oidcProvider{ARN: arn, ClientIDs: out.ClientIDList, Tags: tagMap(out.Tags)}, nil
	})
}
