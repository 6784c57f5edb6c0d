package google

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// place is where a permission is asked: the resource as conditions see it, and the policies that count there.
type place struct {
	resource judge.Resource
	full     string // "//iam.googleapis.com/…", for messages
	policies [][]judge.Binding
}

func (q *call) onOrganization() place {
	o := &q.g.Organization
	return place{
		resource: judge.Resource{Name: "organizations/" + o.ID, Type: "cloudresourcemanager.googleapis.com/Organization", Service: "cloudresourcemanager.googleapis.com"},
		full:     "//cloudresourcemanager.googleapis.com/organizations/" + o.ID,
		policies: [][]judge.Binding{q.inForce(&o.Policy)},
	}
}

func (q *call) onProject(p *world.Project) place {
	above := q.onOrganization()
	return place{
		resource: judge.Resource{Name: "projects/" + p.Number, Type: "cloudresourcemanager.googleapis.com/Project", Service: "cloudresourcemanager.googleapis.com"},
		full:     "//cloudresourcemanager.googleapis.com/projects/" + p.ID,
		policies: append(above.policies, q.inForce(&p.Policy)),
	}
}

func (q *call) onAccount(a *world.ServiceAccount) place {
	at := q.onProject(q.g.Projects[a.Project])
	name := "projects/" + a.Project + "/serviceAccounts/" + a.Email
	at.resource = judge.Resource{Name: name, Type: "iam.googleapis.com/ServiceAccount", Service: "iam.googleapis.com"}
	at.full = "//iam.googleapis.com/" + name
	at.policies = append(at.policies, q.inForce(&a.Policy))
	return at
}

func (q *call) onPool(p *world.Project, pool *world.Pool) place {
	at := q.onProject(p)
	at.resource = judge.Resource{Name: poolName(p, pool.ID), Type: "iam.googleapis.com/WorkloadIdentityPool", Service: "iam.googleapis.com"}
	at.policies = append(at.policies, q.inForce(&pool.Policy))
	return at
}

// inForce is a policy as enforcement sees it: a lagging world still obeys the one before.
func (q *call) inForce(p *world.Settled[world.AllowPolicy]) []judge.Binding {
	stored := p.Seen(q.now, q.lag).Bindings
	out := make([]judge.Binding, 0, len(stored))
	for _, b := range stored {
		one := judge.Binding{Role: b.Role, Members: b.Members}
		if b.Condition != nil {
			one.Condition = b.Condition.Expression
		}
		out = append(out, one)
	}
	return out
}

// may tells whether the caller holds a permission at a place.
func (q *call) may(permission string, at place) bool {
	return judge.Allowed(judge.Question{
		Who: q.who.names, Permission: judge.CanonicalPermission(permission), On: at.resource, At: q.now,
	}, q.customRoles(), at.policies...)
}

func (q *call) customRoles() map[string][]string {
	out := make(map[string][]string, len(q.g.Roles))
	for name, role := range q.g.Roles {
		if !role.Deleted {
			out[name] = role.Permissions
		}
	}
	return out
}

// needProject asks for a permission on the project of the path. An unknown project is refused like a forbidden one.
func (q *call) needProject(permission string) error {
	if q.project == nil {
		return denied(permission, "//cloudresourcemanager.googleapis.com/projects/"+q.vars["project"])
	}
	at := q.onProject(q.project)
	if !q.may(permission, at) {
		return denied(permission, at.full)
	}
	return nil
}

// needIn is needProject for what lives below the project: messages name that collection.
func (q *call) needIn(permission, collection string) error {
	if q.project != nil && q.may(permission, q.onProject(q.project)) {
		return nil
	}
	return denied(permission, "//iam.googleapis.com/projects/"+q.vars["project"]+collection)
}

// needAccount asks for a permission on a service account. The message does not tell which, as the real one.
func (q *call) needAccount(permission string, a *world.ServiceAccount) error {
	if q.may(permission, q.onAccount(a)) {
		return nil
	}
	e := denied(permission, "")
	return e
}

// held returns those of names that the caller holds at a place, in the order and spelling asked.
func (q *call) held(names []string, at place) []string {
	var out []string
	for _, name := range names {
		if q.may(name, at) {
			out = append(out, name)
		}
	}
	return out
}

// testPermissions answers testIamPermissions: one unknown name, or one not testable here, fails the whole call.
func (q *call) testPermissions(kind string, at place) (any, error) {
	var in struct{ Permissions []string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	testable := judge.TestableOn(kind)
	for _, name := range in.Permissions {
		if strings.Contains(name, "*") {
			return nil, invalidArgument("Permission %s contains a wildcard, which is not allowed.", name)
		}
		if !contains(testable, judge.CanonicalPermission(name)) {
			return nil, invalidArgument("Permission %s is not valid for this resource.", name)
		}
	}
	return struct {
		Permissions []string `json:"permissions,omitempty"`
	}{q.held(in.Permissions, at)}, nil
}
