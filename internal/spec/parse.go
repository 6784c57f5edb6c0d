package spec

import (
	"slices"
	"strings"
)

// Parse reads a bridge.yaml strictly and fills in its defaults. The file is named in errors only; every error is an *Error.
func Parse(file string, data []byte) (Bridge, error) { return ParseWith(file, data, nil) }

// ParseWith is Parse with PATH=VALUE settings laid over the file before defaults are filled in.
func ParseWith(file string, data []byte, set []string) (Bridge, error) {
	data = withoutMark(data)
	src := newSource(file, data)
	root, f := readTree(data)
	if f != nil {
		return Bridge{}, src.fail(f)
	}
	r := reader{table: index(Fields()), given: map[string]*node{}}
	if root, f = r.lay(root, set); f != nil {
		return Bridge{}, src.fail(f)
	}
	if f := r.read(root); f != nil {
		return Bridge{}, src.fail(f)
	}
	return r.bridge, nil
}

// withoutMark drops the byte order mark that some editors put in front.
func withoutMark(data []byte) []byte {
	if rest, ok := strings.CutPrefix(string(data), "\ufeff"); ok {
		return []byte(rest)
	}
	return data
}

// table is the fields by path, in their order.
type table struct {
	order  []Field
	byPath map[string]int
}

func index(fields []Field) table {
	t := table{order: fields, byPath: make(map[string]int, len(fields))}
	for i, f := range fields {
		t.byPath[f.Path] = i
	}
	return t
}

func (t table) field(path string) (Field, bool) {
	i, ok := t.byPath[path]
	if !ok {
		return Field{}, false
	}
	return t.order[i], true
}

// under lists the last words of the paths directly below a block.
func (t table) under(path string) []string {
	var names []string
	for _, f := range t.order {
		if parent(f.Path) == path {
			names = append(names, leaf(f.Path))
		}
	}
	return names
}

// reader fills one bridge and remembers what was given where.
type reader struct {
	table  table
	bridge Bridge
	given  map[string]*node // by path: what the file or a setting gave
}

// read goes from the tree to a complete and checked bridge.
func (r *reader) read(root *node) *fault {
	if root == nil {
		return wrong(nil, "there is no bridge in it", "write one with: drawbridge init --set name=… --set google.project=… --set aws.account=… --set aws.region=… --set toAWS={}")
	}
	if root.kind != kindMap {
		return wrong(root, "a bridge.yaml is a mapping of fields, not "+root.describe(), "begin with version: 1")
	}
	if f := r.fields("", root); f != nil {
		return f
	}
	if f := r.required(); f != nil {
		return f
	}
	if f := r.defaults(); f != nil {
		return f
	}
	return r.checks()
}

// fields reads every entry of a block.
func (r *reader) fields(block string, n *node) *fault {
	for _, e := range n.entries {
		path := join(block, e.name)
		f, ok := r.table.field(path)
		if !ok {
			at := &node{line: e.line, column: e.column, flag: n.flag || e.value.flag}
			return r.unknown(at, block, e.name)
		}
		r.given[path] = e.value
		if fl := r.field(f, e.value).in(path); fl != nil {
			return fl
		}
	}
	return nil
}

func (r *reader) field(f Field, n *node) *fault {
	if f.Type != TypeBlock || n.kind == kindNull {
		return f.put(&r.bridge, n)
	}
	if n.kind != kindMap {
		return f.mistyped(n, "put its fields on lines of their own, two spaces further in")
	}
	f.open(&r.bridge)
	return r.fields(f.Path, n)
}

// unknown says what could have been meant by a key that is no field here.
func (r *reader) unknown(at *node, block, name string) *fault {
	f := &fault{at: at, field: join(block, shown(name)), reason: "there is no such field"}
	siblings := r.table.under(block)
	if near := nearest(name, siblings); near != "" {
		f.do = []string{"did you mean " + join(block, near) + "?"}
		return f
	}
	for _, other := range r.table.order {
		if leaf(other.Path) == name {
			f.do = append(f.do, "did you mean "+other.Path+"?")
		}
	}
	if len(f.do) > 0 {
		return f
	}
	where := "a bridge has "
	if block != "" {
		where = block + " has "
	}
	f.do = []string{where + strings.Join(siblings, ", ")}
	return f
}

// required names the first field that is missing, at the block that it belongs to.
func (r *reader) required() *fault {
	for _, f := range r.table.order {
		if !f.Required || f.at(&r.bridge) == nil || r.given[f.Path] != nil {
			continue
		}
		return &fault{
			at: r.nearestGiven(parent(f.Path)), field: f.Path, reason: "it is required and has no default",
			do: []string{"set it in the file, or give --set " + f.Path + "=" + f.Example}, missing: true,
		}
	}
	if r.bridge.ToAWS == nil && r.bridge.ToGoogle == nil {
		return wrong(nil, "no direction is wanted: the file has neither toAWS nor toGoogle",
			"add toAWS: {} for Google workloads that call AWS (--set toAWS={})",
			"add toGoogle with role.name for AWS workloads that call Google (--set toGoogle.role.name=report-reader)")
	}
	return nil
}

// nearestGiven is the value at a path, or of the closest block around it, or nil.
func (r *reader) nearestGiven(path string) *node {
	for ; path != ""; path = parent(path) {
		if n := r.given[path]; n != nil {
			return n
		}
	}
	return nil
}

func join(block, name string) string {
	if block == "" {
		return name
	}
	return block + "." + name
}

// isPath reports whether a path is one of the fields.
func (t table) isPath(path string) bool { _, ok := t.byPath[path]; return ok }

func (t table) paths() []string {
	names := make([]string, 0, len(t.order))
	for _, f := range t.order {
		names = append(names, f.Path)
	}
	return slices.Clip(names)
}
