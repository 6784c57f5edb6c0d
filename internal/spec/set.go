package spec

import (
	"slices"
	"strings"
)

// lay puts PATH=VALUE settings over the tree, in order. A text, number or duration is taken as it stands; a list is split
// at commas or read as YAML when it begins with a bracket; mappings, policies and blocks are YAML or JSON on one line.
// PATH+=VALUE adds to a list.
func (r *reader) lay(root *node, set []string) (*node, *fault) {
	if root == nil && len(set) > 0 {
		root = &node{kind: kindMap, flag: true}
	}
	for _, s := range set {
		if root.kind != kindMap {
			break // read says what is wrong with the file
		}
		if f := r.layOne(root, s); f != nil {
			return nil, f
		}
	}
	return root, nil
}

func (r *reader) layOne(root *node, setting string) *fault {
	flag := &node{flag: true}
	path, value, ok := strings.Cut(setting, "=")
	if !ok {
		return wrong(flag, "a setting is PATH=VALUE, and "+quote(setting)+" has no =", "write --set name=ci-to-sqs")
	}
	path, add := strings.CutSuffix(strings.TrimSpace(path), "+")
	if key, ok := strings.CutPrefix(path, "toGoogle.mapping."); ok && !r.table.isPath(path) {
		return layMapping(root, key, value)
	}
	f, known := r.table.field(path)
	if !known {
		return r.unknownPath(flag, path)
	}
	n, fl := f.parse(value)
	if fl != nil {
		return fl.in(path)
	}
	if add && n.kind != kindList {
		return wrong(flag, "+= adds to a list and this is none", "write "+path+"=VALUE").in(path)
	}
	return layAt(root, path, n, add)
}

// layAt walks to the path, making blocks on the way, and puts the value there.
func layAt(root *node, path string, n *node, add bool) *fault {
	at := root
	words := strings.Split(path, ".")
	for _, word := range words[:len(words)-1] {
		next := at.child(word)
		if next == nil || next.kind == kindNull {
			next = &node{kind: kindMap, flag: true}
			at.put(word, next)
		}
		if next.kind != kindMap {
			return nil // read says what is wrong with that block
		}
		at = next
	}
	last := words[len(words)-1]
	old := at.child(last)
	switch {
	case add && old != nil && old.kind == kindList:
		n.items = joined(old.items, n.items)
	case n.kind == kindMap && old != nil && old.kind == kindMap && n.block:
		merge(old, n)
		return nil
	}
	at.put(last, n)
	return nil
}

// joined adds what is not in the list yet: adding the same twice, as a repeated command does, changes nothing.
func joined(old, more []*node) []*node {
	items := slices.Clone(old)
	for _, n := range more {
		if !slices.ContainsFunc(items, func(o *node) bool { return n.kind == kindText && o.kind == kindText && o.text == n.text }) {
			items = append(items, n)
		}
	}
	return items
}

// merge lays a block over another, so that toAWS={} wants the direction without emptying it.
func merge(old, over *node) {
	for _, e := range over.entries {
		below := old.child(e.name)
		if below != nil && below.kind == kindMap && e.value.kind == kindMap {
			merge(below, e.value)
			continue
		}
		old.put(e.name, e.value)
	}
}

// layMapping sets one line of the mapping, whose keys have dots of their own.
func layMapping(root *node, key, value string) *fault {
	direction := root.child("toGoogle")
	if direction == nil || direction.kind == kindNull {
		direction = &node{kind: kindMap, flag: true}
		root.put("toGoogle", direction)
	}
	if direction.kind != kindMap {
		return nil // read says what is wrong with it
	}
	mapping := direction.child("mapping")
	if mapping == nil || mapping.kind != kindMap {
		mapping = &node{kind: kindMap, flag: true}
		direction.put("mapping", mapping)
	}
	mapping.put(key, &node{kind: kindText, text: value, flag: true})
	return nil
}

func (r *reader) unknownPath(at *node, path string) *fault {
	f := &fault{at: at, field: shown(path), reason: "there is no such field"}
	if near := nearest(path, r.table.paths()); near != "" {
		f.do = []string{"did you mean --set " + near + "=…?"}
		return f
	}
	block := parent(path)
	if !r.table.isPath(block) {
		block = ""
	}
	return r.unknown(at, block, strings.TrimPrefix(strings.TrimPrefix(path, block), "."))
}

// parse reads a value as --set and questions take it.
func (f Field) parse(value string) (*node, *fault) {
	flag := &node{flag: true}
	switch f.Type {
	case TypeTexts, TypeGrants:
		if strings.HasPrefix(strings.TrimSpace(value), "[") {
			return flowValue(value)
		}
		list := &node{kind: kindList, flag: true}
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list.items = append(list.items, &node{kind: kindText, text: item, flag: true})
			}
		}
		return list, nil
	case TypeMap, TypePolicy, TypeBlock:
		n, fl := flowValue(value)
		if fl == nil && n.kind != kindMap {
			return nil, wrong(flag, "it must be a "+string(f.Type)+", not "+n.describe(), "write it as {key: value}")
		}
		if fl == nil && f.Type == TypeBlock {
			n.block = true
		}
		return n, fl
	case TypeText, TypeInteger, TypeBoolean, TypeDuration: // taken as they stand
	}
	if strings.TrimSpace(value) == "" {
		return nil, wrong(flag, "it has no value", "give it a value, such as "+f.Example)
	}
	return &node{kind: kindText, text: value, flag: true}, nil
}

// flowValue reads YAML or JSON from a flag.
func flowValue(value string) (*node, *fault) {
	n, f := readTree([]byte(value))
	if f != nil {
		f.at = &node{flag: true}
		return nil, f
	}
	if n == nil {
		return nil, wrong(&node{flag: true}, "it has no value", "write it as {} or {key: value}")
	}
	n.fromFlag()
	return n, nil
}

// fromFlag forgets places in a text that nobody sees as lines.
func (n *node) fromFlag() {
	n.flag, n.line, n.column = true, 0, 0
	for i := range n.entries {
		n.entries[i].line, n.entries[i].column = 0, 0
		n.entries[i].value.fromFlag()
	}
	for _, item := range n.items {
		item.fromFlag()
	}
}
