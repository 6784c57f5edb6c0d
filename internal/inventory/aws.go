package inventory

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func (r *reader) readAccount(ctx context.Context, a *Account) {
	var sessions map[string]time.Duration
	together(
		func() { r.identities(ctx, a) },
		func() { sessions = r.sessions(ctx) },
		func() { r.oidcProviders(ctx, a) },
		func() { r.outbound(ctx, a) },
		func() { r.instances(ctx, a) },
		func() { r.quotas(ctx, a) },
	)
	for i := range a.Roles {
		a.Roles[i].MaxSession = sessions[a.Roles[i].Name]
		if a.Partition == "" {
			a.Partition = partitionOf(a.Roles[i].ARN)
		}
	}
	if a.Partition == "" {
		a.Partition = "aws"
	}
}

// identities reads users, roles and the managed policies in use with one paged call, then the users' keys.
func (r *reader) identities(ctx context.Context, a *Account) {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(r.AWS.IAM, &iam.GetAccountAuthorizationDetailsInput{MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			err = cloud.Problem("read users, roles and policies", err)
			r.miss(PartIdentities, "", "iam:GetAccountAuthorizationDetails", err)
			r.miss(PartAccessKeys, "", "iam:ListAccessKeys", err)
			r.miss(PartPrincipals, "", "iam:GetAccountAuthorizationDetails", err)
			return
		}
		for _, d := range page.RoleDetailList {
			a.Roles = append(a.Roles, roleOf(d))
		}
		for _, d := range page.UserDetailList {
			a.Users = append(a.Users, User{
				Name: aws.ToString(d.UserName), ARN: aws.ToString(d.Arn), Inline: documents(d.UserPolicyList),
				Attached: attached(d.AttachedManagedPolicies), Boundary: boundary(d.PermissionsBoundary), Groups: d.GroupList, Tags: tags(d.Tags),
			})
		}
		for _, d := range page.GroupDetailList {
			a.Groups = append(a.Groups, Group{Name: aws.ToString(d.GroupName), Inline: documents(d.GroupPolicyList), Attached: attached(d.AttachedManagedPolicies)})
		}
		for _, d := range page.Policies {
			for _, v := range d.PolicyVersionList {
				if v.IsDefaultVersion {
					a.Policies[aws.ToString(d.Arn)] = decoded(v.Document)
				}
			}
		}
	}
	r.managed(ctx, a)
	each(len(a.Users), func(i int) { r.accessKeys(ctx, &a.Users[i]) })
}

func roleOf(d types.RoleDetail) Role {
	out := Role{
		Name: aws.ToString(d.RoleName), ARN: aws.ToString(d.Arn), Path: aws.ToString(d.Path), ID: aws.ToString(d.RoleId),
		Trust: decoded(d.AssumeRolePolicyDocument), Created: aws.ToTime(d.CreateDate), Tags: tags(d.Tags),
		Inline: documents(d.RolePolicyList), Attached: attached(d.AttachedManagedPolicies), Boundary: boundary(d.PermissionsBoundary),
	}
	if d.RoleLastUsed != nil {
		out.LastUsed = aws.ToTime(d.RoleLastUsed.LastUsedDate)
	}
	for _, p := range d.InstanceProfileList {
		out.Profiles = append(out.Profiles, aws.ToString(p.InstanceProfileName))
	}
	return out
}

// sessions asks for the roles once more: the longest session is the one thing that the details leave out.
func (r *reader) sessions(ctx context.Context) map[string]time.Duration {
	out := map[string]time.Duration{}
	pages := iam.NewListRolesPaginator(r.AWS.IAM, &iam.ListRolesInput{MaxItems: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			r.miss(PartSessions, "", "iam:ListRoles", cloud.Problem("list the roles", err))
			return out
		}
		for _, role := range page.Roles {
			out[aws.ToString(role.RoleName)] = time.Duration(aws.ToInt32(role.MaxSessionDuration)) * time.Second
		}
	}
	return out
}

func (r *reader) accessKeys(ctx context.Context, u *User) {
	pages := iam.NewListAccessKeysPaginator(r.AWS.IAM, &iam.ListAccessKeysInput{UserName: &u.Name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			r.miss(PartAccessKeys, u.Name, "iam:ListAccessKeys", cloud.Problem("list the keys of "+u.Name, err))
			return
		}
		for _, k := range page.AccessKeyMetadata {
			key := AccessKey{ID: aws.ToString(k.AccessKeyId), Active: k.Status == types.StatusTypeActive, Created: aws.ToTime(k.CreateDate)}
			r.lastUse(ctx, &key)
			u.Keys = append(u.Keys, key)
		}
	}
}

func (r *reader) lastUse(ctx context.Context, k *AccessKey) {
	got, err := r.AWS.IAM.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &k.ID})
	if err = cloud.Problem("read the last use of "+k.ID, err); err != nil {
		r.miss(PartAccessKeys, k.ID, "iam:GetAccessKeyLastUsed", err)
		return
	}
	if u := got.AccessKeyLastUsed; u != nil {
		k.LastUsed, k.Service, k.From = aws.ToTime(u.LastUsedDate), aws.ToString(u.ServiceName), aws.ToString(u.Region)
	}
}

func (r *reader) quotas(ctx context.Context, a *Account) {
	got, err := r.AWS.IAM.GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
	if err != nil {
		r.miss(PartQuotas, "", "iam:GetAccountSummary", cloud.Problem("read the account's limits", err))
		return
	}
	a.TrustQuota = int(got.SummaryMap["AssumeRolePolicySizeQuota"])
}

// outbound reads the account's token issuer; that it is off is an answer.
func (r *reader) outbound(ctx context.Context, a *Account) {
	got, err := r.AWS.IAM.GetOutboundWebIdentityFederationInfo(ctx, &iam.GetOutboundWebIdentityFederationInfoInput{})
	if err = cloud.Problem("read outbound federation", err); err != nil {
		if !explain.Is(err, explain.Disabled, explain.Missing) {
			r.miss(PartOutbound, "", "iam:GetOutboundWebIdentityFederationInfo", err)
		}
		return
	}
	a.Outbound = Outbound{Enabled: got.JwtVendingEnabled, Issuer: aws.ToString(got.IssuerIdentifier)}
}

// decoded undoes the URL encoding in which IAM returns documents. A plus sign in a document stays one.
func decoded(document *string) string {
	if s, err := url.PathUnescape(aws.ToString(document)); err == nil {
		return s
	}
	return aws.ToString(document)
}

func documents(list []types.PolicyDetail) []Document {
	var out []Document
	for _, d := range list {
		out = append(out, Document{Name: aws.ToString(d.PolicyName), JSON: decoded(d.PolicyDocument)})
	}
	return out
}

func attached(list []types.AttachedPolicy) []string {
	var out []string
	for _, p := range list {
		out = append(out, aws.ToString(p.PolicyArn))
	}
	return out
}

func boundary(b *types.AttachedPermissionsBoundary) string {
	if b == nil {
		return ""
	}
	return aws.ToString(b.PermissionsBoundaryArn)
}

func tags(list []types.Tag) map[string]string {
	out := make(map[string]string, len(list))
	for _, t := range list {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

func partitionOf(arn string) string {
	if f := strings.SplitN(arn, ":", 3); len(f) == 3 {
		return f[1]
	}
	return ""
}
