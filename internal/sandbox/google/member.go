package google

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
)

var (
	principal  = shape.Parts(`^(principal|principalSet)://iam\.googleapis\.com/projects/([^/]+)/locations/global/workloadIdentityPools/([^/]+)/(.+)$`)
	setSuffix  = shape.Of(`^(\*|group/.+|attribute\.[a-z0-9_]+/.+)$`)
	kubernetes = shape.Parts(`^serviceAccount:([a-z][a-z0-9-]*)\.svc\.id\.goog\[([a-z0-9-]+)/([a-z0-9.-]+)\]$`)
	emailShape = shape.Of(`^[^@\s:]+@[^@\s:]+\.[^@\s:]+$`)
)

// normalMember puts a member in the form it is stored in: e-mails in lower case, principals untouched.
func normalMember(m string) string {
	for _, prefix := range []string{"user:", "serviceAccount:", "group:", "domain:"} {
		if rest, ok := strings.CutPrefix(m, prefix); ok {
			return prefix + strings.ToLower(rest)
		}
	}
	return m
}

// checkMember refuses members that name nobody.
func (q *call) checkMember(m string) error {
	kind, rest, _ := strings.Cut(m, ":")
	switch kind {
	case "allUsers", "allAuthenticatedUsers":
		if rest == "" {
			return nil
		}
	case "user":
		return q.checkKnown(q.g.Users[rest] != nil, "User", rest)
	case "group":
		return q.checkKnown(q.g.Groups[rest] != nil, "Group", rest)
	case "domain":
		return q.checkKnown(rest == q.g.Organization.Domain, "Domain", rest)
	case "serviceAccount":
		return q.checkAccountMember(m, rest)
	case "principal", "principalSet":
		return q.checkPrincipal(m)
	case "deleted":
		return checkDeleted(m, rest)
	}
	return invalidArgument("Invalid member: %s. Members must be of the form \"{type}:{value}\" with a known type.", m)
}

func (q *call) checkKnown(ok bool, kind, value string) error {
	if ok {
		return q.checkDomain(value)
	}
	return invalidArgument("%s %s does not exist.", kind, value)
}

func (q *call) checkAccountMember(m, email string) error {
	if k := kubernetes(m); k != nil {
		if p := q.g.Projects[k[1]]; p != nil && p.GKE {
			return nil
		}
		return poolUnknown(k[1] + ".svc.id.goog")
	}
	if !emailShape(email) {
		return invalidArgument("The member %s is of an unknown type. Please set a valid type prefix for the member.", m)
	}
	if a := q.accountAnywhere(email); a == nil || !q.visible(a) {
		return invalidArgument("Service account %s does not exist.", email)
	}
	return nil
}

// checkPrincipal wants the project's number and a pool that exists and is not deleted.
func (q *call) checkPrincipal(m string) error {
	part := principal(m)
	if part == nil {
		return invalidArgument("Invalid principal: %s.", m)
	}
	kind, number, pool, rest := part[1], part[2], part[3], part[4]
	p := q.projectNamed(number)
	if p == nil || p.Number != number {
		return poolUnknown(m)
	}
	if gke := p.ID + ".svc.id.goog"; pool == gke {
		if !p.GKE {
			return poolUnknown(m)
		}
	} else if found := p.Pools[pool]; found == nil || !found.Deleted.IsZero() || !q.settledSince(found.Created) {
		return poolUnknown(m)
	}
	if kind == "principal" && !strings.HasPrefix(rest, "subject/") || kind == "principalSet" && !setSuffix(rest) {
		return invalidArgument("Invalid principal: %s.", m)
	}
	return q.checkDomain("")
}

func poolUnknown(name string) error {
	return invalidArgument("Identity Pool does not exist (%s). Please check that you specified a valid resource name as returned in the `name` attribute in the configuration API.",
		strings.TrimPrefix(strings.TrimPrefix(name, "principalSet:"), "principal:"))
}

var deletedMember = shape.Of(`^(user|serviceAccount|group):[^?]+\?uid=[0-9]+$|^principal(Set)?://`)

func checkDeleted(m, rest string) error {
	if deletedMember(rest) {
		return nil
	}
	return invalidArgument("Invalid member: %s.", m)
}
