package inventory

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func (r *reader) readProject(ctx context.Context, p *Project) {
	together(
		func() { r.project(ctx, p) },
		func() { r.projectPolicy(ctx, p) },
		func() { r.services(ctx, p) },
		func() { r.accounts(ctx, p) },
		func() { r.pools(ctx, p) },
		func() { r.constraints(ctx, p) },
		func() { r.liens(ctx, p) },
	)
}

func (r *reader) project(ctx context.Context, p *Project) {
	got, err := r.Google.Projects.Projects.Get(p.ID).Context(ctx).Do()
	if err != nil {
		r.miss(PartProject, "", "resourcemanager.projects.get", cloud.Problem("read project "+p.ID, err))
		return
	}
	p.Number, p.State = fmt.Sprint(got.ProjectNumber), got.LifecycleState
}

// projectPolicy reads the policy at version 3: a lower one would hide conditions.
func (r *reader) projectPolicy(ctx context.Context, p *Project) {
	req := &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}
	got, err := r.Google.Projects.Projects.GetIamPolicy(p.ID, req).Context(ctx).Do()
	if err != nil {
		r.miss(PartProjectPolicy, "", "resourcemanager.projects.getIamPolicy", cloud.Problem("read the policy of project "+p.ID, err))
		return
	}
	for _, b := range got.Bindings {
		one := Binding{Role: b.Role, Members: b.Members}
		if b.Condition != nil {
			one.Title, one.Expression = b.Condition.Title, b.Condition.Expression
		}
		p.Bindings = append(p.Bindings, one)
	}
	for _, c := range got.AuditConfigs {
		log := AuditLog{Service: c.Service}
		for _, l := range c.AuditLogConfigs {
			log.Types = append(log.Types, l.LogType)
		}
		p.AuditLogs = append(p.AuditLogs, log)
	}
}

func (r *reader) services(ctx context.Context, p *Project) {
	err := r.Google.Services.Services.List("projects/"+p.ID).Filter("state:ENABLED").PageSize(200).Pages(ctx, func(page *serviceusage.ListServicesResponse) error {
		for _, s := range page.Services {
			p.Services = append(p.Services, s.Name[strings.LastIndex(s.Name, "/")+1:])
		}
		return nil
	})
	r.miss(PartServices, "", "serviceusage.services.list", cloud.Problem("list the APIs of "+p.ID, err))
}

// constraints are those that the rules know; each is asked for its effective value.
func (r *reader) constraints(ctx context.Context, p *Project) {
	names := []string{
		"iam.workloadIdentityPoolProviders", "iam.workloadIdentityPoolAwsAccounts",
		"iam.disableServiceAccountKeyCreation", "iam.allowServiceAccountCredentialLifetimeExtension",
	}
	found := make([]*Constraint, len(names))
	each(len(names), func(i int) { found[i] = r.constraint(ctx, p.ID, names[i]) })
	for i, c := range found {
		if c != nil {
			p.Constraints[names[i]] = *c
		}
	}
}

func (r *reader) constraint(ctx context.Context, project, name string) *Constraint {
	got, err := r.Google.Projects.Projects.GetEffectiveOrgPolicy("projects/"+project,
		&cloudresourcemanager.GetEffectiveOrgPolicyRequest{Constraint: "constraints/" + name}).Context(ctx).Do()
	if err != nil {
		r.miss(PartOrgPolicies, name, "orgpolicy.policy.get", cloud.Problem("read organisation policy "+name, err))
		return nil
	}
	out := &Constraint{}
	if got.BooleanPolicy != nil {
		out.Enforced = got.BooleanPolicy.Enforced
	}
	if l := got.ListPolicy; l != nil {
		out.AllowAll = l.AllValues == "ALLOW" || l.AllValues != "DENY" && len(l.AllowedValues) == 0 && len(l.DeniedValues) == 0
		out.Allowed, out.Denied = l.AllowedValues, l.DeniedValues
	}
	return out
}

func (r *reader) liens(ctx context.Context, p *Project) {
	err := r.Google.Projects.Liens.List().Parent("projects/"+p.ID).Pages(ctx, func(page *cloudresourcemanager.ListLiensResponse) error {
		for _, l := range page.Liens {
			p.Liens = append(p.Liens, l.Name)
		}
		return nil
	})
	r.miss(PartLiens, "", "resourcemanager.projects.get", cloud.Problem("list the liens of "+p.ID, err))
}

// gone holds for what was there when it was listed and is not any more.
func gone(err error) bool { return explain.Is(err, explain.Missing) }
