package verify

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

const (
	markWord     = "drawbridge:bridge"
	workloadUser = "roles/iam.workloadIdentityUser"
	projectID    = "acme-build"
)

// facts is a set of statements about the clouds, in words that stay the same while what they say does.
type facts map[string]bool

func (f facts) add(format string, args ...any) { f[fmt.Sprintf(format, args...)] = true }

// without lists the facts that are in none of the others.
func (f facts) without(others ...facts) []string {
	var out []string
	for _, line := range slices.Sorted(maps.Keys(f)) {
		if !slices.ContainsFunc(others, func(o facts) bool { return o[line] }) {
			out = append(out, line)
		}
	}
	return out
}

// sight is what a walk sees in the clouds, read from the sandbox's state and by rules of its own.
type sight struct {
	others facts // all that no bridge has made or asked for
	ways   facts // who gets in through what bridges have made: statements of trust policies, admissions of providers
	asked  facts // the ways that the files ask for
	pins   facts // living things of bridges on which others hang
	lives  facts // living things of bridges, as pins are called
	ours   map[string][]string
	loans  []lent
}

// lent is borrowed access that is still there.
type lent struct {
	where string
	until time.Time
}

// all is everything that a reader of the clouds must not change.
func (v sight) all() []facts { return []facts{v.others, v.ways, v.lives} }

func (w *walk) sight() sight {
	var v sight
	w.clouds().View(func(s *world.State, _ time.Time) { v = w.look(s) })
	return v
}

func (w *walk) clouds() *world.World { return w.sites[0].gate.Server.World() }

func (w *walk) look(s *world.State) sight {
	v := sight{others: facts{}, ways: facts{}, pins: facts{}, lives: facts{}, ours: map[string][]string{}}
	p := s.Google.Projects[projectID]
	w.seeGrants(&v, p)
	for _, a := range p.Accounts {
		w.seeAccount(&v, p, a)
	}
	for _, a := range p.Gone {
		w.seeAccount(&v, p, a)
	}
	for _, pool := range p.Pools {
		w.seePool(&v, p, pool)
	}
	for key, vm := range p.Instances {
		if mark := vm.Labels["drawbridge-bridge"]; mark != "" {
			v.live("vm "+key, w.markOf(mark))
		} else {
			v.others.add("vm %s", key)
		}
	}
	w.seeAmazon(&v, s.AWS.Accounts[world.AccountID])
	v.asked = w.asksOf(s)
	for _, elsewhere := range []any{s.Google.Projects["acme-legacy"].Policy.Value.Bindings, s.Google.Organization.Policy.Value.Bindings, s.Google.Groups, s.Google.Roles} {
		v.others.add("elsewhere in Google: %s", asText(elsewhere))
	}
	for name, r := range s.AWS.Accounts[world.LegacyAccountID].Roles.AllLatest() {
		v.others.add("elsewhere in AWS: role %s %s", name, asText(r))
	}
	return v
}

// markOf is the mark of the bridge whose VM has a label: labels hold its name alone.
func (w *walk) markOf(label string) string {
	for _, s := range w.sites {
		if s.bridge.Name == label {
			return s.bridge.Mark()
		}
	}
	return label
}

func (v *sight) live(what, mark string) {
	v.lives.add("%s", what)
	v.ours[mark] = append(v.ours[mark], what)
}

func asText(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the test itself is wrong
	}
	return string(data)
}

// bare is a member as it was before it was deleted.
func bare(member string) string {
	member, _, _ = strings.Cut(strings.TrimPrefix(member, "deleted:"), "?uid=")
	return member
}

// eachMember goes over a policy, a member at a time.
func eachMember(p world.AllowPolicy, f func(role, member string, c *world.Condition)) {
	for _, b := range p.Bindings {
		for _, m := range b.Members {
			f(b.Role, m, b.Condition)
		}
	}
}

func (w *walk) seeGrants(v *sight, p *world.Project) {
	eachMember(p.Policy.Value, func(role, member string, c *world.Condition) {
		for _, s := range w.sites {
			if b := s.bridge; b.ToGoogle != nil && bare(member) == b.GrantMember(p.Number) &&
				slices.ContainsFunc(b.ToGoogle.Grants, func(g spec.Grant) bool { return g.Role == role }) {
				return
			}
		}
		v.others.add("project: %s to %s %s", role, bare(member), asText(c))
		v.pinned(p, member)
	})
}

