package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// sight is an inventory with its documents taken apart, once for all rules.
type sight struct {
	inventory.Inventory
	roles    []role // of the account, in its order
	members  []member
	subjects []string // what the bridges are about; nil: everything is
}

// role is an IAM role with its trust policy taken apart.
type role struct {
	inventory.Role
	statements []trust.Statement
	broken     error // the trust policy could not be read
	google     []googleStatement
}

func newSight(inv inventory.Inventory) *sight {
	s := &sight{Inventory: inv}
	if inv.Account != nil {
		for _, r := range inv.Account.Roles {
			s.roles = append(s.roles, roleOf(r))
		}
	}
	if inv.Project != nil {
		s.members = membersOf(inv.Project)
	}
	if len(inv.Bridges) > 0 {
		s.subjects = []string{"project", "aws"}
		for _, b := range inv.Bridges {
			s.subjects = append(s.subjects, subjectsOf(b)...)
		}
	}
	return s
}

func roleOf(r inventory.Role) role {
	out := role{Role: r}
	out.statements, out.broken = trust.Statements([]byte(r.Trust))
	for _, st := range out.statements {
		if g, ok := googleStatementOf(r, st); ok {
			out.google = append(out.google, g)
		}
	}
	return out
}

// subjectsOf names the things of a bridge.
func subjectsOf(b spec.Bridge) []string {
	var out []string
	if b.ToAWS != nil {
		out = append(out, "role:"+b.ToAWS.Role.Name, "account:"+b.ToAWSEmail())
	}
	if b.ToGoogle != nil {
		out = append(out, "role:"+b.ToGoogle.Role.Name, "pool:"+b.ToGoogle.Pool)
		if email := b.ToGoogleEmail(); email != "" {
			out = append(out, "account:"+email)
		}
	}
	return out
}

// concerns reports whether a finding is about one of the bridges' things, or about what they all stand on.
func (s *sight) concerns(f Finding) bool {
	return s.subjects == nil || slices.ContainsFunc(f.about, func(a string) bool { return slices.Contains(s.subjects, a) })
}

// linked are the roles that take part in trust between the clouds: they trust Google, a pool admits them, or a bridge
// names them.
func (s *sight) linked() []role {
	var out []role
	for _, r := range s.roles {
		if len(r.google) > 0 || slices.Contains(s.subjects, "role:"+r.Name) || s.admitted(r.Name) {
			out = append(out, r)
		}
	}
	return out
}

// admitted reports whether a member of the project names sessions of the role.
func (s *sight) admitted(name string) bool {
	return slices.ContainsFunc(s.members, func(m member) bool {
		return m.federated && (strings.HasSuffix(m.value, ":assumed-role/"+name) || strings.HasSuffix(m.value, "/"+name) && strings.Contains(m.value, ":role/"))
	})
}

func (s *sight) role(name string) (role, bool) {
	i := slices.IndexFunc(s.roles, func(r role) bool { return r.Name == name })
	if i < 0 {
		return role{}, false
	}
	return s.roles[i], true
}

// bridgeOfRole is the bridge that wants the role to trust Google.
func (s *sight) bridgeOfRole(name string) (spec.Bridge, bool) {
	i := slices.IndexFunc(s.Bridges, func(b spec.Bridge) bool { return b.ToAWS != nil && b.ToAWS.Role.Name == name })
	if i < 0 {
		return spec.Bridge{}, false
	}
	return s.Bridges[i], true
}

func (s *sight) account(email string) (inventory.ServiceAccount, bool) {
	if s.Project == nil {
		return inventory.ServiceAccount{}, false
	}
	i := slices.IndexFunc(s.Project.Accounts, func(a inventory.ServiceAccount) bool { return a.Email == email })
	if i < 0 {
		return inventory.ServiceAccount{}, false
	}
	return s.Project.Accounts[i], true
}

// unread reports whether any of the parts is missing, for rules of one side that join with the other.
func (s *sight) unread(parts ...inventory.Part) bool {
	_, missing := s.Missing(parts...)
	return missing
}

// blind reports whether a part that the rule needs was not read at all: what is not seen there may still be there.
func (s *sight) blind(r Rule) bool {
	return slices.ContainsFunc(s.Unread, func(u inventory.Unread) bool { return u.Name == "" && slices.Contains(r.Needs, u.Part) })
}

func days(d time.Duration) int { return int(d.Hours() / 24) }

func (s *sight) age(t time.Time) int { return days(s.At.Sub(t)) }
