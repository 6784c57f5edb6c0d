package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// columns draws things of both clouds side by side: Google left, AWS right. Each item may take several lines; the lane of
// the focused one follows it.
type columns struct {
	google, aws []item
	cloud       string // the lane that is focused, "" for none
	at          int    // the focused item of that lane
}

// item is one thing in a lane: its own line, and what is said below it.
type item struct {
	head  string         // a heading above it, drawn; "" for none
	air   bool           // an empty line above the heading
	mark  string         // one cell, drawn
	text  string         // plain
	side  string         // drawn at the right end: a duration
	says  string         // below it
	more  []string       // drawn below all that, as it is
	then  string         // below that, never cut: the numbers of a wait
	tone  lipgloss.Style // of what is said
	live  bool           // under way: kept in sight where nobody looks around
	whole bool           // what is said is never cut
	dim   bool
}

// split sorts changes into the two lanes. What is kept stands last in each: it asks for no attention.
func split(changes []steps.Change) (left, right []steps.Change) {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b steps.Change) int { return keptLast(a.Action) - keptLast(b.Action) })
	for _, c := range changes {
		if c.Cloud == google {
			left = append(left, c)
		} else {
			right = append(right, c)
		}
	}
	return left, right
}

func keptLast(a steps.Action) int {
	if a == steps.Keep {
		return 1
	}
	return 0
}

// draw gives at most b.h lines.
func (c columns) draw(l look, b box) []string {
	half := (b.w - 2) / 2
	heads := l.pad(l.cloud(google), half) + "  " + l.cloud(aws)
	left := c.lane(l, c.google, google, box{half, b.h - 1})
	right := c.lane(l, c.aws, aws, box{half, b.h - 1})
	lines := []string{heads}
	for i := range max(len(left), len(right)) {
		a, z := "", ""
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			z = right[i]
		}
		lines = append(lines, l.pad(a, half)+"  "+l.fit(z, half))
	}
	return lines
}

func (c columns) lane(l look, items []item, cloud string, b box) []string {
	lines, _, focus := c.laid(l, items, cloud, b.w)
	return l.inSight(lines, focus, b.h)
}

// laid draws a lane whole and says whose every line is, and which line has to be seen.
func (c columns) laid(l look, items []item, cloud string, width int) (lines []string, of []int, focus int) {
	seen := false
	for i, it := range items {
		here := c.cloud == cloud && c.at == i
		if here || it.live && c.cloud != cloud && !seen {
			focus, seen = len(lines), true
		}
		lines = append(lines, it.lines(l, here, width)...)
		for len(of) < len(lines) {
			of = append(of, i)
		}
	}
	return lines, of, focus
}

// under finds the item at a cell of what draw gives for the same box; ok is false between items.
func (c columns) under(l look, b box, x, y int) (cloud string, at int, ok bool) {
	half := (b.w - 2) / 2
	cloud, items := google, c.google
	if x > half {
		cloud, items = aws, c.aws
	}
	lines, of, focus := c.laid(l, items, cloud, half)
	shown, from := window(lines, focus, b.h-1)
	if y < 1 || y > len(shown) {
		return "", 0, false
	}
	return cloud, of[from+y-1], true
}

// inSight keeps the focus in view and says how much is out of it.
func (l look) inSight(lines []string, focus, h int) []string {
	shown, from := window(lines, focus, h)
	if len(shown) == len(lines) || h < 3 {
		return shown
	}
	out := append([]string(nil), shown...)
	if below := len(lines) - from - h; below > 0 {
		out[h-1] = l.muted.Render("  " + itoa(below+1) + " more below")
	}
	if from > 0 {
		out[0] = l.muted.Render("  " + itoa(from+1) + " more above")
	}
	return out
}

// lines draws an item: its text in as many lines as it needs, what is said about it in two, or whole where it matters.
func (it item) lines(l look, here bool, width int) []string {
	room := width - 4
	if it.side != "" {
		room -= cells(it.side) + 1
	}
	cursor, style := " ", l.plain
	switch {
	case here:
		cursor, style = l.accent.Render(l.cursor), l.strong
	case it.dim:
		style = l.muted
	}
	var out []string
	if it.air {
		out = append(out, "")
	}
	if it.head != "" {
		out = append(out, it.head)
	}
	for i, t := range it.wrapped(room, width-4) {
		if i == 0 {
			out = append(out, l.spread(cursor+" "+it.mark+" "+style.Render(t), it.side, width))
		} else {
			out = append(out, "    "+style.Render(t))
		}
	}
	says := fold(it.says, width-4)
	if len(says) > 2 && !here && !it.whole {
		says = append(says[:1:1], l.fit(says[1]+" "+says[2], width-4))
	}
	if it.then != "" && !here {
		says = first(says, 1)
	}
	for _, t := range says {
		out = append(out, "    "+it.tone.Render(t))
	}
	for _, t := range fold(it.then, width-4) {
		out = append(out, "    "+it.tone.Render(t))
	}
	return append(out, indent("    ", it.more)...)
}

// wrapped breaks the text; only its first line shares the room with what stands at the right end.
func (it item) wrapped(firstRoom, room int) []string {
	lines := fold(it.text, firstRoom)
	if len(lines) < 2 {
		return lines
	}
	rest := strings.TrimSpace(strings.TrimPrefix(it.text, lines[0]))
	return append(lines[:1:1], fold(rest, room)...)
}
