package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// projectRules read what the project itself allows, shows and keeps. An ordinary project breaks most of them.
func projectRules() []Rule {
	const restrict = "https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers#restrict"
	policies := []inventory.Part{inventory.PartOrgPolicies}
	return []Rule{
		{ID: "GCP-PRJ-01", Severity: High, Title: "an API that the bridge needs is off", Reference: "https://docs.cloud.google.com/service-usage/docs/enable-disable", Needs: []inventory.Part{inventory.PartServices}, find: missingAPIs},
		{ID: "GCP-PRJ-02", Severity: Low, Title: "the organisation does not say which accounts and issuers may be trusted", Reference: restrict, Needs: policies, find: freeTrust},
		{ID: "GCP-PRJ-03", Severity: Low, Title: "keys of service accounts can come back", Reference: "https://docs.cloud.google.com/resource-manager/docs/organization-policy/restricting-service-accounts", Needs: policies, find: freeKeys},
		{ID: "GCP-PRJ-04", Severity: Low, Title: "exchanges and impersonations leave no trace", Reference: "https://docs.cloud.google.com/logging/docs/audit/configure-data-access", Needs: []inventory.Part{projectPolicy}, find: noAuditLogs},
		{ID: "GCP-PRJ-05", Severity: High, Title: "the project is being deleted", Reference: "https://docs.cloud.google.com/resource-manager/docs/creating-managing-projects", Needs: []inventory.Part{inventory.PartProject}, find: dyingProject},
		{ID: "GCP-PRJ-06", Severity: Low, Title: "the project's policy is almost full", Reference: "https://docs.cloud.google.com/iam/quotas", Needs: []inventory.Part{projectPolicy}, find: fullPolicy},
		{ID: "GCP-PRJ-07", Severity: Low, Title: "nothing keeps the project from being deleted", Reference: "https://docs.cloud.google.com/resource-manager/docs/project-liens", Needs: []inventory.Part{inventory.PartLiens}, find: noLien},
	}
}

func (s *sight) projectFinding(evidence, fix, line string) []Finding {
	return one(Finding{Resource: "project " + s.Project.ID, Evidence: evidence, Fix: fix, Command: line, about: []string{"project"}})
}

func missingAPIs(s *sight) []Finding {
	var missing []string
	for _, b := range s.Bridges {
		for _, api := range b.APIs() {
			if !slices.Contains(s.Project.Services, api) && !slices.Contains(missing, api) {
				missing = append(missing, api)
			}
		}
	}
	if len(missing) == 0 || s.unread(inventory.PartServices) {
		return nil
	}
	return s.projectFinding("off: "+strings.Join(missing, ", "), "enable them",
		command(append([]string{"gcloud", "services", "enable", "--project", s.Project.ID}, missing...)...))
}

func freeTrust(s *sight) []Finding {
	var free []string
	for _, name := range []string{"iam.workloadIdentityPoolProviders", "iam.workloadIdentityPoolAwsAccounts"} {
		if c, ok := s.Project.Constraints[name]; ok && c.AllowAll {
			free = append(free, name)
		}
	}
	if len(free) == 0 {
		return nil
	}
	return s.projectFinding("not set: "+strings.Join(free, ", "), "ask the organisation's administrator to list the AWS accounts and issuers that may be trusted", "")
}

func freeKeys(s *sight) []Finding {
	c, ok := s.Project.Constraints["iam.disableServiceAccountKeyCreation"]
	if !ok || c.Enforced {
		return nil
	}
	return s.projectFinding("constraint iam.disableServiceAccountKeyCreation is not enforced", "have it enforced on this project",
		command("gcloud", "resource-manager", "org-policies", "enable-enforce", "iam.disableServiceAccountKeyCreation", "--project", s.Project.ID))
}

func noAuditLogs(s *sight) []Finding {
	if s.unread(projectPolicy) {
		return nil
	}
	var missing []string
	for _, service := range []string{"sts.googleapis.com", "iam.googleapis.com"} {
		var on []string
		for _, l := range s.Project.AuditLogs {
			if l.Service == service || l.Service == "allServices" {
				on = append(on, l.Types...)
			}
		}
		for _, kind := range []string{"ADMIN_READ", "DATA_READ"} {
			if !slices.Contains(on, kind) {
				missing = append(missing, service+" "+kind)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return s.projectFinding("off: "+strings.Join(missing, ", "), "switch these Data Access logs on in the project's policy (auditConfigs)", "")
}

func dyingProject(s *sight) []Finding {
	if s.Project.State == "" || s.Project.State == "ACTIVE" {
		return nil
	}
	return s.projectFinding("lifecycleState = "+s.Project.State, "restore it, if it was deleted by mistake", command("gcloud", "projects", "undelete", s.Project.ID))
}

const (
	maxPrincipals  = 1500
	almostAllOfIt  = 80 // percent
	percentOfWhole = 100
)

func fullPolicy(s *sight) []Finding {
	n := 0
	for _, b := range s.Project.Bindings {
		n += len(b.Members)
	}
	if n*percentOfWhole < maxPrincipals*almostAllOfIt {
		return nil
	}
	return s.projectFinding(fmt.Sprintf("%d of %d principals", n, maxPrincipals), "grant to groups, or on single resources", "")
}

func noLien(s *sight) []Finding {
	if len(s.providers("")) == 0 || len(s.Project.Liens) > 0 {
		return nil
	}
	return s.projectFinding("no lien", "put a lien on the project that holds the pool",
		command("gcloud", "alpha", "resource-manager", "liens", "create", "--project", s.Project.ID, "--restrictions", "resourcemanager.projects.delete", "--reason", "holds a workload identity pool"))
}
