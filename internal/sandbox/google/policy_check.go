package google

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Limits of a policy and its conditions, as documented.
const (
	usualPrincipals = 1500
	usualGroups     = 250 // groups and domains together
	usualVariants   = 20  // conditions under which one principal may hold one role
	maxOperators    = 12
)

func (q *call) checkPolicy(p *policyJSON, before world.AllowPolicy, kind string) ([]world.PolicyBinding, error) {
	if p.Version != 0 && p.Version != 1 && p.Version != 3 {
		return nil, invalidArgument("Invalid policy version %d: valid values are 0, 1 and 3.", p.Version)
	}
	if p.Version != 3 && p.Etag != "" && hasConditions(before.Bindings) {
		return nil, invalidArgument("The policy has conditional role bindings; set the policy version to 3 to change it.")
	}
	known := membersOf(before.Bindings)
	var out []world.PolicyBinding
	for _, b := range p.Bindings {
		clean, err := q.checkBinding(b, p.Version, known, kind)
		if err != nil {
			return nil, err
		}
		out = merge(out, clean)
	}
	if err := q.checkSize(out); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b world.PolicyBinding) int { return strings.Compare(a.Role, b.Role) })
	return out, nil
}

// checkSize counts principals each time they appear, and under how many conditions one holds a role.
func (q *call) checkSize(bindings []world.PolicyBinding) error {
	total, groups, variants := 0, 0, map[[2]string]int{}
	for _, b := range bindings {
		total += len(b.Members)
		for _, m := range b.Members {
			if strings.HasPrefix(m, "group:") || strings.HasPrefix(m, "domain:") {
				groups++
			}
			variants[[2]string{b.Role, m}]++
		}
	}
	if most := q.quota(quotaPrincipals, usualPrincipals); total > most {
		return invalidArgument("The number of members in the policy (%d) is larger than the maximum allowed size %d.", total, most)
	}
	if most := q.quota(quotaGroups, usualGroups); groups > most {
		return invalidArgument("The number of groups and domains in the policy (%d) is larger than the maximum allowed size %d.", groups, most)
	}
	most := q.quota(quotaVariants, usualVariants)
	for at, n := range variants {
		if n > most {
			return invalidArgument("The policy has %d role bindings of %s to %s with different conditions; the maximum is %d.", n, at[0], at[1], most)
		}
	}
	return nil
}

func hasConditions(bindings []world.PolicyBinding) bool {
	return slices.ContainsFunc(bindings, func(b world.PolicyBinding) bool { return b.Condition != nil })
}

func membersOf(bindings []world.PolicyBinding) map[string]bool {
	known := map[string]bool{}
	for _, b := range bindings {
		for _, m := range b.Members {
			known[m] = true
		}
	}
	return known
}

func (q *call) checkBinding(b world.PolicyBinding, version int, known map[string]bool, kind string) (world.PolicyBinding, error) {
	if err := q.checkRole(b.Role, kind); err != nil {
		return b, err
	}
	if err := checkCondition(b, version); err != nil {
		return b, err
	}
	members := make([]string, 0, len(b.Members))
	for _, m := range b.Members {
		m = normalMember(m)
		if !known[m] {
			if err := q.checkMember(m); err != nil {
				return b, err
			}
		}
		members = append(members, m)
	}
	slices.Sort(members)
	b.Members = slices.Compact(members)
	return b, nil
}

func checkCondition(b world.PolicyBinding, version int) error {
	c := b.Condition
	switch {
	case c == nil:
		return nil
	case version != 3:
		return invalidArgument("Policy version must be 3 when the policy has a conditional role binding.")
	case b.Role == "roles/owner" || b.Role == "roles/editor" || b.Role == "roles/viewer":
		return invalidArgument("Conditions can't be set on primitive roles")
	case c.Expression == "":
		return invalidArgument("Condition expression must not be empty.")
	case c.Title == "" || len(c.Title) > 100:
		return invalidArgument("Condition title must be between 1 and 100 characters long.")
	case len(c.Description) > 256:
		return invalidArgument("Condition description must be at most 256 characters long.")
	case strings.Count(c.Expression, "&&")+strings.Count(c.Expression, "||")+len(negation(c.Expression)) > maxOperators:
		return invalidArgument("Condition expression has more than %d logical operators.", maxOperators)
	}
	if err := judge.CheckBindingCondition(c.Expression); err != nil {
		text := fmt.Sprintf("Condition expression compilation failed: %v", err)
		return invalidArgument("%s", text).With(wire.BadRequest("policy.bindings.condition.expression", text))
	}
	return nil
}

var negation = shape.All(`![^=]`)

// merge adds a binding to the one with the same role and condition, as Google does; empty ones vanish.
func merge(list []world.PolicyBinding, b world.PolicyBinding) []world.PolicyBinding {
	if len(b.Members) == 0 {
		return list
	}
	for i := range list {
		if list[i].Role == b.Role && sameCondition(list[i].Condition, b.Condition) {
			members := append(slices.Clone(list[i].Members), b.Members...)
			slices.Sort(members)
			list[i].Members = slices.Compact(members)
			return list
		}
	}
	return append(list, b)
}

func sameCondition(a, b *world.Condition) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// checkRole refuses roles that do not exist and, below the project, roles that say nothing about the resource.
func (q *call) checkRole(name, kind string) error {
	unsupported := invalidArgument("Role %s is not supported for this resource.", name)
	var permissions []string
	if custom, ok := q.g.Roles[name]; ok && !custom.Deleted {
		permissions = custom.Permissions
	} else if role, ok := judge.PredefinedRoles()[name]; ok {
		permissions = role.Permissions
	} else {
		return unsupported
	}
	if kind == "projects" || kind == "organizations" {
		return nil
	}
	testable := judge.TestableOn(kind)
	if !slices.ContainsFunc(permissions, func(p string) bool { return contains(testable, p) }) {
		return unsupported
	}
	return nil
}
