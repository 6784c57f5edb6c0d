package steps

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Purpose is what an operator is to be allowed to do.
type Purpose string

// The purposes for which there is a least-privilege policy. Each is enough alone: destroying needs no right of setting up.
const (
	ForSetup   Purpose = "setup"
	ForAudit   Purpose = "audit"
	ForVerify  Purpose = "verify" // with borrowing
	ForDestroy Purpose = "destroy"
)

// Purposes lists them in the order of a bridge's life.
func Purposes() []Purpose { return []Purpose{ForSetup, ForVerify, ForAudit, ForDestroy} }

// Right is one action of AWS's on one thing. On is an ARN, or "*" for what cannot be narrowed down.
type Right struct{ Action, On string }

// Rights are what one operator must hold for one purpose: permissions in the Google project, sorted, and actions in the
// AWS account, sorted.
type Rights struct {
	Google []string
	AWS    []Right
}

// RightsFor lists what a purpose takes for a bridge: what its steps say, and what looking around takes.
func RightsFor(b spec.Bridge, p Purpose) Rights {
	r := Rights{Google: []string{useProject}}
	for _, s := range list(b) {
		a := s.About()
		for _, permission := range a.Permissions {
			if p.takes(permission) {
				r.add(b, a, permission)
			}
		}
	}
	r.lookAround(b, p)
	return r.sorted()
}

func (r *Rights) add(b spec.Bridge, a About, permission string) {
	if a.Cloud == "google" {
		r.Google = append(r.Google, permission)
		return
	}
	r.AWS = append(r.AWS, Right{permission, thing(b, a.Direction, permission)})
}

func (r *Rights) onAWS(on string, actions ...string) {
	for _, action := range actions {
		r.AWS = append(r.AWS, Right{action, on})
	}
}

// sorted puts the rights in order, each once.
func (r Rights) sorted() Rights {
	slices.Sort(r.Google)
	r.Google = slices.Compact(r.Google)
	slices.SortFunc(r.AWS, func(a, b Right) int { return strings.Compare(a.On+" "+a.Action, b.On+" "+b.Action) })
	r.AWS = slices.Compact(r.AWS)
	return r
}

// without leaves some rights out.
func (r Rights) without(names []string) Rights {
	return Rights{
		Google: slices.DeleteFunc(slices.Clone(r.Google), func(s string) bool { return slices.Contains(names, s) }),
		AWS:    slices.DeleteFunc(slices.Clone(r.AWS), func(a Right) bool { return slices.Contains(names, a.Action) }),
	}
}

// takes reports whether a purpose needs a permission that a step names.
func (p Purpose) takes(permission string) bool {
	switch p {
	case ForSetup:
		return !takesDown(permission) || strings.HasSuffix(permission, ".undelete") || strings.HasSuffix(permission, "serviceAccounts.enable")
	case ForAudit:
		return looksOnly(permission) && !strings.Contains(permission, "Operations")
	case ForDestroy:
		return looksOnly(permission) || writesPolicy(permission) || takesDown(permission) && !strings.HasSuffix(permission, ".undelete") && !strings.HasSuffix(permission, ".enable")
	case ForVerify:
	}
	return false
}

// looksOnly holds for permissions that change nothing.
func looksOnly(permission string) bool {
	verb := permission[max(strings.LastIndexAny(permission, ".:"), 0)+1:]
	return strings.HasPrefix(strings.ToLower(verb), "get") || strings.HasPrefix(strings.ToLower(verb), "list") || strings.HasPrefix(verb, "Describe")
}

// writesPolicy holds for permissions that take a member or a statement away as well as add one.
func writesPolicy(permission string) bool {
	return strings.HasSuffix(permission, "setIamPolicy") || permission == "iam:UpdateAssumeRolePolicy"
}

// lookAround adds what is read beside the bridge's own things: leftovers, an OIDC provider in the way, who hangs on what.
func (r *Rights) lookAround(b spec.Bridge, p Purpose) {
	switch p {
	case ForVerify:
		r.toVerify(b)
		return
	case ForAudit:
		r.toAudit()
	case ForSetup:
		r.onAWS("*", "iam:SimulatePrincipalPolicy", "iam:GetAccountSummary")
		r.Google = append(r.Google, "orgpolicy.policy.get")
		r.Google = append(r.Google, customRoles(b)...)
	case ForDestroy: // who hangs on an account: keys, machines, other accounts' policies
		r.Google = append(r.Google, "compute.instances.list", "iam.serviceAccountKeys.list", "iam.serviceAccounts.getIamPolicy",
			"resourcemanager.projects.getIamPolicy")
		r.onAWS("*", "iam:SimulatePrincipalPolicy")
	}
	r.Google = append(r.Google, "iam.serviceAccounts.list", "iam.googleapis.com/workloadIdentityPools.list")
	r.onAWS("*", "iam:ListRoles")
	r.onAWS(b.GoogleProviderARN(), "iam:GetOpenIDConnectProvider")
}

// toVerify is what crossing and borrowing take: to see what is lent, to lend it and to take it back.
func (r *Rights) toVerify(b spec.Bridge) {
	r.Google = append(r.Google, "resourcemanager.projects.get")
	if b.ToAWS != nil {
		r.Google = append(r.Google, "iam.serviceAccounts.get", "iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy")
	}
	if b.ToGoogle != nil {
		r.Google = append(r.Google, "iam.googleapis.com/workloadIdentityPoolProviders.get")
		r.onAWS(b.ToGoogleRoleARN(), "iam:GetRole", "iam:UpdateAssumeRolePolicy")
		r.onAWS("*", "iam:SimulatePrincipalPolicy")
	}
}

// customRoles is what looking at the granted roles takes: those of Google itself everybody may read.
func customRoles(b spec.Bridge) []string {
	if b.ToGoogle != nil && slices.ContainsFunc(b.ToGoogle.Grants, func(g spec.Grant) bool { return strings.HasPrefix(g.Role, "projects/") }) {
		return []string{"iam.roles.get"}
	}
	return nil
}

// toAudit is what the inventory of the project and the account takes.
func (r *Rights) toAudit() {
	r.Google = append(r.Google,
		"iam.googleapis.com/workloadIdentityPoolProviders.list", "iam.serviceAccountKeys.list", "iam.serviceAccounts.getIamPolicy",
		"orgpolicy.policy.get", "resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy", "serviceusage.services.list")
	r.onAWS("*", "ec2:DescribeInstances", "iam:GetAccessKeyLastUsed", "iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary",
		"iam:GetOpenIDConnectProvider", "iam:GetOutboundWebIdentityFederationInfo", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole",
		"iam:ListAccessKeys", "iam:ListOpenIDConnectProviders")
}

// thing is what an action works on.
func thing(b spec.Bridge, direction, action string) string {
	switch {
	case strings.HasPrefix(action, "ec2:"), action == "iam:ListRoles", strings.Contains(action, "Outbound"):
		return "*"
	case strings.Contains(action, "OpenIDConnect"):
		return b.GoogleProviderARN()
	case strings.Contains(action, "InstanceProfile") && action != "iam:ListInstanceProfilesForRole":
		return b.InstanceProfileARN()
	case direction == "to-aws":
		return b.ToAWSRoleARN()
	}
	return b.ToGoogleRoleARN()
}
