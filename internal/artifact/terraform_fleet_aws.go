package artifact

import (
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

func (t *terraform) fleetAWS(out object) {
	b := t.b
	if b.ToAWS != nil {
		if b.ToAWS.Provider == spec.ProviderExplicit {
			into(out, "aws_iam_openid_connect_provider", "google", object{"url": "https://" + spec.GoogleIssuer, "tags": b.Tags()})
		}
		t.fleetRole(out, "to_aws", toAWS, b.ToAWS.Role, "unique_id", around(func(w string) string { return b.Trust(w).Compact() }))
	}
	if b.ToGoogle == nil {
		return
	}
	r := b.ToGoogle.Role
	t.fleetRole(out, "to_google", toGoogle, r.Role, "", []string{b.WorkloadTrust().Compact()})
	if t.jwt() {
		into(out, "aws_iam_role_policy", "outbound", object{
			"role": "to_google", "name": spec.OutboundPolicyName, "needs": "project_number",
			"policy": around(func(w string) string { return b.OutboundPolicy(w).Compact() }),
		})
	}
	if r.InstanceProfile {
		into(out, "aws_iam_instance_profile", "to_google", object{"name": r.Name, "path": r.Path, "role": "to_google", "tags": b.Tags()})
	}
}

func (t *terraform) fleetRole(out object, key, direction string, r spec.Role, needs string, trust []string) {
	var boundary any
	if r.PermissionsBoundary != "" {
		boundary = r.PermissionsBoundary
	}
	into(out, "aws_iam_role", key, object{
		"name": r.Name, "path": r.Path, "description": steps.RoleDescription(t.b, direction), "max_session_duration": int(r.MaxSession.Seconds()),
		"permissions_boundary": boundary, "trust": trust, "needs": needs, "tags": t.b.Tags(),
	})
	for _, arn := range r.ManagedPolicies {
		into(out, "aws_iam_role_policy_attachment", key+" "+arn, object{"role": key, "policy_arn": arn})
	}
	if len(r.InlinePolicy) > 0 {
		into(out, "aws_iam_role_policy", key, object{"role": key, "name": spec.InlinePolicyName, "needs": "", "policy": []string{string(r.InlinePolicy)}})
	}
}
