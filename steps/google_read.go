package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Every read of a Google object that more than one step looks at. Within a plan each is made once.

func readProject(ctx context.Context, w *World) (*cloudresourcemanager.Project, error) {
	id := w.Bridge.Google.Project
	return read(ctx, w, "project "+id, func(ctx context.Context) (*cloudresourcemanager.Project, error) {
		p, err := w.Google.Projects.Projects.Get(id).Context(ctx).Do()
		return p, takes("resourcemanager.projects.get", cloud.Problem("read project "+id, err))
	})
}

// takes names the permission behind a refusal that does not: Resource Manager only says that the caller may not.
func takes(permission string, err error) error {
	if p, ok := asProblem(err); ok && p.Kind == explain.Denied && !strings.Contains(p.Reason, permission) {
		p.Permission, p.Reason = permission, p.Reason+" (it takes "+permission+")"
	}
	return err
}

// number is the project's number as a string, as members and audiences want it.
func number(ctx context.Context, w *World) (string, error) {
	if n, ok := w.Facts.ProjectNumber.Get(); ok {
		return n, nil
	}
	p, err := readProject(ctx, w)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(p.ProjectNumber), nil
}

// readProjectPolicy reads the project's allow policy at version 3: a lower one would hide conditions.
func readProjectPolicy(ctx context.Context, w *World) (*iam.Policy, error) {
	id := w.Bridge.Google.Project
	return read(ctx, w, "policy of project "+id, func(ctx context.Context) (*iam.Policy, error) {
		req := &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}
		p, err := w.Google.Projects.Projects.GetIamPolicy(id, req).Context(ctx).Do()
		if err != nil {
			return nil, takes("resourcemanager.projects.getIamPolicy", cloud.Problem("read the policy of project "+id, err))
		}
		return reshape[iam.Policy](p)
	})
}

// reshape carries a value over to another SDK's type of the same JSON.
func reshape[T any](v any) (*T, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("reshape %T: %w", v, err)
	}
	out := new(T)
	if err := json.Unmarshal(data, out); err != nil {
		return nil, fmt.Errorf("reshape %T: %w", v, err)
	}
	return out, nil
}

// accountName is a service account's resource name. The real project is named, never "-": with that a missing account
// is answered 403.
func accountName(project, email string) string {
	return "projects/" + project + "/serviceAccounts/" + email
}

// readAccount reads a service account, nil when there is none.
func readAccount(ctx context.Context, w *World, project, email string) (*iam.ServiceAccount, error) {
	return read(ctx, w, "service account "+email, func(ctx context.Context) (*iam.ServiceAccount, error) {
		a, err := w.Google.IAM.Projects.ServiceAccounts.Get(accountName(project, email)).Context(ctx).Do()
		return absent(a, cloud.Problem("read service account "+email, err))
	})
}

// readAccountPolicy reads who may use a service account, nil when there is no such account.
func readAccountPolicy(ctx context.Context, w *World, project, email string) (*iam.Policy, error) {
	return read(ctx, w, "policy of service account "+email, func(ctx context.Context) (*iam.Policy, error) {
		p, err := w.Google.IAM.Projects.ServiceAccounts.GetIamPolicy(accountName(project, email)).
			OptionsRequestedPolicyVersion(3).Context(ctx).Do()
		return absent(p, cloud.Problem("read the policy of service account "+email, err))
	})
}

// readKeys lists the keys that people made for a service account.
func readKeys(ctx context.Context, w *World, project, email string) ([]*iam.ServiceAccountKey, error) {
	return read(ctx, w, "keys of "+email, func(ctx context.Context) ([]*iam.ServiceAccountKey, error) {
		l, err := w.Google.IAM.Projects.ServiceAccounts.Keys.List(accountName(project, email)).KeyTypes("USER_MANAGED").Context(ctx).Do()
		if explain.Is(cloud.Problem("", err), explain.Missing) {
			return nil, nil
		}
		if err != nil {
			return nil, cloud.Problem("list the keys of "+email, err)
		}
		return l.Keys, nil
	})
}

// readAccounts lists the living service accounts of the bridge's project.
func readAccounts(ctx context.Context, w *World) ([]*iam.ServiceAccount, error) {
	id := w.Bridge.Google.Project
	return read(ctx, w, "service accounts of "+id, func(ctx context.Context) ([]*iam.ServiceAccount, error) {
		var out []*iam.ServiceAccount
		err := w.Google.IAM.Projects.ServiceAccounts.List("projects/"+id).PageSize(100).Pages(ctx, func(r *iam.ListServiceAccountsResponse) error {
			out = append(out, r.Accounts...)
			return nil
		})
		return nothingWhenOff(out, cloud.Problem("list the service accounts of "+id, err))
	})
}

// readPool reads a pool, living or deleted, nil when the id was never used.
func readPool(ctx context.Context, w *World, name string) (*iam.WorkloadIdentityPool, error) {
	return read(ctx, w, name, func(ctx context.Context) (*iam.WorkloadIdentityPool, error) {
		p, err := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Get(name).Context(ctx).Do()
		return absent(p, cloud.Problem("read pool "+leaf(name), err))
	})
}

// readPools lists the pools of the bridge's project, deleted ones too.
func readPools(ctx context.Context, w *World) ([]*iam.WorkloadIdentityPool, error) {
	id := w.Bridge.Google.Project
	return read(ctx, w, "pools of "+id, func(ctx context.Context) ([]*iam.WorkloadIdentityPool, error) {
		var out []*iam.WorkloadIdentityPool
		call := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.List("projects/" + id + "/locations/global").ShowDeleted(true).PageSize(1000)
		err := call.Pages(ctx, func(r *iam.ListWorkloadIdentityPoolsResponse) error {
			out = append(out, r.WorkloadIdentityPools...)
			return nil
		})
		return nothingWhenOff(out, cloud.Problem("list the pools of "+id, err))
	})
}

// readProviders lists the providers of a pool, deleted ones too; none when there is no such pool.
func readProviders(ctx context.Context, w *World, pool string) ([]*iam.WorkloadIdentityPoolProvider, error) {
	return read(ctx, w, "providers of "+pool, func(ctx context.Context) ([]*iam.WorkloadIdentityPoolProvider, error) {
		var out []*iam.WorkloadIdentityPoolProvider
		call := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.List(pool).ShowDeleted(true).PageSize(100)
		err := call.Pages(ctx, func(r *iam.ListWorkloadIdentityPoolProvidersResponse) error {
			out = append(out, r.WorkloadIdentityPoolProviders...)
			return nil
		})
		return nothingWhenOff(out, cloud.Problem("list the providers of pool "+leaf(pool), err))
	})
}

// nothingWhenOff turns a missing parent, or an API that is off, into an empty list.
func nothingWhenOff[T any](list []T, err error) ([]T, error) {
	if explain.Is(err, explain.Missing, explain.Disabled) {
		return nil, nil
	}
	return list, err
}

// leaf is the last part of a resource name.
func leaf(name string) string { return name[strings.LastIndex(name, "/")+1:] }

// deleted reports whether a pool or a provider lies in the bin, where it stays for 30 days.
func deleted(state string) bool { return state == "DELETED" }

// numberOf is an account's number, "" when there is no account.
func numberOf(a *iam.ServiceAccount) string {
	if a == nil {
		return ""
	}
	return a.UniqueId
}
