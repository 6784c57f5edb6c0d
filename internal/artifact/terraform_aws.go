package artifact

import (
	"strconv"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// aws is the AWS half: a module that needs no Google provider, only what the other half tells it.
func (t *terraform) aws() ([]byte, error) {
	b := t.b
	f, h := newHCL("The AWS half of bridge " + b.Name + ". It stands alone: what it needs of Google comes in as variables.")
	providers(h.block("terraform", nil), "aws")
	if b.ToAWS != nil {
		variable(h, "unique_id", "number of the service account that comes in; e-mails can be made anew, numbers cannot")
	}
	if t.jwt() {
		variable(h, "project_number", "number of the Google project, which the token's audience is written with")
	}
	if b.ToAWS != nil {
		if err := t.awsToAWS(h); err != nil {
			return nil, err
		}
	}
	if b.ToGoogle != nil {
		if err := t.awsToGoogle(h); err != nil {
			return nil, err
		}
	}
	return hclBytes(f), nil
}

func (t *terraform) awsToAWS(h *hcl) error {
	b := t.b
	explicit := b.ToAWS.Provider == spec.ProviderExplicit
	if explicit {
		h.block("resource", []string{"aws_iam_openid_connect_provider", "google"},
			attr{"url", text("https://" + spec.GoogleIssuer)}, attr{"client_id_list", nameList("var.unique_id")}, attr{"tags", textMap(b.Tags())})
		t.found("aws.oidc-provider", "aws_iam_openid_connect_provider", "google", "", b.GoogleProviderARN())
	}
	word, document := unknown(func(w string) string { return b.Trust(w).Compact() })
	trust, err := hclDocument(document, word, "var.unique_id")
	if err != nil {
		return err
	}
	role, err := t.role(h, "to_aws", toAWS, b.ToAWS.Role, trust)
	if explicit {
		role.set(attr{"depends_on", nameList("aws_iam_openid_connect_provider.google")})
	}
	output(h, "to_aws_role_arn", "aws_iam_role.to_aws.arn")
	return err
}

func (t *terraform) awsToGoogle(h *hcl) error {
	b := t.b
	r := b.ToGoogle.Role
	trust, err := hclDocument(b.WorkloadTrust().Compact(), "", "")
	if err != nil {
		return err
	}
	if _, err := t.role(h, "to_google", toGoogle, r.Role, trust); err != nil {
		return err
	}
	if err := t.outboundPolicy(h); err != nil {
		return err
	}
	if r.InstanceProfile {
		h.block("resource", []string{"aws_iam_instance_profile", "to_google"},
			attr{"name", text(r.Name)}, attr{"path", text(r.Path)}, attr{"role", name("aws_iam_role.to_google.name")}, attr{"tags", textMap(b.Tags())})
		t.found("aws.instance-profile", "aws_iam_instance_profile", "to_google", "", r.Name)
	}
	output(h, "to_google_role_arn", "aws_iam_role.to_google.arn")
	return nil
}

// role is a role and what it may do. The exclusive arguments of the role itself are left alone: they would fight with
// the resources beside it.
func (t *terraform) role(h *hcl, label, direction string, r spec.Role, trust expression) (*hcl, error) {
	role := h.block("resource", []string{"aws_iam_role", label},
		attr{"name", text(r.Name)}, attr{"path", text(r.Path)}, attr{"description", text(steps.RoleDescription(t.b, direction))},
		attr{"max_session_duration", name(strconv.Itoa(int(r.MaxSession.Seconds())))}, attr{"assume_role_policy", trust})
	if r.PermissionsBoundary != "" {
		role.set(attr{"permissions_boundary", text(r.PermissionsBoundary)})
	}
	role.set(attr{"tags", textMap(t.b.Tags())})
	t.found("aws.role."+direction, "aws_iam_role", label, "", r.Name)
	policies := "aws.role-policies." + direction
	if len(r.ManagedPolicies) > 0 {
		h.block("resource", []string{"aws_iam_role_policy_attachment", label}, attr{"for_each", textSet(r.ManagedPolicies)},
			attr{"role", name("aws_iam_role." + label + ".name")}, attr{"policy_arn", name("each.value")})
	}
	for _, arn := range r.ManagedPolicies {
		t.found(policies, "aws_iam_role_policy_attachment", label, arn, r.Name+"/"+arn)
	}
	if len(r.InlinePolicy) == 0 {
		return role, nil
	}
	document, err := hclDocument(string(r.InlinePolicy), "", "")
	if err == nil {
		t.inline(h, label, label, policies, r.Name, spec.InlinePolicyName, document)
	}
	return role, err
}

// inline is a policy of the role's own.
func (t *terraform) inline(h *hcl, label, role, step, roleName, policy string, document expression) {
	h.block("resource", []string{"aws_iam_role_policy", label},
		attr{"name", text(policy)}, attr{"role", name("aws_iam_role." + role + ".name")}, attr{"policy", document})
	t.found(step, "aws_iam_role_policy", label, "", roleName+":"+policy)
}

func (t *terraform) outboundPolicy(h *hcl) error {
	if !t.jwt() {
		return nil
	}
	word, document := unknown(func(w string) string { return t.b.OutboundPolicy(w).Compact() })
	policy, err := hclDocument(document, word, "var.project_number")
	if err == nil {
		t.inline(h, "outbound", "to_google", "aws.role-policies."+toGoogle, t.b.ToGoogle.Role.Name, spec.OutboundPolicyName, policy)
	}
	return err
}
