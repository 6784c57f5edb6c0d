package judge

import (
	"slices"
	"strings"
)

// Party is who asks to assume a role, as a trust policy may name them. Exactly one of Account, Federated and Service
// is set; the rest narrows an AWS caller.
type Party struct {
	Account   string
	ARNs      []string // of a user: its own; of a session: the session's and its role's
	IDs       []string // unique ids a policy may name directly (AROA…, AIDA…)
	Federated []string // "accounts.google.com", or a provider's ARN
	Service   string   // "ec2.amazonaws.com"
}

// Reach is how a trust policy names somebody.
type Reach int

// A caller may be named by itself, which is enough within one account; or only through its account, which then must
// allow the call in an identity policy as well.
const (
	Unnamed Reach = iota
	ThroughAccount
	ByName
)

// Trust evaluates a resource policy, such as a role's trust policy, for somebody. Known answers the unique id that an
// ARN in the policy meant when it was written, or "" when it meant none; nil takes ARNs as they are.
func Trust(a Access, d Document, who Party, known func(arn string) string) (Effect, Reach) {
	effect, reach := Silent, Unnamed
	for _, s := range d.Statements {
		named := s.names(who, known)
		if named == Unnamed || !s.covers(a) {
			continue
		}
		if s.Effect == "Deny" {
			return Deny, named
		}
		effect, reach = Allow, max(reach, named)
	}
	return effect, reach
}

func (s Statement) names(who Party, known func(string) string) Reach {
	switch {
	case s.Principal != nil:
		return s.Principal.reach(who, known)
	case s.NotPrincipal != nil && s.NotPrincipal.reach(who, known) == Unnamed:
		return ByName
	case s.NotPrincipal != nil:
		return Unnamed
	}
	return ByName // guardrails name nobody and mean everybody
}

// reach finds the closest way in which the parties name somebody. The bare star means everybody, federated callers
// included; {"AWS":"*"} means every AWS principal and no federated one, the stricter of two readings.
func (p *Parties) reach(who Party, known func(string) string) Reach {
	if p.Anyone {
		return ByName
	}
	best := Unnamed
	for kind, names := range p.Kinds {
		for _, name := range names {
			best = max(best, who.named(kind, name, known))
		}
	}
	return best
}

func (w Party) named(kind, name string, known func(string) string) Reach {
	switch kind {
	case "Service":
		return byName(w.Service != "" && w.Service == name)
	case "Federated":
		return byName(len(w.Federated) > 0 && (name == "*" || slices.Contains(w.Federated, name)))
	case "AWS":
		return w.namedAWS(name, known)
	}
	return Unnamed
}

func (w Party) namedAWS(name string, known func(string) string) Reach {
	switch {
	case w.Account == "":
		return Unnamed
	case name == "*", slices.Contains(w.IDs, name):
		return ByName
	case name == w.Account, isAccountRoot(name, w.Account):
		return ThroughAccount
	case !slices.Contains(w.ARNs, name):
		return Unnamed
	case known == nil, strings.Contains(name, ":sts:"):
		return ByName
	}
	// A user or role that was deleted and made anew has another id: the policy meant the old one.
	return byName(slices.Contains(w.IDs, known(name)))
}

func isAccountRoot(name, account string) bool {
	parts := strings.Split(name, ":")
	return len(parts) == 6 && parts[2] == "iam" && parts[4] == account && parts[5] == "root"
}

func byName(yes bool) Reach {
	if yes {
		return ByName
	}
	return Unnamed
}
