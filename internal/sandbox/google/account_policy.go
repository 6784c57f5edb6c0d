package google

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func (q *call) getAccountPolicy() (any, error) {
	a, err := q.account("iam.serviceAccounts.getIamPolicy")
	if err != nil {
		return nil, err
	}
	version, err := q.number("options.requestedPolicyVersion")
	if err != nil {
		return nil, err
	}
	return readPolicy(a.Policy.Seen(q.now, q.lag), version)
}

func (q *call) setAccountPolicy() (any, error) {
	a, err := q.account("iam.serviceAccounts.setIamPolicy")
	if err != nil {
		return nil, err
	}
	return q.writePolicy(&a.Policy, "serviceAccounts")
}

// testAccount needs no permission; an account that is not there answers 404, with projects/- 403.
func (q *call) testAccount() (any, error) {
	a := q.accountAnywhere(q.vars["account"])
	if a == nil || !q.visible(a) {
		if q.vars["project"] == "-" {
			return nil, denied("iam.serviceAccounts.get", "")
		}
		return nil, notFound("Unknown service account")
	}
	return q.testPermissions("serviceAccounts", q.onAccount(a))
}

// renameMember rewrites one member in every policy of the organisation.
func (q *call) renameMember(from, to string) {
	policies := []*world.Settled[world.AllowPolicy]{&q.g.Organization.Policy}
	for _, p := range q.g.Projects {
		policies = append(policies, &p.Policy)
		for _, a := range p.Accounts {
			policies = append(policies, &a.Policy)
		}
		for _, pool := range p.Pools {
			policies = append(policies, &pool.Policy)
		}
	}
	for _, on := range policies {
		if next, changed := renamed(on.Value, from, to); changed {
			next.Etag = q.state.Etag()
			on.Set(next, q.now, 0)
		}
	}
}

func renamed(p world.AllowPolicy, from, to string) (world.AllowPolicy, bool) {
	changed := false
	bindings := slices.Clone(p.Bindings)
	for i, b := range bindings {
		at := slices.Index(b.Members, from)
		if at < 0 {
			continue
		}
		changed = true
		b.Members = slices.Clone(b.Members)
		b.Members[at] = to
		bindings[i] = b
	}
	p.Bindings = bindings
	return p, changed
}
