package google

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// policyJSON is an allow policy on the wire.
type policyJSON struct {
	Version      int                   `json:"version,omitempty"`
	Etag         string                `json:"etag,omitempty"`
	Bindings     []world.PolicyBinding `json:"bindings,omitempty"`
	AuditConfigs []json.RawMessage     `json:"auditConfigs,omitempty"`
}

const concurrentText = "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."

// readPolicy answers a policy in the version asked for. Below 3 a conditional binding shows under a changed role name
// and without its condition.
func readPolicy(p world.AllowPolicy, version int) (policyJSON, error) {
	if version != 0 && version != 1 && version != 3 {
		return policyJSON{}, invalidArgument("Invalid requested policy version %d: valid values are 0, 1 and 3.", version)
	}
	out := policyJSON{Etag: p.Etag, AuditConfigs: p.AuditConfigs}
	if p.Etag == world.EmptyEtag {
		return out, nil
	}
	out.Version = 1
	for _, b := range p.Bindings {
		if b.Condition != nil && version < 3 {
			b = world.PolicyBinding{Role: b.Role + "_withcond_" + conditionHash(b.Condition), Members: b.Members}
		} else if b.Condition != nil {
			out.Version = 3
		}
		out.Bindings = append(out.Bindings, b)
	}
	return out, nil
}

func conditionHash(c *world.Condition) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%s", c.Title, c.Description, c.Expression)
	return fmt.Sprintf("%020x", h.Sum64())
}

// writePolicy replaces a policy after checking version, etag, roles, members and conditions. kind is what the policy
// is of, and limits the roles that can be granted there.
func (q *call) writePolicy(on *world.Settled[world.AllowPolicy], kind string) (any, error) {
	var in struct {
		Policy     *policyJSON
		UpdateMask string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if in.Policy == nil {
		return nil, invalidArgument("Policy must be set in the request.")
	}
	if err := checkEtag(in.Policy.Etag, on.Value.Etag); err != nil {
		return nil, err
	}
	bindings, err := q.checkPolicy(in.Policy, on.Value, kind)
	if err != nil {
		return nil, err
	}
	next := world.AllowPolicy{Etag: q.state.Etag(), Bindings: bindings, AuditConfigs: in.Policy.AuditConfigs}
	if !strings.Contains(in.UpdateMask, "auditConfigs") && in.Policy.AuditConfigs == nil {
		next.AuditConfigs = on.Value.AuditConfigs
	}
	on.Set(next, q.now, q.lag)
	return readPolicy(next, 3)
}

func checkEtag(got, want string) error {
	if got == "" || got == want {
		return nil
	}
	return failure(409, "ABORTED", "%s The request's ETag '%s' did not match the current policy's ETag '%s'.",
		concurrentText, octal(got), octal(want))
}

// octal prints an etag's bytes as the real message does.
func octal(etag string) string {
	raw, err := base64.StdEncoding.DecodeString(etag)
	if err != nil {
		raw = []byte(etag)
	}
	var out strings.Builder
	for _, b := range raw {
		if b > ' ' && b < 0x7f && b != '\\' && b != '\'' {
			out.WriteByte(b)
			continue
		}
		fmt.Fprintf(&out, "\\%03o", b)
	}
	return out.String()
}

// Limits of a policy and its conditions.
const (
	maxPrincipals = 1500
	maxOperators  = 12
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
	total := 0
	for _, b := range p.Bindings {
		clean, err := q.checkBinding(b, p.Version, known, kind)
		if err != nil {
			return nil, err
		}
		total += len(clean.Members)
		out = merge(out, clean)
	}
	if total > maxPrincipals {
		return nil, invalidArgument("The number of members in the policy (%d) is larger than the maximum allowed size %d.", total, maxPrincipals)
	}
	slices.SortStableFunc(out, func(a, b world.PolicyBinding) int { return strings.Compare(a.Role, b.Role) })
	return out, nil
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
	case strings.Count(c.Expression, "&&")+strings.Count(c.Expression, "||")+len(negation.FindAllString(c.Expression, -1)) > maxOperators:
		return invalidArgument("Condition expression has more than %d logical operators.", maxOperators)
	}
	if err := judge.CheckBindingCondition(c.Expression); err != nil {
		text := fmt.Sprintf("Condition expression compilation failed: %v", err)
		return invalidArgument("%s", text).With(wire.BadRequest("policy.bindings.condition.expression", text))
	}
	return nil
}

var negation = regexp.MustCompile(`![^=]`)

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
