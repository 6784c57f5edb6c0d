package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Statement is one statement of a policy document, trust or permission, as a reader wants it: lists are lists, conditions
// are flat. Name is the Sid, or "statement 2" counted from 1.
type Statement struct {
	Name         string
	Index        int // from 0
	Allow        bool
	Principals   []Principal
	NotPrincipal bool
	Actions      []string
	NotAction    bool
	Resources    []string
	NotResource  bool
	Conditions   []Condition
}

// Principal is one entry of a Principal element. "*" alone has an empty Kind.
type Principal struct{ Kind, Value string }

// Condition is one operator on one key, with all values it is compared to.
type Condition struct {
	Operator string
	Key      string
	Values   []string
}

// Statements takes a policy document apart, strictly: what cannot be understood is an error, never skipped.
func Statements(document []byte) ([]Statement, error) {
	list, err := statementList(document)
	if err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	var out []Statement
	for i, raw := range list {
		s, err := looseStatement(raw, i)
		if err != nil {
			return nil, fmt.Errorf("read the policy: statement %d: %w", i+1, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// looseStatement reads what trust and permission policies have in common and what either has alone.
func looseStatement(raw any, index int) (Statement, error) {
	fields, ok := raw.(object)
	if !ok {
		return Statement{}, fmt.Errorf("it is not an object")
	}
	out := Statement{Name: fmt.Sprintf("statement %d", index+1), Index: index}
	for _, m := range fields {
		if m.key == "Resource" || m.key == "NotResource" {
			values, err := scalars(m.value)
			if err != nil {
				return Statement{}, fmt.Errorf("%s: %w", m.key, err)
			}
			out.Resources, out.NotResource = values, m.key == "NotResource"
			continue
		}
		s := statement{name: out.Name, allow: out.Allow}
		if err := s.take(m.key, m.value); err != nil {
			return Statement{}, fmt.Errorf("%s: %w", m.key, err)
		}
		out.put(m.key, s)
	}
	return out, nil
}

func (s *Statement) put(key string, from statement) {
	switch key {
	case "Sid":
		s.Name = from.name
	case "Effect":
		s.Allow = from.allow
	case "Action", "NotAction":
		s.Actions, s.NotAction = from.actions, from.notAction
	case "Principal", "NotPrincipal":
		for _, p := range from.principals {
			s.Principals = append(s.Principals, Principal{p.kind, p.value})
		}
		s.NotPrincipal = from.notPrincipal
	case "Condition":
		for _, c := range from.conditions {
			s.Conditions = append(s.Conditions, Condition{c.operator, c.key, c.values})
		}
	}
}

// Does reports whether the statement covers an action; wildcards and case count as AWS counts them.
func (s Statement) Does(action string) bool {
	return statement{actions: s.Actions, notAction: s.NotAction}.matchesAction(action)
}

// Names reports whether the statement names an action itself, not only by a bare *.
func (s Statement) Names(action string) bool {
	named := slices.DeleteFunc(slices.Clone(s.Actions), func(a string) bool { return a == "*" })
	return !s.NotAction && statement{actions: named}.matchesAction(action)
}

// On reports whether the statement covers a resource.
func (s Statement) On(resource string) bool {
	for _, r := range s.Resources {
		if literal(r, true).match(resource) {
			return !s.NotResource
		}
	}
	return s.NotResource
}

// Exact reports whether a condition holds its key to its values and to nothing else: no wildcard, no way round it when the
// key is absent, no negation, no variable.
func (c Condition) Exact() bool {
	op, err := operatorNamed(c.Operator)
	if err != nil || op.negated || op.ifExists || op.forAll || len(c.Values) == 0 || c.Variable() {
		return false
	}
	switch op.base {
	case "stringequals", "stringequalsignorecase":
		return true
	case "stringlike":
		return !c.Wild()
	}
	return false
}

// Wild reports whether a value stands for a range: a * or ? under an operator that reads them.
func (c Condition) Wild() bool {
	op, err := operatorNamed(c.Operator)
	return err == nil && op.wildcards() && slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*?") })
}

// Vacuous reports whether the condition holds for a caller who lacks the key.
func (c Condition) Vacuous() bool {
	op, err := operatorNamed(c.Operator)
	if err != nil {
		return false
	}
	if op.base == "null" {
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "true") })
	}
	return op.ifExists || op.forAll || op.negated && !op.forAny
}

// Variable reports whether a value names a policy variable, which may compare the caller with itself.
func (c Condition) Variable() bool {
	return slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") })
}
