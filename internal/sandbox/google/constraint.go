package google

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// enforced tells whether a boolean constraint, or its managed successor, holds on a project.
func enforced(p *world.Project, name string) bool {
	for _, n := range []string{name, managed(name)} {
		if c := p.Constraints[n]; c != nil && c.Boolean && c.Enforce {
			return true
		}
	}
	return false
}

// managed is the name of a constraint's successor: "iam.x" becomes "iam.managed.x".
func managed(name string) string { return strings.Replace(name, "iam.", "iam.managed.", 1) }

// permits tells whether a list constraint lets a value through. No constraint lets everything through.
func permits(p *world.Project, name, value string) bool {
	for _, n := range []string{name, managed(name)} {
		if c := p.Constraints[n]; c != nil && !c.Boolean && !listPermits(c, value) {
			return false
		}
	}
	return true
}

func listPermits(c *world.OrgConstraint, value string) bool {
	match := func(entry string) bool { return entryMatches(entry, value) }
	switch {
	case c.DenyAll, slices.ContainsFunc(c.Denied, match):
		return false
	case len(c.Allowed) == 0:
		return true
	}
	return slices.ContainsFunc(c.Allowed, match)
}

// entryMatches compares a list entry, which may carry the prefix "is:" or "under:", with a value.
func entryMatches(entry, value string) bool {
	if rest, ok := strings.CutPrefix(entry, "under:"); ok {
		return value == rest || strings.HasPrefix(value, rest+"/")
	}
	for _, prefix := range []string{"is:", "in:"} {
		entry = strings.TrimPrefix(entry, prefix)
	}
	return entry == value
}

func violation(text, constraint, subject, description string) *wire.GoogleError {
	return precondition("%s", text).With(wire.PreconditionFailure("constraints/"+constraint, subject, description))
}

// checkDomain applies domain restricted sharing to an e-mail or domain; an empty value stands for a principal of the
// organisation's own pools, which the organisation's own principal set lets in.
func (q *call) checkDomain(value string) error {
	if q.project == nil {
		return nil
	}
	_, domain, ok := strings.Cut(value, "@")
	if !ok {
		domain = value
	}
	inside := domain == "" || domain == q.g.Organization.Domain
	const name = "iam.allowedPolicyMemberDomains"
	for _, entry := range []string{q.g.Organization.Customer, "principalSet://iam.googleapis.com/organizations/" + q.g.Organization.ID} {
		if inside && permits(q.project, name, entry) {
			return nil
		}
	}
	if q.project.Constraints[name] == nil && q.project.Constraints["iam.managed.allowedPolicyMembers"] == nil {
		return nil
	}
	return violation("One or more users named in the policy do not belong to a permitted customer.", name,
		"orgpolicy:projects/"+q.project.ID, "User "+value+" is not in permitted organization.")
}
