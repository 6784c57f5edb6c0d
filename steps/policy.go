package steps

import (
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// grant is one member in one binding of a Google allow policy. Bindings are told apart by role and condition together:
// the same role under another condition is another binding, and stays untouched.
type grant struct {
	Role, Member                   string
	Title, Description, Expression string // of the condition; empty when there is none
}

// String is how people read a grant.
func (g grant) String() string {
	if g.Expression == "" {
		return g.Role + " to " + g.Member
	}
	return g.Role + " to " + g.Member + " when " + g.Title
}

func grantOf(g spec.Grant, member string) grant {
	out := grant{Role: g.Role, Member: member}
	if g.Condition != nil {
		out.Title, out.Description, out.Expression = g.Condition.Title, g.Condition.Description, g.Condition.Expression
	}
	return out
}

// grantsIn lists every grant of a policy; nil has none.
func grantsIn(p *iam.Policy) []grant {
	var out []grant
	if p == nil {
		return nil
	}
	for _, b := range p.Bindings {
		for _, m := range b.Members {
			g := grant{Role: b.Role, Member: m}
			if b.Condition != nil {
				g.Title, g.Description, g.Expression = b.Condition.Title, b.Condition.Description, b.Condition.Expression
			}
			out = append(out, g)
		}
	}
	return out
}

// same compares grants; Google stores the e-mails of members in lower case and pool principals as they are.
func (g grant) same(o grant) bool {
	if !sameMember(g.Member, o.Member) {
		return false
	}
	g.Member, o.Member = "", ""
	return g == o
}

func sameMember(a, b string) bool {
	if strings.Contains(a, "://") {
		return a == b
	}
	return strings.EqualFold(a, b)
}

func contains(list []grant, g grant) bool { return slices.ContainsFunc(list, g.same) }

func (g grant) in(b *iam.Binding) bool {
	if b.Role != g.Role {
		return false
	}
	if b.Condition == nil {
		return g.Title == "" && g.Description == "" && g.Expression == ""
	}
	return b.Condition.Title == g.Title && b.Condition.Description == g.Description && b.Condition.Expression == g.Expression
}

// add puts a grant into its binding and says whether that changed anything.
func add(p *iam.Policy, g grant) bool {
	if contains(grantsIn(p), g) {
		return false
	}
	for _, b := range p.Bindings {
		if g.in(b) {
			b.Members = append(b.Members, g.Member)
			return true
		}
	}
	b := &iam.Binding{Role: g.Role, Members: []string{g.Member}}
	if g.Expression != "" {
		b.Condition = &iam.Expr{Title: g.Title, Description: g.Description, Expression: g.Expression}
	}
	p.Bindings = append(p.Bindings, b)
	return true
}

// remove takes a grant out of its binding, and the binding out of the policy when nobody is left in it.
func remove(p *iam.Policy, g grant) bool {
	if !contains(grantsIn(p), g) {
		return false
	}
	for _, b := range p.Bindings {
		if g.in(b) {
			b.Members = slices.DeleteFunc(b.Members, func(m string) bool { return sameMember(m, g.Member) })
		}
	}
	p.Bindings = slices.DeleteFunc(p.Bindings, func(b *iam.Binding) bool { return len(b.Members) == 0 })
	return true
}

// edit is what one step changes in a policy.
type edit struct{ Add, Remove []grant }

func (e edit) empty() bool { return len(e.Add) == 0 && len(e.Remove) == 0 }

// apply makes the edit and says whether that changed anything.
func (e edit) apply(p *iam.Policy) bool {
	changed := false
	for _, g := range e.Remove {
		changed = remove(p, g) || changed
	}
	for _, g := range e.Add {
		changed = add(p, g) || changed
	}
	return changed
}

// fields are the edit as fields of a change.
func (e edit) fields() []Field {
	out := make([]Field, 0, len(e.Add)+len(e.Remove))
	for _, g := range e.Add {
		out = append(out, set(g.Role, g.value()))
	}
	for _, g := range e.Remove {
		out = append(out, drop(g.Role, g.value()))
	}
	return out
}

func (g grant) value() any {
	if g.Expression == "" {
		return g.Member
	}
	return map[string]string{"member": g.Member, "title": g.Title, "description": g.Description, "expression": g.Expression}
}

// flags are the condition as gcloud wants it. None is said, or gcloud asks when the policy has conditions.
func (g grant) flags() []string {
	condition := "None"
	if g.Expression != "" {
		parts := []string{"expression=" + g.Expression, "title=" + g.Title}
		if g.Description != "" {
			parts = append(parts, "description="+g.Description)
		}
		condition = DelimitedList(parts)
	}
	return []string{"--role", g.Role, "--member", g.Member, "--condition", condition}
}
