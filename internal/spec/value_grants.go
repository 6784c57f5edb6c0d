package spec

import (
	"regexp"
	"slices"
	"strings"
)

// maxGrants bounds a bridge to what a person can review.
const maxGrants = 100

const (
	patternGrant = `^(roles/[A-Za-z][A-Za-z0-9.]+|projects/[a-z0-9.:-]+/roles/[A-Za-z0-9_.]+|organizations/[0-9]+/roles/[A-Za-z0-9_.]+)$`
	longestGrant = 200
)

// putGrants reads roles, each alone or with a condition.
func putGrants(p *[]Grant, n *node) *fault {
	if n.kind != kindList {
		return wrong(n, "it must be a list of grants, not "+n.describe(), "write it as a list: [roles/storage.objectViewer]")
	}
	if len(n.items) > maxGrants {
		return wrong(n, "a bridge has at most "+itoa(maxGrants)+" grants", "make a custom role of them")
	}
	var out []Grant
	for _, item := range n.items {
		g, f := readGrant(item)
		if f != nil {
			return f
		}
		if slices.ContainsFunc(out, g.same) {
			return wrong(item, quote(g.Role)+" is granted twice", "keep one of them")
		}
		out = append(out, g)
	}
	*p = out
	return nil
}

// same holds when two grants are the same binding: role and condition.
func (g Grant) same(other Grant) bool {
	if g.Role != other.Role || (g.Condition == nil) != (other.Condition == nil) {
		return false
	}
	return g.Condition == nil || *g.Condition == *other.Condition
}

func readGrant(n *node) (Grant, *fault) {
	if n.kind == kindText {
		return Grant{Role: n.text}, checkGrantRole(n)
	}
	if n.kind != kindMap {
		return Grant{}, wrong(n, "a grant must be a role or {role: …, condition: …}, not "+n.describe())
	}
	if f := onlyKeys(n, "role", "condition"); f != nil {
		return Grant{}, f
	}
	role := n.child("role")
	if role == nil || role.kind != kindText {
		return Grant{}, wrong(n, "the grant names no role", "write {role: roles/…}")
	}
	g := Grant{Role: role.text}
	if f := checkGrantRole(role); f != nil {
		return g, f
	}
	if c := n.child("condition"); c != nil {
		condition, f := readCondition(c)
		if f != nil {
			return g, f
		}
		g.Condition = &condition
	}
	return g, nil
}

func readCondition(n *node) (Condition, *fault) {
	var c Condition
	if n.kind != kindMap {
		return c, wrong(n, "a condition must be {title: …, expression: …}, not "+n.describe())
	}
	if f := onlyKeys(n, "title", "description", "expression"); f != nil {
		return c, f
	}
	for _, part := range []struct {
		name string
		to   *string
		most int
	}{{"title", &c.Title, 100}, {"description", &c.Description, 256}, {"expression", &c.Expression, 4096}} {
		v := n.child(part.name)
		switch {
		case v == nil && part.name == "description":
			continue
		case v == nil:
			return c, wrong(n, "the condition has no "+part.name, "write {title: …, expression: …}")
		case v.kind != kindText || strings.TrimSpace(v.text) == "":
			return c, wrong(v, "the "+part.name+" must be text, not "+v.describe(), "write it in quotes")
		case len(v.text) > part.most:
			return c, wrong(v, "the "+part.name+" has more than "+itoa(part.most)+" bytes")
		case strings.ContainsFunc(v.text, steers):
			return c, wrong(v, "the "+part.name+" holds a control character")
		}
		*part.to = v.text
	}
	return c, nil
}

func onlyKeys(n *node, known ...string) *fault {
	for _, e := range n.entries {
		if slices.Contains(known, e.name) {
			continue
		}
		f := wrong(&node{line: e.line, column: e.column, flag: n.flag}, "there is no key "+quote(e.name)+" here",
			"use "+strings.Join(known, ", "))
		if near := nearest(e.name, known); near != "" {
			f.do = []string{"did you mean " + near + "?"}
		}
		return f
	}
	return nil
}

func checkGrantRole(n *node) *fault {
	if n.text == "roles/owner" || n.text == "roles/editor" {
		return wrong(n, quote(n.text)+" is refused: it includes everything in the project, now and later",
			"name the roles that the workload needs, such as roles/storage.objectViewer")
	}
	if len(n.text) > longestGrant || !regexp.MustCompile(patternGrant).MatchString(n.text) {
		f := wrong(n, quote(n.text)+" is not a role", "write it as roles/NAME, projects/PROJECT/roles/NAME or organizations/NUMBER/roles/NAME")
		if strings.EqualFold(n.text, "owner") || strings.EqualFold(n.text, "editor") {
			f.do = []string{"name the roles that the workload needs; owner and editor are refused"}
		}
		return f
	}
	return nil
}
