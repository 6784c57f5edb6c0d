package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// edit is one thing that another administrator does, and how they take it back; either may find nothing to do it to.
type edit struct {
	says string
	do   func(c clouds)
	undo func(c clouds)
}

// clouds is the state in the hands of somebody with all rights.
type clouds struct {
	s   *world.State
	p   *world.Project
	a   *world.Account
	now time.Time
}

// byHand edits the clouds. What others have differs by exactly that afterwards.
func (w *walk) byHand(f func(c clouds)) {
	err := w.clouds().Change(func(s *world.State, now time.Time) error {
		before := w.look(s).others
		f(clouds{s, s.Google.Projects[projectID], s.AWS.Accounts[world.AccountID], now})
		after := w.look(s).others
		w.edited = now
		for _, gone := range before.without(after) {
			delete(w.expected, gone)
		}
		for _, new := range after.without(before) {
			w.expected[new] = true
		}
		return nil
	})
	if err != nil {
		w.Error(err)
	}
}

// settleOthers gives the others what a bridge may have to share: a pool, a role, an account.
func (w *walk) settleOthers() {
	w.expected = w.sight().others
	w.byHand(func(c clouds) {
		c.p.Pools["others"] = &world.Pool{ID: "others", Created: c.now, Providers: map[string]*world.Provider{}}
		c.p.Accounts[othersAccount] = world.NewServiceAccount(c.s, projectID, othersAccount, c.now)
		for _, name := range []string{"report-reader", "others-role"} {
			c.a.Roles.Put(name, world.Role{
				Entity: world.Entity{Name: name, Path: "/", ID: "AROA" + c.s.Upper(17), Created: c.now}, MaxSession: 3600,
				Trust: `{"Version":"2012-10-17","Statement":[` + fmt.Sprintf(othersTrust, 0) + `]}`,
			}, c.now, 0)
		}
		if w.sites[0].bridge.Name != "shared" {
			delete(c.p.Accounts, othersAccount)
			c.a.Roles.Drop("report-reader", c.now, 0)
		}
	})
}

// change edits what a name stands for on AWS's side; others' edits have landed when somebody looks.
func (c clouds) role(name string, f func(*world.Role)) { c.a.Roles.Change(name, c.now, 0, f) }

// policy replaces an allow policy; readers see it when it has landed.
func (c clouds) policy(p *world.Settled[world.AllowPolicy], f func([]world.PolicyBinding) []world.PolicyBinding) {
	bindings := f(slices.Clone(p.Value.Bindings))
	p.Set(world.AllowPolicy{Etag: c.s.Etag(), Bindings: bindings, AuditConfigs: p.Value.AuditConfigs}, c.now, walkLag)
}

func (c clouds) grant(p *world.Settled[world.AllowPolicy], role, member string) {
	c.policy(p, func(b []world.PolicyBinding) []world.PolicyBinding {
		return append(b, world.PolicyBinding{Role: role, Members: []string{member}})
	})
}

// revoke takes a member out of a role, dead or alive, and the binding with it when it was the last.
func (c clouds) revoke(p *world.Settled[world.AllowPolicy], role, member string) {
	c.policy(p, func(b []world.PolicyBinding) []world.PolicyBinding {
		out := make([]world.PolicyBinding, 0, len(b))
		for _, one := range b {
			if one.Role == role && one.Condition == nil {
				one.Members = slices.DeleteFunc(slices.Clone(one.Members), func(m string) bool { return bare(m) == member })
			}
			if len(one.Members) > 0 {
				out = append(out, one)
			}
		}
		return out
	})
}

// meddle is a step: somebody adds a thing of their own, mostly beside or onto what is ours.
func (w *walk) meddle() { w.addForeign() }

func (w *walk) addForeign() {
	w.titles++
	all := w.foreign()
	one := all[w.dice.IntN(len(all))]
	w.byHand(one.do)
	w.undo = append(w.undo, one)
	w.also("(%s)", one.says)
	w.counts["edit: "+one.says]++
}

