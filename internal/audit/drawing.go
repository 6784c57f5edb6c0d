package audit

import (
	"cmp"
	"slices"
	"strings"
)

// drawing is the trust as a graph of three columns: who gets in, through what, and what it becomes.
type drawing struct {
	Width, Height int
	Nodes         []node
	Edges         []edge
}

type node struct {
	X, Y, Width int
	Text, Full  string
	Worst       string // of the ways through it
}

type edge struct {
	X1, Y1, X2, Y2 int
	Worst          string // severity, or "dangling"
	Title          string
}

// Middle is where a curve between two columns turns.
func (e edge) Middle() int { return (e.X1 + e.X2) / 2 }

const (
	columnWidth = 260
	columnGap   = 80
	rowHeight   = 40
	nodeHeight  = 28
	textLength  = 34
)

// draw puts every end of every trust down once and joins them. What lets in belongs to what it lets into: two roles with a
// statement of one name are two ways. The same trusts give the same picture.
func draw(trusts []Trust) drawing {
	ways := slices.Clone(trusts)
	slices.SortStableFunc(ways, func(a, b Trust) int {
		return cmp.Or(cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.To, b.To), cmp.Compare(a.Through, b.Through), cmp.Compare(a.From, b.From))
	})
	var from, through, to column
	for _, t := range ways {
		a := from.put(t.From, t.From, t, float64(len(from.nodes)*rowHeight))
		b := through.put(t.Through+" of "+t.To, t.Direction+": "+t.Through, t, from.at[a])
		to.put(t.To, t.To, t, through.at[b])
	}
	g := drawing{Width: 3*columnWidth + 2*columnGap}
	for i, c := range []*column{&from, &through, &to} {
		c.spread()
		for j, n := range c.nodes {
			n.X, n.Y, n.Width = i*(columnWidth+columnGap), int(c.at[j]), columnWidth
			g.Nodes = append(g.Nodes, n)
			g.Height = max(g.Height, n.Y+nodeHeight+8) // with room for the borders
		}
	}
	for _, t := range ways {
		title := oneLine(t.From + " to " + t.To + " " + t.Worst + " " + t.Dangling)
		y := [3]int{from.middle(t.From), through.middle(t.Through + " of " + t.To), to.middle(t.To)}
		for i := range 2 {
			x := i*(columnWidth+columnGap) + columnWidth
			g.Edges = append(g.Edges, edge{x, y[i], x + columnGap, y[i+1], look(t), title})
		}
	}
	slices.SortStableFunc(g.Edges, func(a, b edge) int { return gravity(b.Worst) - gravity(a.Worst) }) // the gravest lie on top
	return g
}

// column is one rank of the graph.
type column struct {
	keys  []string
	nodes []node
	at    []float64 // where each stands best
}

// put finds a node or makes it where it stands best, and gives its place in the column.
func (c *column) put(key, text string, t Trust, best float64) int {
	i := slices.Index(c.keys, key)
	if i < 0 {
		i = len(c.keys)
		c.keys = append(c.keys, key)
		c.nodes = append(c.nodes, node{Text: short(oneLine(text)), Full: oneLine(text)})
		c.at = append(c.at, best)
	}
	if gravity(look(t)) < gravity(c.nodes[i].Worst) {
		c.nodes[i].Worst = look(t)
	}
	return i
}

// spread keeps nodes from lying on each other.
func (c *column) spread() {
	for i := 1; i < len(c.at); i++ {
		c.at[i] = max(c.at[i], c.at[i-1]+rowHeight)
	}
}

func (c *column) middle(key string) int { return int(c.at[slices.Index(c.keys, key)]) + nodeHeight/2 }

// look is how a way is drawn.
func look(t Trust) string {
	if t.Dangling != "" && gravity(t.Worst) > gravity(string(High)) {
		return "dangling"
	}
	return t.Worst
}

// gravity orders ways of drawing, the gravest first.
func gravity(look string) int {
	if look == "dangling" {
		return 2 // beside medium
	}
	if i := slices.Index(Severities(), Severity(look)); i >= 0 {
		return i
	}
	return len(Severities())
}

// short keeps what tells names apart: the beginning of an e-mail, the end of an ARN or a member.
func short(s string) string {
	r := []rune(s)
	switch {
	case len(r) <= textLength:
		return s
	case strings.Contains(s, "@") && !strings.Contains(s, ":"):
		return string(r[:textLength-1]) + "…"
	}
	return "…" + string(r[len(r)-textLength+1:])
}

// Wide is the width with room for the borders.
func (g drawing) Wide() int { return g.Width + nodeHeight/2 }
