package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// New makes a bridge from settings and defaults alone: its file, with comments, and the bridge that the file describes.
// Errors are *Error and name the setting that is missing or wrong.
func New(set []string) ([]byte, Bridge, error) {
	b, err := ParseWith("--set", []byte("version: 1"), set)
	if err != nil {
		return nil, Bridge{}, err
	}
	data, err := b.YAML()
	return data, b, err
}

// YAML writes the bridge as a file that Parse reads back to the same bridge: every field that holds something, defaults
// included, in the order of the table and with a word on each. What is derived unless it is the file's own, the mapping
// and the condition, is left out when it is derived.
func (b Bridge) YAML() ([]byte, error) {
	w := writer{bridge: b}
	w.line(0, "# "+b.headline(), "")
	for _, f := range Fields() {
		if w.wants(f) {
			if err := w.field(f); err != nil {
				return nil, fmt.Errorf("write %s: %w", f.Path, err)
			}
		}
	}
	return w.bytes(), nil
}

// headline says what the bridge is for.
func (b Bridge) headline() string {
	way := "Google Cloud project " + b.Google.Project + " and AWS account " + b.AWS.Account + " reach each other without keys."
	switch {
	case b.ToGoogle == nil:
		way = "Google Cloud project " + b.Google.Project + " reaches AWS account " + b.AWS.Account + " without keys."
	case b.ToAWS == nil:
		way = "AWS account " + b.AWS.Account + " reaches Google Cloud project " + b.Google.Project + " without keys."
	}
	return way
}

// writer gathers lines with their trailing comments and aligns the comments of neighbours at the end.
type writer struct {
	bridge Bridge
	lines  []commented
}

type commented struct{ text, comment string }

func (w *writer) line(depth int, text, comment string) {
	w.lines = append(w.lines, commented{strings.Repeat("  ", depth) + text, comment})
}

// wants leaves out what is empty and what would be derived again anyway.
func (w *writer) wants(f Field) bool {
	switch f.Path {
	case "toGoogle.mapping", "toGoogle.condition":
		return w.bridge.ToGoogle != nil && w.bridge.ToGoogle.CustomMapping
	case "toGoogle.role.instanceProfile":
		return w.bridge.ToGoogle != nil && w.bridge.ToGoogle.Role.RunsOn == RunsOnEC2
	}
	return f.Get(w.bridge) != ""
}

func (w *writer) field(f Field) error {
	depth, key := strings.Count(f.Path, "."), leaf(f.Path)+":"
	switch p := f.at(&w.bridge).(type) {
	case *string:
		w.line(depth, key+" "+scalar(*p), f.note)
	case *[]string:
		w.texts(depth, key, *p, f.note)
	case *map[string]string:
		w.line(depth, key, f.note)
		for _, name := range sortedKeys(*p) {
			w.line(depth+1, scalar(name)+": "+scalar((*p)[name]), "")
		}
	case *json.RawMessage:
		return w.policy(depth, key, *p, f.note)
	case *[]Grant:
		w.grants(depth, key, *p, f.note)
	default:
		if f.Type == TypeBlock {
			w.block(depth, key, f.Title)
			return nil
		}
		w.line(depth, key+" "+f.Get(w.bridge), f.note)
	}
	return nil
}

// block opens a block; those at the top stand apart and have their comment above.
func (w *writer) block(depth int, key, title string) {
	if depth > 0 {
		w.line(depth, key, "")
		return
	}
	w.line(0, "", "")
	w.line(0, "# "+strings.ToUpper(title[:1])+title[1:]+".", "")
	w.line(0, key, "")
}

func (w *writer) texts(depth int, key string, list []string, title string) {
	if depth == 0 {
		w.line(0, "", "")
	}
	w.line(depth, key, title)
	for _, item := range list {
		w.line(depth+1, "- "+scalar(item), "")
	}
}

func (w *writer) grants(depth int, key string, grants []Grant, title string) {
	w.line(depth, key, title)
	for _, g := range grants {
		if g.Condition == nil {
			w.line(depth+1, "- "+scalar(g.Role), "")
			continue
		}
		w.line(depth+1, "- role: "+scalar(g.Role), "")
		w.line(depth+2, "condition:", "")
		w.line(depth+3, "title: "+scalar(g.Condition.Title), "")
		if g.Condition.Description != "" {
			w.line(depth+3, "description: "+scalar(g.Condition.Description), "")
		}
		w.line(depth+3, "expression: "+scalar(g.Condition.Expression), "")
	}
}

// policy writes a policy document as YAML, which Parse turns back into the same JSON.
func (w *writer) policy(depth int, key string, document json.RawMessage, title string) error {
	n, f := readTree(document) // JSON is YAML, and the tree keeps the order of keys
	if f != nil {
		return fmt.Errorf("read the policy document: %s", f.reason)
	}
	w.line(depth, key, title)
	w.tree(depth+1, "", n)
	return nil
}

// tree writes a value below a prefix, which is "- " for the first line of a list's item.
func (w *writer) tree(depth int, prefix string, n *node) {
	if n.kind != kindMap {
		w.line(depth, prefix+inline(n), "")
		return
	}
	for i, e := range n.entries {
		lead := prefix
		if i > 0 && prefix != "" {
			lead = "  "
		}
		w.entry(depth, lead, e)
	}
	if len(n.entries) == 0 {
		w.line(depth, prefix+"{}", "")
	}
}

func (w *writer) entry(depth int, lead string, e entry) {
	below := depth + 1 + len(lead)/2
	v := e.value
	switch {
	case v.kind == kindMap && len(v.entries) > 0:
		w.line(depth, lead+scalar(e.name)+":", "")
		w.tree(below, "", v)
	case v.kind == kindList && len(v.items) > 0 && v.items[0].kind == kindMap:
		w.line(depth, lead+scalar(e.name)+":", "")
		for _, item := range v.items {
			w.tree(below, "- ", item)
		}
	default:
		w.line(depth, lead+scalar(e.name)+": "+inline(v), "")
	}
}

// widest is how far right a trailing comment may begin.
const widest = 46

func (w *writer) bytes() []byte {
	column := 0
	for _, l := range w.lines {
		if n := utf8.RuneCountInString(l.text); l.comment != "" && n < widest {
			column = max(column, n+2)
		}
	}
	var out bytes.Buffer
	for _, l := range w.lines {
		out.WriteString(l.text)
		if n := utf8.RuneCountInString(l.text); l.comment != "" && n < widest {
			out.WriteString(strings.Repeat(" ", column-n) + "# " + l.comment)
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}
