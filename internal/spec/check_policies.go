package spec

import (
	"slices"
	"strings"
)

// maxManaged is the most managed policies on a role, after the quota was raised as far as it goes.
const maxManaged = 25

// checkPolicies holds policy ARNs to the bridge's partition and account.
func (r *reader) checkPolicies() *fault {
	var f *fault
	for path, role := range r.roles() {
		if f = r.checkRolePolicies(path, role); f != nil {
			return f
		}
	}
	return nil
}

func (r *reader) checkRolePolicies(path string, role Role) *fault {
	if len(role.ManagedPolicies) > maxManaged {
		return r.about(path+".managedPolicies", "AWS attaches at most "+itoa(maxManaged)+" managed policies to a role")
	}
	for i, arn := range role.ManagedPolicies {
		if reason := r.ownPolicy(arn); reason != "" {
			f := r.about(path+".managedPolicies", reason)
			if n := r.given[path+".managedPolicies"]; n != nil && i < len(n.items) {
				f.at = n.items[i]
			}
			return f
		}
	}
	if arn := role.PermissionsBoundary; arn != "" {
		if reason := r.ownPolicy(arn); reason != "" {
			return r.about(path+".permissionsBoundary", reason)
		}
	}
	return nil
}

func (r *reader) ownPolicy(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if got, want := parts[1], r.bridge.Partition(); got != want {
		return quote(arn) + " is of partition " + got + ", and region " + r.bridge.AWS.Region + " is in " + want
	}
	if !slices.Contains([]string{"aws", r.bridge.AWS.Account}, parts[4]) {
		return quote(arn) + " belongs to account " + parts[4] + ", and this bridge is for " + r.bridge.AWS.Account
	}
	return ""
}

// roles gives the roles of the wanted directions by path, in a fixed order.
func (r *reader) roles() func(func(string, Role) bool) {
	return func(yield func(string, Role) bool) {
		if d := r.bridge.ToAWS; d != nil && !yield("toAWS.role", d.Role) {
			return
		}
		if d := r.bridge.ToGoogle; d != nil {
			yield("toGoogle.role", d.Role.Role)
		}
	}
}
