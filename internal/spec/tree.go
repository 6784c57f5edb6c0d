package spec

// kind is the shape of a value as it was written.
type kind string

const (
	kindText  kind = "text"
	kindInt   kind = "a whole number"
	kindFloat kind = "a number with a fraction"
	kindBool  kind = "true or false"
	kindNull  kind = "no value"
	kindMap   kind = "a mapping"
	kindList  kind = "a list"
)

// node is a value of the file, or of a --set flag, with the place it came from.
type node struct {
	kind    kind
	text    string // scalars
	entries []entry
	items   []*node
	line    int
	column  int
	flag    bool // from --set, which has no line
	block   bool // from --set: lay over what is there, do not replace it
}

// entry is one line of a mapping; its key has a place of its own.
type entry struct {
	name   string
	line   int
	column int
	value  *node
}

// child finds the value of a key, nil when there is none.
func (n *node) child(name string) *node {
	if i := n.index(name); i >= 0 {
		return n.entries[i].value
	}
	return nil
}

func (n *node) index(name string) int {
	for i, e := range n.entries {
		if e.name == name {
			return i
		}
	}
	return -1
}

// put sets a key, in its place when it exists, else at the end.
func (n *node) put(name string, value *node) {
	if i := n.index(name); i >= 0 {
		n.entries[i].value = value
		return
	}
	n.entries = append(n.entries, entry{name: name, value: value})
}

// fault is something wrong with one value: where, which field, why, and the way out.
type fault struct {
	at     *node // nil when no line is to blame
	field  string
	reason string
	do     []string

	missing bool // the field is required and was not given at all
}

func wrong(at *node, reason string, do ...string) *fault {
	return &fault{at: at, reason: reason, do: do}
}

// in names the field, unless one deeper down already did.
func (f *fault) in(path string) *fault {
	if f != nil && f.field == "" {
		f.field = path
	}
	return f
}