// pinned notes that somebody's grant names a thing.
func (v *sight) pinned(p *world.Project, member string) {
	if email, ok := strings.CutPrefix(member, "serviceAccount:"); ok && p.Accounts[email] != nil {
		v.pins.add("account %s", p.Accounts[email].UniqueID)
	}
	if _, rest, ok := strings.Cut(member, "/workloadIdentityPools/"); ok {
		id, _, _ := strings.Cut(rest, "/")
		if pool := p.Pools[id]; pool != nil && pool.Deleted.IsZero() {
			v.pins.add("pool %s", id)
		}
	}
}

func (w *walk) seeAccount(v *sight, p *world.Project, a *world.ServiceAccount) {
	mark, marked := markIn(a.Description)
	switch {
	case a.Deleted.IsZero() && marked:
		v.live("account "+a.UniqueID, mark)
		v.ours[mark] = append(v.ours[mark], "account "+a.Email)
	case a.Deleted.IsZero():
		v.others.add("account %s %s %q %t", a.Email, a.UniqueID, a.Description, a.Disabled)
	}
	eachMember(a.Policy.Value, func(role, member string, c *world.Condition) {
		switch {
		case c != nil && strings.HasPrefix(c.Title, loanTitle):
			v.loans = append(v.loans, lent{"account " + a.Email, momentIn(c.Expression)})
		case w.askedOn(p, a, role, member):
		default:
			v.others.add("account %s: %s to %s %s", a.UniqueID, role, bare(member), asText(c))
			if a.Deleted.IsZero() && marked {
				v.pins.add("account %s", a.UniqueID)
			}
			v.pinned(p, member)
		}
	})
	for id, k := range a.Keys {
		if k.UserManaged {
			v.others.add("account %s: key %s", a.UniqueID, id)
			if a.Deleted.IsZero() && marked {
				v.pins.add("account %s", a.UniqueID)
			}
		}
	}
}

func (w *walk) askedOn(p *world.Project, a *world.ServiceAccount, role, member string) bool {
	return slices.ContainsFunc(w.sites, func(s *site) bool {
		b := s.bridge
		return b.ToGoogle != nil && b.ToGoogleEmail() == a.Email && role == workloadUser && bare(member) == b.Member(p.Number)
	})
}

// markIn reads the mark from a description, without asking the program.
func markIn(description string) (string, bool) {
	_, mark, ok := strings.Cut(description, markWord+"=")
	return mark, ok
}

var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

func momentIn(text string) time.Time {
	at, _ := time.Parse(time.RFC3339, moment.FindString(text))
	return at
}

func (w *walk) seePool(v *sight, p *world.Project, pool *world.Pool) {
	mark, marked := markIn(pool.Description)
	if !marked {
		v.others.add("pool %s %q %t %s %s", pool.ID, pool.Description, pool.Disabled, pool.Deleted, asText(pool.Providers))
		return
	}
	if pool.Deleted.IsZero() {
		v.live("pool "+pool.ID, mark)
	}
	for id, provider := range pool.Providers {
		own, ours := markIn(provider.Description)
		name := "provider " + pool.ID + "/" + id
		switch {
		case !ours:
			v.others.add("%s %s %s", name, provider.Deleted, asText(provider))
			if provider.Deleted.IsZero() && pool.Deleted.IsZero() {
				v.pins.add("pool %s", pool.ID)
			}
			continue
		case provider.Deleted.IsZero() && pool.Deleted.IsZero():
			v.live(name, own)
		}
		v.ways.add("%s", admits(name, provider.AWSAccount, provider.Mapping, provider.Condition, asText(provider.OIDC)))
	}
}

// admits is whom a provider lets in. It counts while the provider is deleted, too: bringing it back opens nothing new.
func admits(name, account string, mapping map[string]string, condition, issuer string) string {
	return fmt.Sprintf("%s: account %s mapping %s condition %q issuer %s", name, account, asText(mapping), condition, issuer)
}
