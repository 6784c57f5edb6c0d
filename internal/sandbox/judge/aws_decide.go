package judge

import (
	"slices"
	"strings"
)

// Access is what somebody wants of AWS: one action on one resource, in circumstances.
type Access struct {
	Action   string // such as iam:CreateRole
	Resource string // ARN, or "*" where the action takes no resource
	Facts    Facts
}

// Effect is the outcome of evaluating documents.
type Effect int

// The three outcomes. Silent means that no statement spoke: denied unless another policy allows.
const (
	Silent Effect = iota
	Allow
	Deny
)

// Identity evaluates documents as identity policies: a Deny anywhere wins, else one Allow suffices. It also answers
// which document decided, or -1.
func Identity(a Access, documents []Document) (Effect, int) {
	effect, by := Silent, -1
	for i, d := range documents {
		for _, s := range d.Statements {
			if !s.covers(a) {
				continue
			}
			if s.Effect == "Deny" {
				return Deny, i
			}
			if effect == Silent {
				effect, by = Allow, i
			}
		}
	}
	return effect, by
}

// covers says whether a statement speaks of the access, whoever asks.
func (s Statement) covers(a Access) bool {
	return s.coversAction(a.Action) && s.coversResource(a) && s.coversFacts(a.Facts)
}

func (s Statement) coversAction(action string) bool {
	matches := func(want string) bool { return Glob(strings.ToLower(want), strings.ToLower(action)) }
	if s.NotAction != nil {
		return !slices.ContainsFunc(s.NotAction, matches)
	}
	return slices.ContainsFunc(s.Action, matches)
}

// coversResource treats a statement without a resource, as in a trust policy, as speaking of the thing it sits on.
func (s Statement) coversResource(a Access) bool {
	matches := func(want string) bool {
		p, ok := compilePattern(want, a.Facts, s.vars())
		return ok && p.matches(a.Resource)
	}
	switch {
	case s.NotResource != nil:
		return !slices.ContainsFunc(s.NotResource, matches)
	case s.Resource != nil:
		return slices.ContainsFunc(s.Resource, matches)
	}
	return true
}

func (s Statement) coversFacts(facts Facts) bool {
	for _, c := range s.Clauses {
		if !c.holds(facts, s.vars()) {
			return false
		}
	}
	return true
}

// vars says whether ${…} is a variable: only in the newer policy version.
func (s Statement) vars() bool { return s.version == "2012-10-17" }
