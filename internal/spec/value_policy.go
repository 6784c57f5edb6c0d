package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxInline is what AWS allows for the inline policies of a role together, white space not counted.
const maxInline = 10_240

// putPolicy reads a policy document, checks its shape and keeps it as compact JSON in the order of the file.
func putPolicy(p *json.RawMessage, n *node) *fault {
	if n.kind != kindMap {
		return wrong(n, "it must be a policy document, not "+n.describe(),
			"write the document as YAML or JSON, with Version and Statement")
	}
	if f := checkPolicy(n); f != nil {
		return f
	}
	var out bytes.Buffer
	if f := writeJSON(&out, n); f != nil {
		return f
	}
	size := 0
	for _, r := range out.String() {
		if r > 0xff || steers(r) {
			return wrong(n, fmt.Sprintf("the policy holds %q, and AWS takes printable characters up to U+00FF", r), "replace it")
		}
		if !unicode.IsSpace(r) {
			size++
		}
	}
	if size > maxInline {
		return wrong(n, fmt.Sprintf("the policy has %d characters and AWS allows %d", size, maxInline),
			"move part of it into a managed policy and name that in managedPolicies")
	}
	*p = out.Bytes()
	return nil
}

func (n *node) describe() string {
	if n.kind == kindText {
		return quote(n.text)
	}
	return string(n.kind)
}

func checkPolicy(n *node) *fault {
	for _, e := range n.entries {
		if !slices.Contains([]string{"Version", "Id", "Statement"}, e.name) {
			return wrong(e.value, "a policy document has no key "+quote(e.name), "use Version, Id and Statement; case counts")
		}
	}
	if v := n.child("Version"); v == nil || v.text != "2012-10-17" && v.text != "2008-10-17" {
		return wrong(n, `the policy document needs Version: "2012-10-17"`)
	}
	statements := n.child("Statement")
	if statements == nil {
		return wrong(n, "the policy document has no Statement")
	}
	list := statements.items
	if statements.kind == kindMap {
		list = []*node{statements}
	}
	if len(list) == 0 {
		return wrong(statements, "the policy document has no statement", "leave inlinePolicy out, or say what the role may do")
	}
	for _, s := range list {
		if f := checkStatement(s); f != nil {
			return f
		}
	}
	return nil
}

func checkStatement(s *node) *fault {
	if s.kind != kindMap {
		return wrong(s, "a statement must be a mapping, not "+s.describe())
	}
	known := []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
	for _, e := range s.entries {
		switch {
		case e.name == "Principal" || e.name == "NotPrincipal":
			return wrong(e.value, "a permission policy names no principal, a trust policy does",
				"say here what the role may do; who may assume it is derived")
		case !slices.Contains(known, e.name):
			return wrong(e.value, "a statement has no key "+quote(e.name), "use "+strings.Join(known, ", ")+"; case counts")
		}
	}
	if v := s.child("Effect"); v == nil || v.text != "Allow" && v.text != "Deny" {
		return wrong(s, "the statement needs Effect: Allow or Deny")
	}
	if (s.child("Action") == nil) == (s.child("NotAction") == nil) {
		return wrong(s, "the statement needs Action or NotAction, one of them")
	}
	if (s.child("Resource") == nil) == (s.child("NotResource") == nil) {
		return wrong(s, "the statement needs Resource or NotResource, one of them")
	}
	return nil
}

// writeJSON writes a tree as compact JSON, keeping the order of keys.
func writeJSON(out *bytes.Buffer, n *node) *fault {
	switch n.kind {
	case kindMap:
		return writeEach(out, '{', '}', len(n.entries), func(i int) *fault {
			out.WriteString(jsonText(n.entries[i].name) + ":")
			return writeJSON(out, n.entries[i].value)
		})
	case kindList:
		return writeEach(out, '[', ']', len(n.items), func(i int) *fault { return writeJSON(out, n.items[i]) })
	case kindText:
		out.WriteString(jsonText(n.text))
	case kindBool:
		out.WriteString(n.text)
	case kindInt:
		if _, err := strconv.ParseInt(n.text, 10, 64); err != nil || strings.HasPrefix(n.text, "+") {
			return wrong(n, visible(n.text)+" is not a plain whole number", "write it in quotes")
		}
		out.WriteString(n.text)
	case kindNull:
		return wrong(n, "a value of the policy is empty", "give it a value or remove the key")
	default:
		return wrong(n, visible(n.text)+" is not a plain number", "write it in quotes")
	}
	return nil
}

func writeEach(out *bytes.Buffer, open, end byte, n int, item func(int) *fault) *fault {
	out.WriteByte(open)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		if f := item(i); f != nil {
			return f
		}
	}
	out.WriteByte(end)
	return nil
}

func jsonText(s string) string { return compactJSON(s) }