// foreign are the things that somebody may add.
func (w *walk) foreign() []edit {
	b, title := w.site().bridge, fmt.Sprintf("edit-%04d", w.titles)
	role, email := w.roleOf(b)
	theirs := othersMember + title
	onProject := func(says, role, member string) edit {
		return edit{
			says, func(c clouds) { c.grant(&c.p.Policy, role, member) },
			func(c clouds) { c.revoke(&c.p.Policy, role, member) },
		}
	}
	onAccount := func(says, role, member string) edit {
		var of *world.ServiceAccount
		return edit{says, func(c clouds) {
			if of = c.p.Accounts[email]; of != nil {
				c.grant(&of.Policy, role, member)
			}
		}, func(c clouds) {
			if of != nil {
				c.revoke(&of.Policy, role, member)
			}
		}}
	}
	out := []edit{
		onProject("a grant in the project", "roles/browser", theirs),
		onProject("a grant of the same role", "roles/storage.objectViewer", theirs),
		onProject("a grant to our account", "roles/viewer", "serviceAccount:"+email),
		onAccount("a user of our account", "roles/iam.serviceAccountUser", theirs),
		onAccount("one more who may be our account", workloadUser, theirs),
		onRole("a policy attached to our role", role, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
		onOthersRole(title), onInline(role, title), onOthersInstance(role, b.AWS.Region),
	}
	if b.ToGoogle != nil {
		out = append(out, onPool(b.ToGoogle.Pool, title), onProject("a grant to our pool", "roles/browser",
			"principal://iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/"+b.ToGoogle.Pool+"/subject/"+title))
	}
	return out
}

// onRole attaches a policy, once; what is not there is not taken off.
func onRole(says, role, arn string) edit {
	return edit{says, func(c clouds) {
		c.role(role, func(r *world.Role) {
			if !slices.Contains(r.Attached, arn) {
				r.Attached = append(r.Attached, arn)
			}
		})
	}, func(c clouds) {
		c.role(role, func(r *world.Role) {
			r.Attached = slices.DeleteFunc(r.Attached, func(a string) bool { return a == arn })
		})
	}}
}

func onInline(role, title string) edit {
	doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
	return edit{"an inline policy in our role", func(c clouds) {
		c.role(role, func(r *world.Role) {
			r.Inline = maps.Clone(r.Inline)
			if r.Inline == nil {
				r.Inline = map[string]string{}
			}
			r.Inline[title] = doc
		})
	}, func(c clouds) { c.role(role, func(r *world.Role) { delete(r.Inline, title) }) }}
}

func onOthersRole(title string) edit {
	statement := `,{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Sid":"` + strings.ReplaceAll(title, "-", "") + `"}`
	return edit{"a statement in the others' role", func(c clouds) {
		c.role("others-role", func(r *world.Role) { r.Trust = strings.TrimSuffix(r.Trust, "]}") + statement + "]}" })
	}, func(c clouds) {
		c.role("others-role", func(r *world.Role) { r.Trust = strings.Replace(r.Trust, statement, "", 1) })
	}}
}

// onOthersInstance puts the profile of a role on an instance that had none, in the bridge's region: no other is looked at.
func onOthersInstance(role, region string) edit {
	id := map[string]string{"us-east-1": "i-0acce550000000001", "eu-west-1": "i-0acce550000000003", "ap-southeast-2": "i-0acce550000000005"}[region]
	var mine *world.Association
	return edit{"an instance with our profile", func(c clouds) {
		p, ok := c.a.Profiles.Latest(role)
		if i := c.a.Instances[id]; ok && i.Association == nil {
			mine = &world.Association{ID: "iip-assoc-" + c.s.Hex(17), Profile: role, ProfileID: p.ID, State: "associating", Settles: c.now, Serial: c.s.Serial}
			i.Association = mine
		}
	}, func(c clouds) {
		if i := c.a.Instances[id]; mine != nil && i.Association == mine {
			i.Association = nil
		}
	}}
}

// onPool puts a provider of somebody into a pool.
func onPool(pool, title string) edit {
	return edit{"a provider in our pool", func(c clouds) {
		if p := c.p.Pools[pool]; p != nil && p.Deleted.IsZero() {
			p.Providers[title] = &world.Provider{
				ID: title, Created: c.now.Add(-time.Hour), OIDC: &world.OIDCIssuer{Issuer: "https://token.actions.githubusercontent.com"},
				Mapping: map[string]string{"google.subject": "assertion.sub"}, Condition: "assertion.repository_owner == 'acme'",
			}
		}
	}, func(c clouds) {
		if p := c.p.Pools[pool]; p != nil {
			delete(p.Providers, title) // and its thirty days are over
		}
	}}
}
