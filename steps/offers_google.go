package steps

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

func (o offers) projects(ctx context.Context) error {
	err := o.Google.Projects.Projects.List().Filter("lifecycleState:ACTIVE").PageSize(500).Pages(ctx,
		func(p *cloudresourcemanager.ListProjectsResponse) error {
			return o.put(len(p.Projects), func(i int) Offer {
				return Offer{Value: p.Projects[i].ProjectId, Title: p.Projects[i].Name, Note: fmt.Sprint(p.Projects[i].ProjectNumber)}
			})
		})
	return cloud.Problem("list the projects", err)
}

// put hands a page on.
func (o offers) put(n int, one func(i int) Offer) error {
	page := make([]Offer, n)
	for i := range page {
		page[i] = one(i)
	}
	if n > 0 {
		o.page(page)
	}
	return nil
}

// accounts are known by their short name in their own project.
func (o offers) accounts(ctx context.Context) error {
	project := o.Bridge.Google.Project
	err := o.Google.IAM.Projects.ServiceAccounts.List("projects/"+project).PageSize(100).Pages(ctx, func(p *iam.ListServiceAccountsResponse) error {
		return o.put(len(p.Accounts), func(i int) Offer {
			a := p.Accounts[i]
			out := stands(strings.TrimSuffix(a.Email, "@"+project+".iam.gserviceaccount.com"), a.DisplayName, byDescription(o.Bridge, a.Description))
			if a.Disabled {
				out.Note += "; disabled"
			}
			return out
		})
	})
	return cloud.Problem("list the service accounts of "+project, err)
}

func (o offers) location() string { return "projects/" + o.Bridge.Google.Project + "/locations/global" }

// pools offers deleted ones too: ours come back, the id of any other is out of reach until it is gone for good.
func (o offers) pools(ctx context.Context) error {
	err := o.Google.IAM.Projects.Locations.WorkloadIdentityPools.List(o.location()).ShowDeleted(true).PageSize(100).Pages(ctx,
		func(p *iam.ListWorkloadIdentityPoolsResponse) error {
			return o.put(len(p.WorkloadIdentityPools), func(i int) Offer {
				q := p.WorkloadIdentityPools[i]
				out := stands(leaf(q.Name), q.DisplayName, byDescription(o.Bridge, q.Description))
				if deleted(q.State) {
					return out.deleted(q.ExpireTime, o.Now())
				}
				return out
			})
		})
	return cloud.Problem("list the pools of "+o.Bridge.Google.Project, err)
}

// deleted is an offer of something that is gone but not yet for good.
func (o Offer) deleted(expires string, now time.Time) Offer {
	left := ""
	if at, err := time.Parse(time.RFC3339, expires); err == nil {
		left = fmt.Sprintf(", %d days left", max(0, int(at.Sub(now).Hours()/24)))
	}
	if o.Adopt || o.Note == stands("", "", anothers).Note {
		o.Adopt, o.Note = false, "deleted, not by this bridge: its id is reserved"+left
		return o
	}
	o.Gone, o.Note = true, "deleted, would be restored"+left
	return o
}

func (o offers) providers(ctx context.Context) error {
	if o.Bridge.ToGoogle == nil || o.Bridge.ToGoogle.Pool == "" {
		return nil
	}
	pool := o.location() + "/workloadIdentityPools/" + o.Bridge.ToGoogle.Pool
	err := o.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.List(pool).ShowDeleted(true).PageSize(100).Pages(ctx,
		func(p *iam.ListWorkloadIdentityPoolProvidersResponse) error {
			return o.put(len(p.WorkloadIdentityPoolProviders), func(i int) Offer {
				v := p.WorkloadIdentityPoolProviders[i]
				out := stands(leaf(v.Name), v.DisplayName, byDescription(o.Bridge, v.Description))
				if deleted(v.State) {
					return out.deleted(v.ExpireTime, o.Now())
				}
				return out
			})
		})
	return cloud.Problem("list the providers of pool "+o.Bridge.ToGoogle.Pool, err)
}

// grants leaves out the two roles that a bridge never gives.
func (o offers) grants(ctx context.Context) error {
	err := o.Google.IAM.Roles.List().View("BASIC").PageSize(1000).Pages(ctx, func(p *iam.ListRolesResponse) error {
		page := make([]Offer, 0, len(p.Roles))
		for _, r := range p.Roles {
			if r.Name != "roles/owner" && r.Name != "roles/editor" && !r.Deleted {
				page = append(page, Offer{Value: r.Name, Title: r.Title})
			}
		}
		return o.put(len(page), func(i int) Offer { return page[i] })
	})
	return cloud.Problem("list the roles", err)
}

func (o offers) vms(ctx context.Context) error {
	err := o.Google.Compute.Instances.AggregatedList(o.Bridge.Google.Project).Pages(ctx, func(p *compute.InstanceAggregatedList) error {
		for _, zone := range p.Items {
			_ = o.put(len(zone.Instances), func(i int) Offer {
				v := zone.Instances[i]
				out := stands(v.Name, leaf(v.Zone), byLabels(o.Bridge, v.Labels))
				out.Note = strings.ToLower(v.Status) + "; " + out.Note
				return out
			})
		}
		return nil
	})
	return cloud.Problem("list the VMs of "+o.Bridge.Google.Project, err)
}

func (o offers) zones(ctx context.Context) error {
	err := o.Google.Compute.Zones.List(o.Bridge.Google.Project).Pages(ctx, func(p *compute.ZoneList) error {
		return o.put(len(p.Items), func(i int) Offer { return Offer{Value: p.Items[i].Name, Title: leaf(p.Items[i].Region)} })
	})
	return cloud.Problem("list the zones", err)
}
