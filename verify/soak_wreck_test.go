package verify

import (
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// roleOf is the role of one direction of a bridge, as AWS keeps its name, and the account of that direction.
func (w *walk) roleOf(b spec.Bridge) (role, email string) {
	if b.ToGoogle == nil || b.ToAWS != nil && w.dice.IntN(2) == 0 {
		return strings.ToLower(b.ToAWS.Role.Name), b.ToAWSEmail()
	}
	return strings.ToLower(b.ToGoogle.Role.Name), b.ToGoogleEmail()
}

// loosen lets more in through what is ours.
func (w *walk) loosen() {
	s := w.site()
	role, _ := w.roleOf(s.bridge)
	ways := []edit{
		{"everybody may take our role", func(c clouds) {
			c.role(role, func(r *world.Role) {
				if _, marked := tagged(r.Tags); marked && !strings.Contains(r.Trust, `"*"`) {
					r.Trust = strings.TrimSuffix(r.Trust, "]}") + `,{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
				}
			})
		}, func(clouds) {}},
		{"our role asks for no subject", func(c clouds) {
			c.role(role, func(r *world.Role) {
				if _, marked := tagged(r.Tags); marked {
					r.Trust = strings.Replace(r.Trust, `"accounts.google.com:sub":`, `"accounts.google.com:email":`, 1)
				}
			})
		}, func(clouds) {}},
	}
	if to := s.bridge.ToGoogle; to != nil {
		ways = append(ways, edit{"our provider lets everybody of the account in", func(c clouds) {
			if p := c.p.Pools[to.Pool]; p != nil && p.Providers[to.Provider] != nil {
				p.Providers[to.Provider].Condition = ""
			}
		}, func(clouds) {}})
	}
	one := ways[w.dice.IntN(len(ways))]
	w.byHand(one.do)
	w.also("(%s)", one.says)
	w.counts["loosen: "+one.says]++
	w.shaken()
}

// wreck deletes or disables something of ours.
func (w *walk) wreck() {
	s := w.site()
	role, email := w.roleOf(s.bridge)
	ways := []edit{
		deadRole(role), deadAccount(email), squatter(email),
		{"our account disabled", func(c clouds) {
			if a := c.p.Accounts[email]; a != nil && strings.Contains(a.Description, markWord) {
				a.Disabled = true
			}
		}, func(clouds) {}},
	}
	if to := s.bridge.ToGoogle; to != nil {
		ways = append(ways, deadPool(to.Pool), deadProvider(to.Pool, to.Provider))
	}
	one := ways[w.dice.IntN(len(ways))]
	w.byHand(one.do)
	w.undo = append(w.undo, one)
	w.also("(%s)", one.says)
	w.counts["wreck: "+one.says]++
	w.shaken()
}

func deadRole(role string) edit {
	return edit{"our role deleted", func(c clouds) {
		if r, ok := c.a.Roles.Latest(role); ok && strings.Contains(asText(r.Tags), markWord) {
			for name, p := range c.a.Profiles.AllLatest() {
				if p.Role == role {
					c.a.Profiles.Change(name, c.now, 0, func(p *world.InstanceProfile) { p.Role = "" })
				}
			}
			c.a.Roles.Drop(role, c.now, 0)
		}
	}, func(clouds) {}}
}

// deadAccount deletes an account of ours, and brings it back.
func deadAccount(email string) edit {
	var dead *world.ServiceAccount
	return edit{"our account deleted", func(c clouds) {
		if a := c.p.Accounts[email]; a != nil && strings.Contains(a.Description, markWord) {
			dead = a
			c.bury(a)
		}
	}, func(c clouds) {
		if dead != nil && c.p.Gone[dead.UniqueID] == dead && c.p.Accounts[email] == nil {
			c.unbury(dead)
		}
	}}
}

// squatter deletes our account and makes another one under its name.
func squatter(email string) edit {
	var who *world.ServiceAccount
	kill := deadAccount(email)
	return edit{"our account made anew by somebody", func(c clouds) {
		kill.do(c)
		if c.p.Accounts[email] == nil {
			who = world.NewServiceAccount(c.s, projectID, email, c.now.Add(-walkLag))
			c.p.Accounts[email] = who
		}
	}, func(c clouds) {
		if who != nil && c.p.Accounts[email] == who {
			c.bury(who)
		}
	}}
}

// bury deletes an account as Google does: policies name it by its number from then on.
func (c clouds) bury(a *world.ServiceAccount) {
	delete(c.p.Accounts, a.Email)
	a.Deleted = c.now
	c.p.Gone[a.UniqueID] = a
	c.rename("serviceAccount:"+a.Email, "deleted:serviceAccount:"+a.Email+"?uid="+a.UniqueID)
}

func (c clouds) unbury(a *world.ServiceAccount) {
	delete(c.p.Gone, a.UniqueID)
	a.Deleted = time.Time{}
	c.p.Accounts[a.Email] = a
	c.rename("deleted:serviceAccount:"+a.Email+"?uid="+a.UniqueID, "serviceAccount:"+a.Email)
}

func (c clouds) rename(from, to string) {
	in := func(p *world.Settled[world.AllowPolicy]) {
		if !strings.Contains(asText(p.Value), from+`"`) {
			return
		}
		c.policy(p, func(bindings []world.PolicyBinding) []world.PolicyBinding {
			for i, b := range bindings {
				members := make([]string, len(b.Members))
				for j, m := range b.Members {
					if members[j] = m; m == from {
						members[j] = to
					}
				}
				bindings[i].Members = members
			}
			return bindings
		})
	}
	in(&c.p.Policy)
	for _, a := range c.p.Accounts {
		in(&a.Policy)
	}
}

func deadPool(id string) edit {
	var at time.Time
	return edit{"our pool deleted", func(c clouds) {
		if p := c.p.Pools[id]; p != nil && p.Deleted.IsZero() {
			p.Deleted, at = c.now, c.now
		}
	}, func(c clouds) {
		if p := c.p.Pools[id]; p != nil && !at.IsZero() && p.Deleted.Equal(at) {
			p.Deleted = time.Time{}
		}
	}}
}

func deadProvider(pool, id string) edit {
	return edit{"our provider deleted", func(c clouds) {
		if p := c.p.Pools[pool]; p != nil && p.Deleted.IsZero() && p.Providers[id] != nil && p.Providers[id].Deleted.IsZero() {
			p.Providers[id].Deleted = c.now
		}
	}, func(clouds) {}}
}

// restore takes back one thing that somebody has done.
func (w *walk) restore() {
	if len(w.undo) == 0 {
		return
	}
	i := w.dice.IntN(len(w.undo))
	w.also("(%s)", w.undo[i].says)
	w.byHand(w.undo[i].undo)
	w.undo = append(w.undo[:i], w.undo[i+1:]...)
	w.shaken()
}

// shaken notes that no bridge can be taken to stand any more.
func (w *walk) shaken() { clear(w.stands) }
