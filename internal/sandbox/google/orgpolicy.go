package google

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func orgPolicyRoutes() []route {
	old := of(resourceManager,
		post("v1/projects/{project}:getEffectiveOrgPolicy", "cloudresourcemanager.projects.getEffectiveOrgPolicy", (*call).effectiveV1))
	return append(old, of("orgpolicy.googleapis.com",
		get("v2/projects/{project}/policies/{policy}:getEffectivePolicy", "orgpolicy.projects.policies.getEffectivePolicy", (*call).effectiveV2),
		get("v2/projects/{project}/policies/{policy}", "orgpolicy.projects.policies.get", (*call).ownV2),
		get("v2/projects/{project}/policies", "orgpolicy.projects.policies.list", (*call).listV2),
	)...)
}

// booleanConstraints are known to be boolean even where no policy is set; all others known are lists.
func booleanConstraint(name string) bool {
	short := strings.TrimPrefix(strings.Replace(name, "iam.managed.", "iam.", 1), "constraints/")
	switch short {
	case "iam.disableServiceAccountCreation", "iam.disableServiceAccountKeyCreation", "iam.disableServiceAccountKeyUpload",
		"iam.automaticIamGrantsForDefaultServiceAccounts", "iam.disableWorkloadIdentityClusterCreation", "compute.requireOsLogin":
		return true
	}
	return false
}

func knownConstraint(name string) bool {
	switch strings.Replace(name, "iam.managed.", "iam.", 1) {
	case "iam.workloadIdentityPoolProviders", "iam.workloadIdentityPoolAwsAccounts", "iam.allowServiceAccountCredentialLifetimeExtension",
		"iam.allowedPolicyMemberDomains", "iam.allowedPolicyMembers", "gcp.restrictServiceUsage", "compute.vmExternalIpAccess", "gcp.resourceLocations":
		return true
	}
	return booleanConstraint(name)
}

func (q *call) effectiveV1() (any, error) {
	var in struct{ Constraint string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needThis("orgpolicy.policy.get"); err != nil {
		return nil, err
	}
	short, ok := strings.CutPrefix(in.Constraint, "constraints/")
	if !ok || !knownConstraint(short) {
		return nil, invalidArgument("Invalid constraint: %q.", in.Constraint)
	}
	out := map[string]any{"constraint": in.Constraint}
	c := q.project.Constraints[short]
	if booleanConstraint(short) {
		policy := map[string]any{}
		if c != nil && c.Enforce {
			policy["enforced"] = true
		}
		out["booleanPolicy"] = policy
		return out, nil
	}
	out["listPolicy"] = listPolicy(c)
	return out, nil
}

func listPolicy(c *world.OrgConstraint) map[string]any {
	switch {
	case c == nil:
		return map[string]any{"allValues": "ALLOW"}
	case c.DenyAll:
		return map[string]any{"allValues": "DENY"}
	}
	out := map[string]any{}
	if len(c.Allowed) > 0 {
		out["allowedValues"] = c.Allowed
	}
	if len(c.Denied) > 0 {
		out["deniedValues"] = c.Denied
	}
	return out
}

func (q *call) effectiveV2() (any, error) {
	if err := q.needProject("orgpolicy.policy.get"); err != nil {
		return nil, err
	}
	name := q.vars["policy"]
	if !knownConstraint(name) {
		return nil, notFound("Requested entity was not found.")
	}
	return q.policyV2(name, q.project.Constraints[name]), nil
}

// ownV2 answers only what is set on the project itself.
func (q *call) ownV2() (any, error) {
	if err := q.needProject("orgpolicy.policy.get"); err != nil {
		return nil, err
	}
	c := q.project.Constraints[q.vars["policy"]]
	if c == nil {
		return nil, entityNotFound()
	}
	return q.policyV2(q.vars["policy"], c), nil
}

func (q *call) listV2() (any, error) {
	if err := q.needProject("orgpolicy.policies.list"); err != nil {
		return nil, err
	}
	var out []any
	for name, c := range q.project.Constraints {
		out = append(out, q.policyV2(name, c))
	}
	return map[string]any{"policies": out}, nil
}

func (q *call) policyV2(name string, c *world.OrgConstraint) map[string]any {
	return map[string]any{
		"name": "projects/" + q.project.Number + "/policies/" + name,
		"spec": map[string]any{"rules": []any{ruleV2(name, c)}},
	}
}

func ruleV2(name string, c *world.OrgConstraint) map[string]any {
	switch {
	case booleanConstraint(name):
		return map[string]any{"enforce": c != nil && c.Enforce}
	case c == nil:
		return map[string]any{"allowAll": true}
	case c.DenyAll:
		return map[string]any{"denyAll": true}
	}
	return map[string]any{"values": listPolicy(c)}
}
