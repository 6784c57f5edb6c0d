package judge

import (
	"slices"
	"strings"
	"time"
)

// Binding is one line of a Google allow policy, as far as deciding needs it.
type Binding struct {
	Role      string
	Members   []string
	Condition string // CEL; empty: always
}

// Principals are all the member strings one caller answers to, in normal case.
type Principals []string

// Question is one caller wanting one permission on one thing at one moment.
type Question struct {
	Who        Principals
	Permission string // canonical: the long form for pools
	On         Resource
	At         time.Time
}

// Allowed decides a question over the bindings of a resource and everything above it. custom holds the permissions of
// custom roles by their full name. There are no deny policies here.
func Allowed(q Question, custom map[string][]string, policies ...[]Binding) bool {
	for _, policy := range policies {
		for _, b := range policy {
			if b.holds(q, custom) {
				return true
			}
		}
	}
	return false
}

func (b Binding) holds(q Question, custom map[string][]string) bool {
	return slices.ContainsFunc(b.Members, q.Who.are) &&
		roleHas(b.Role, q.Permission, custom) &&
		bindingHolds(b.Condition, q.At, q.On)
}

func (p Principals) are(member string) bool { return slices.Contains(p, member) }

func roleHas(role, permission string, custom map[string][]string) bool {
	if permissions, ok := custom[role]; ok {
		return slices.ContainsFunc(permissions, func(p string) bool { return CanonicalPermission(p) == permission })
	}
	return slices.Contains(PredefinedRoles()[role].Permissions, permission)
}

// CanonicalPermission returns the long form that roles carry for the permissions of pools and providers
// ("iam.googleapis.com/workloadIdentityPools.get"), and any other name as it is. Both spellings are answered, since
// the documents use the one and error texts and public tools the other.
func CanonicalPermission(name string) string {
	if strings.HasPrefix(name, "iam.workloadIdentityPools.createPolicyBinding") || strings.HasPrefix(name, "iam.workloadIdentityPools.deletePolicyBinding") {
		return name
	}
	if rest, ok := strings.CutPrefix(name, "iam.workloadIdentityPool"); ok {
		return "iam.googleapis.com/workloadIdentityPool" + rest
	}
	return name
}
