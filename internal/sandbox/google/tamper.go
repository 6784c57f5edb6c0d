package google

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Tamper changes Google behind everybody's back, as another administrator would: for tests. Unlike a caller it asks
// for no permission.
type Tamper struct{ c *Cloud }

// Tamper returns the hand of another administrator.
func (c *Cloud) Tamper() Tamper { return Tamper{c} }

func (t Tamper) change(project string, f func(q *call) error) error {
	return t.c.world.Change(func(s *world.State, now time.Time) error {
		q := &call{cloud: t.c, state: s, g: &s.Google, now: now}
		if q.project = q.projectNamed(project); q.project == nil {
			return fmt.Errorf("tamper: no project %q", project)
		}
		return f(q)
	})
}

// RecreateAccount deletes a service account and makes another of the same name, with another unique id.
func (t Tamper) RecreateAccount(project, email string) error {
	return t.change(project, func(q *call) error {
		a := q.project.Accounts[email]
		if a == nil {
			return fmt.Errorf("tamper: no service account %q", email)
		}
		q.bury(a)
		q.project.Accounts[email] = world.NewServiceAccount(q.state, q.project.ID, email, q.now)
		return nil
	})
}

// Constrain sets the effective organisation policy of a constraint ("iam.workloadIdentityPoolProviders") on a project;
// nil takes it away.
func (t Tamper) Constrain(project, name string, c *world.OrgConstraint) error {
	return t.change(project, func(q *call) error {
		if c == nil {
			delete(q.project.Constraints, name)
			return nil
		}
		if q.project.Constraints == nil {
			q.project.Constraints = map[string]*world.OrgConstraint{}
		}
		q.project.Constraints[name] = c
		return nil
	})
}

// Grant adds a member to a role of a project, Revoke takes it away. A role that is not predefined may be listed by its
// permissions through DefineRole first.
func (t Tamper) Grant(project, role, member string) error {
	return t.change(project, func(q *call) error {
		next := q.project.Policy.Value
		next.Bindings = merge(slices.Clone(next.Bindings), world.PolicyBinding{Role: role, Members: []string{member}})
		next.Etag = q.state.Etag()
		q.project.Policy.Set(next, q.now, 0)
		return nil
	})
}

// Revoke takes a member from every unconditional and conditional binding of a role of a project.
func (t Tamper) Revoke(project, role, member string) error {
	return t.change(project, func(q *call) error {
		next := world.AllowPolicy{Etag: q.state.Etag(), AuditConfigs: q.project.Policy.Value.AuditConfigs}
		for _, b := range q.project.Policy.Value.Bindings {
			if b.Role == role {
				b.Members = slices.DeleteFunc(slices.Clone(b.Members), func(m string) bool { return m == member })
			}
			next.Bindings = merge(next.Bindings, b)
		}
		q.project.Policy.Set(next, q.now, 0)
		return nil
	})
}

// DefineRole makes or replaces a custom role of a project and answers its name, "projects/P/roles/ID".
func (t Tamper) DefineRole(project, id string, permissions ...string) (string, error) {
	name := "projects/" + project + "/roles/" + id
	return name, t.change(project, func(q *call) error {
		q.g.Roles[name] = &world.CustomRole{Name: name, Title: id, Stage: "GA", Permissions: permissions, Etag: q.state.Etag()}
		return nil
	})
}

// AccountPolicy replaces the bindings of a service account's allow policy.
func (t Tamper) AccountPolicy(project, email string, bindings ...world.PolicyBinding) error {
	return t.change(project, func(q *call) error {
		a := q.project.Accounts[email]
		if a == nil {
			return fmt.Errorf("tamper: no service account %q", email)
		}
		a.Policy.Set(world.AllowPolicy{Etag: q.state.Etag(), Bindings: bindings}, q.now, 0)
		return nil
	})
}

// SetService switches an API of a project on or off.
func (t Tamper) SetService(project, service string, on bool) error {
	return t.change(project, func(q *call) error {
		q.switchService(service, on)
		return nil
	})
}

// Pool lets f edit a pool in place; f sees nil when there is none.
func (t Tamper) Pool(project, id string, f func(*world.Pool)) error {
	return t.change(project, func(q *call) error { f(q.project.Pools[id]); return nil })
}

// SignIn issues an access token for a person of the organisation, who is made if need be.
func (t Tamper) SignIn(email string, life time.Duration, scopes ...string) (string, error) {
	var token string
	err := t.c.world.Change(func(s *world.State, now time.Time) error {
		var err error
		if email = strings.ToLower(email); s.Google.Users[email] == nil {
			s.Google.Users[email] = &world.GoogleUser{Email: email, Sub: "1" + s.Digits(20)}
		}
		token, err = t.c.issue(&world.GoogleToken{User: email, Scopes: scopes, Expires: now.Add(life)})
		return err
	})
	return token, err
}
