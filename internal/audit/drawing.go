package audit

import "slices"

// drawing is the trust as a graph of three columns: who gets in, through what, and what it becomes.
type drawing struct {
	Width, Height int
	Nodes         []node
	Edges         []edge
}

type node struct {
	X, Y, Width int
	Text, Full  string
	Kind        string // from, through, to
}

type edge struct {
	X1, Y1, X2, Y2 int
	Worst          string // severity, or "dangling"
	Title          string
}

const (
	columnWidth = 250
	columnGap   = 90
	rowHeight   = 44
	nodeHeight  = 28
	textLength  = 36
)

// draw puts every end of every trust down once and joins them. The same trusts give the same picture.
func draw(trusts []Trust) drawing {
	var g drawing
	rows := [3][]string{}
	place := func(column int, text string) (x, y int) {
		row := slices.Index(rows[column], text)
		if row < 0 {
			row = len(rows[column])
			rows[column] = append(rows[column], text)
			g.Nodes = append(g.Nodes, node{
				X: column * (columnWidth + columnGap), Y: row * rowHeight, Width: columnWidth, Text: tail(oneLine(text)), Full: oneLine(text),
				Kind: []string{"from", "through", "to"}[column],
			})
		}
		return column * (columnWidth + columnGap), row*rowHeight + nodeHeight/2
	}
	for _, t := range trusts {
		x1, y1 := place(0, t.From)
		x2, y2 := place(1, t.Direction+": "+t.Through)
		x3, y3 := place(2, t.To)
		worst := t.Worst
		if t.Dangling != "" {
			worst = "dangling"
		}
		title := oneLine(t.From + " to " + t.To + " " + t.Worst + " " + t.Dangling)
		g.Edges = append(g.Edges, edge{x1 + columnWidth, y1, x2, y2, worst, title}, edge{x2 + columnWidth, y2, x3, y3, worst, title})
	}
	g.Width = 3*columnWidth + 2*columnGap
	g.Height = max(len(rows[0]), len(rows[1]), len(rows[2]), 1) * rowHeight
	return g
}

// tail keeps the end of a long name: that is where ARNs and members differ.
func tail(s string) string {
	if r := []rune(s); len(r) > textLength {
		return "…" + string(r[len(r)-textLength+1:])
	}
	return s
}

// Wide is the width with room for the borders.
func (g drawing) Wide() int { return g.Width + nodeHeight/2 }
