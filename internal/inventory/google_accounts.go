package inventory

import (
	"context"
	"time"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// accounts lists the service accounts, then asks each for its policy and its keys.
func (r *reader) accounts(ctx context.Context, p *Project) {
	err := r.Google.IAM.Projects.ServiceAccounts.List("projects/"+p.ID).PageSize(100).Pages(ctx, func(page *iam.ListServiceAccountsResponse) error {
		for _, a := range page.Accounts {
			p.Accounts = append(p.Accounts, ServiceAccount{Email: a.Email, UniqueID: a.UniqueId, Description: a.Description, Disabled: a.Disabled})
		}
		return nil
	})
	if err = cloud.Problem("list the service accounts of "+p.ID, err); err != nil {
		r.miss(PartAccounts, "", "iam.serviceAccounts.list", err)
		r.miss(PartAccountPolicies, "", "iam.serviceAccounts.getIamPolicy", err)
		r.miss(PartAccountKeys, "", "iam.serviceAccountKeys.list", err)
		return
	}
	each(len(p.Accounts), func(i int) {
		r.accountPolicy(ctx, p.ID, &p.Accounts[i])
		r.accountKeys(ctx, p.ID, &p.Accounts[i])
	})
}

func (r *reader) accountPolicy(ctx context.Context, project string, a *ServiceAccount) {
	name := "projects/" + project + "/serviceAccounts/" + a.Email
	got, err := r.Google.IAM.Projects.ServiceAccounts.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Context(ctx).Do()
	if err = cloud.Problem("read the policy of "+a.Email, err); err != nil {
		if !gone(err) {
			r.miss(PartAccountPolicies, a.Email, "iam.serviceAccounts.getIamPolicy", err)
		}
		return
	}
	for _, b := range got.Bindings {
		one := Binding{Role: b.Role, Members: b.Members}
		if b.Condition != nil {
			one.Title, one.Expression = b.Condition.Title, b.Condition.Expression
		}
		a.Bindings = append(a.Bindings, one)
	}
}

func (r *reader) accountKeys(ctx context.Context, project string, a *ServiceAccount) {
	name := "projects/" + project + "/serviceAccounts/" + a.Email
	got, err := r.Google.IAM.Projects.ServiceAccounts.Keys.List(name).KeyTypes("USER_MANAGED").Context(ctx).Do()
	if err = cloud.Problem("list the keys of "+a.Email, err); err != nil {
		if !gone(err) {
			r.miss(PartAccountKeys, a.Email, "iam.serviceAccountKeys.list", err)
		}
		return
	}
	for _, k := range got.Keys {
		key := Key{ID: leaf(k.Name), Disabled: k.Disabled, Reason: k.DisableReason, Created: moment(k.ValidAfterTime)}
		for _, s := range k.ExtendedStatus {
			key.Statuses = append(key.Statuses, s.Key)
		}
		a.Keys = append(a.Keys, key)
	}
}

// pools lists the pools, deleted ones too, then asks each for its providers. An API that is off has none.
func (r *reader) pools(ctx context.Context, p *Project) {
	call := r.Google.IAM.Projects.Locations.WorkloadIdentityPools.List("projects/" + p.ID + "/locations/global").ShowDeleted(true).PageSize(1000)
	err := call.Pages(ctx, func(page *iam.ListWorkloadIdentityPoolsResponse) error {
		for _, q := range page.WorkloadIdentityPools {
			p.Pools = append(p.Pools, Pool{
				ID: leaf(q.Name), Name: q.Name, Description: q.Description, Mode: q.Mode, State: q.State,
				Disabled: q.Disabled, Expires: moment(q.ExpireTime),
			})
		}
		return nil
	})
	if err = cloud.Problem("list the pools of "+p.ID, err); err != nil && !explain.Is(err, explain.Disabled) {
		r.miss(PartPools, "", "iam.googleapis.com/workloadIdentityPools.list", err)
		return
	}
	each(len(p.Pools), func(i int) {
		if mode := p.Pools[i].Mode; mode == "" || mode == "FEDERATION_ONLY" { // pools of other products have none, and refuse the question
			r.providers(ctx, &p.Pools[i])
		}
	})
}

func (r *reader) providers(ctx context.Context, pool *Pool) {
	call := r.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.List(pool.Name).ShowDeleted(true).PageSize(100)
	err := call.Pages(ctx, func(page *iam.ListWorkloadIdentityPoolProvidersResponse) error {
		for _, v := range page.WorkloadIdentityPoolProviders {
			pool.Providers = append(pool.Providers, providerOf(v))
		}
		return nil
	})
	if err = cloud.Problem("list the providers of pool "+pool.ID, err); err != nil && !gone(err) {
		r.miss(PartPools, pool.ID, "iam.googleapis.com/workloadIdentityPoolProviders.list", err)
	}
}

func providerOf(v *iam.WorkloadIdentityPoolProvider) Provider {
	out := Provider{
		ID: leaf(v.Name), Description: v.Description, State: v.State, Disabled: v.Disabled,
		Mapping: v.AttributeMapping, Condition: v.AttributeCondition,
	}
	if v.Aws != nil {
		out.AWSAccount = v.Aws.AccountId
	}
	if v.Oidc != nil {
		out.Issuer, out.Audiences = v.Oidc.IssuerUri, v.Oidc.AllowedAudiences
	}
	return out
}

// moment reads a time as Google writes it; what is none is the zero time.
func moment(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}

func leaf(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}
