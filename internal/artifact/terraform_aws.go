package artifact

import (
	"slices"
	"strconv"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// terraformAWS is the AWS half: a module that needs no Google provider, only what the other half tells it.
func (t *terraform) aws() string {
	h := &hcl{}
	b := t.b
	h.line("# The AWS half of bridge %s. It stands alone: what it needs of Google comes in as variables.", b.Name)
	h.block("terraform", nil, func() {
		h.block("required_providers", []attr{{"aws", "{\n  source  = \"hashicorp/aws\"\n  version = \">= 5.100.0, < 7.0.0\"\n}"}})
	})
	if b.ToAWS != nil {
		t.variable(h, "unique_id", "number of the service account that comes in; e-mails can be made anew, numbers cannot")
	}
	if t.jwt() {
		t.variable(h, "project_number", "number of the Google project, which the token's audience is written with")
	}
	if b.ToAWS != nil {
		if b.ToAWS.Provider == spec.ProviderExplicit {
			t.resource(h, "aws_iam_openid_connect_provider", "google", "aws.oidc-provider", b.GoogleProviderARN(),
				attr{"url", hclText("https://" + spec.GoogleIssuer)}, attr{"client_id_list", "[var.unique_id]"}, attr{"tags", hclMap(b.Tags())})
		}
		t.role(h, "to_aws", toAWS, b.ToAWS.Role, hclSpliced(around(func(w string) string { return b.Trust(w).Compact() }), "var.unique_id"))
	}
	if b.ToGoogle != nil {
		t.role(h, "to_google", toGoogle, b.ToGoogle.Role.Role, hclText(b.WorkloadTrust().Compact()))
		t.outboundPolicy(h)
		if b.ToGoogle.Role.InstanceProfile {
			t.resource(h, "aws_iam_instance_profile", "to_google", "aws.instance-profile", b.ToGoogle.Role.Name,
				attr{"name", hclText(b.ToGoogle.Role.Name)}, attr{"path", hclText(b.ToGoogle.Role.Path)},
				attr{"role", "aws_iam_role.to_google.name"}, attr{"tags", hclMap(b.Tags())})
		}
	}
	t.awsOutputs(h)
	return h.out.String()
}

func (t *terraform) jwt() bool { return t.b.ToGoogle != nil && t.b.ToGoogle.Token == spec.TokenJWT }

func (t *terraform) variable(h *hcl, name, description string) {
	h.line("")
	h.block("variable "+hclText(name), []attr{{"type", "string"}, {"description", hclText(description)}})
}

// role is a role and what it may do. The exclusive arguments of the role itself are left alone: they would fight with
// the resources beside it.
func (t *terraform) role(h *hcl, label, direction string, r spec.Role, trust string) {
	attrs := []attr{
		{"name", hclText(r.Name)},
		{"path", hclText(r.Path)},
		{"description", hclText(roleDescription(t.b, direction))},
		{"max_session_duration", strconv.Itoa(int(r.MaxSession.Seconds()))},
		{"assume_role_policy", trust},
	}
	if r.PermissionsBoundary != "" {
		attrs = append(attrs, attr{"permissions_boundary", hclText(r.PermissionsBoundary)})
	}
	t.resource(h, "aws_iam_role", label, "aws.role."+direction, r.Name, append(attrs, attr{"tags", hclMap(t.b.Tags())})...)
	policies := "aws.role-policies." + direction
	for i, arn := range slices.Sorted(slices.Values(r.ManagedPolicies)) {
		t.resource(h, "aws_iam_role_policy_attachment", label+"_"+strconv.Itoa(i), policies, r.Name+"/"+arn,
			attr{"role", "aws_iam_role." + label + ".name"}, attr{"policy_arn", hclText(arn)})
	}
	if len(r.InlinePolicy) > 0 {
		t.resource(h, "aws_iam_role_policy", label, policies, r.Name+":"+spec.InlinePolicyName,
			attr{"name", hclText(spec.InlinePolicyName)}, attr{"role", "aws_iam_role." + label + ".name"}, attr{"policy", hclText(string(r.InlinePolicy))})
	}
}

func (t *terraform) outboundPolicy(h *hcl) {
	if !t.jwt() {
		return
	}
	document := hclSpliced(around(func(w string) string { return t.b.OutboundPolicy(w).Compact() }), "var.project_number")
	t.resource(h, "aws_iam_role_policy", "outbound", "aws.role-policies."+toGoogle, t.b.ToGoogle.Role.Name+":"+spec.OutboundPolicyName,
		attr{"name", hclText(spec.OutboundPolicyName)}, attr{"role", "aws_iam_role.to_google.name"}, attr{"policy", document})
}

func (t *terraform) awsOutputs(h *hcl) {
	if t.b.ToAWS != nil {
		h.line("")
		h.block(`output "to_aws_role_arn"`, []attr{{"value", "aws_iam_role.to_aws.arn"}})
	}
	if t.b.ToGoogle != nil {
		h.line("")
		h.block(`output "to_google_role_arn"`, []attr{{"value", "aws_iam_role.to_google.arn"}})
	}
}
