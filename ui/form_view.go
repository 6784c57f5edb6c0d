package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// labelWidth is the column of the labels, with the mark before them.
const labelWidth = 22

// noField owns the lines of a form that belong to no field; the opener's path is "".
const noField = "-"

func (f form) view(w *walk, b box) page {
	lines, _, at, from := f.drawn(w, b)
	says := f.says(w, b.w)
	room := b.h - len(says) - 1
	shown := slices.Clone(lines[from:min(len(lines), from+room)])
	if at != nil {
		at.Y -= from
	}
	for len(shown) < room {
		shown = append(shown, "")
	}
	return page{append(append(shown, ""), says...), at}
}

// drawn draws all rows, says whose each line is, where the cursor stands, and the first line that is seen.
func (f form) drawn(w *walk, b box) (lines, owners []string, at *tea.Position, from int) {
	focus := 0
	for _, r := range w.rows(f.cloud, f.open) {
		owner := r.field.Path
		switch {
		case r.heading != "":
			owner = noField
			lines = append(lines, f.spaced(w, lines, r, b.w)...)
		case r.opener:
			lines = append(lines, f.openerLine(w))
		default:
			line, cursor := f.fieldLine(w, r, b.w)
			if cursor >= 0 {
				at = &tea.Position{X: cursor, Y: len(lines)}
			}
			lines = append(lines, line)
		}
		if owner == f.at {
			focus = len(lines) - 1
		}
		for len(owners) < len(lines) {
			owners = append(owners, owner)
		}
	}
	_, from = window(lines, focus, b.h-len(f.says(w, b.w))-1)
	return lines, owners, at, from
}

// spaced puts air before a heading, where there is something above it.
func (f form) spaced(w *walk, above []string, r row, width int) []string {
	title := w.of(f.cloud).Render(r.heading)
	if r.direction != "" {
		title = w.way(r.direction) + "  " + w.muted.Render(r.heading)
	}
	if len(above) == 0 {
		return []string{w.spread(title, w.outlook(), width)}
	}
	return []string{"", title}
}

func (f form) openerLine(w *walk) string {
	mark, name := "  ", w.muted.Render(w.rest(f.cloud))
	if f.open {
		name = w.muted.Render("fewer fields")
	}
	if f.at == "" {
		mark = w.accent.Render(w.cursor) + " "
	}
	return mark + name
}

// fieldLine draws one field; cursor is the cell of the cursor in it, -1 where it is not focused.
func (f form) fieldLine(w *walk, r row, width int) (line string, cursor int) {
	value, mine := w.value(r.field.Path)
	room := width - labelWidth - 2
	name := w.pad(label(r.field), labelWidth-2)
	if r.field.Path != f.at {
		return f.mark(w, r) + w.muted.Render(name) + w.answer(value, mine, room), -1
	}
	mark := w.accent.Render(w.cursor) + " "
	if c := choices(r.field); len(c) > 0 {
		return mark + w.strong.Render(name) + w.cycled(value, c), -1
	}
	text, at := f.edit.view(room)
	if text == "" && value != "" {
		text = w.muted.Render(w.middle(clean(value), room)) // what stands when it is left empty
	}
	return mark + w.strong.Render(name) + text, labelWidth + at
}

// mark is what stands before a field that is not focused.
func (f form) mark(w *walk, r row) string {
	if w.flawAt(r.field.Path) != "" {
		return w.palette.bad.Render(w.symbols.bad) + " "
	}
	if c, ok := w.taken(r.field.Path); ok {
		switch {
		case c.Gone:
			return w.action(steps.Restore) + " "
		case w.adopts(r.field.Path):
			return w.action(steps.Adopt) + " "
		case c.Adopt:
			return w.changed.Render(w.symbols.warn) + " "
		}
	}
	return "  "
}

// answer draws a value: a person's own plainly, a default muted, and none as a dash.
func (w *walk) answer(value string, mine bool, room int) string {
	switch {
	case value == "":
		return w.muted.Render("none")
	case mine:
		return w.middle(clean(value), room)
	}
	return w.muted.Render(w.middle(clean(value), room))
}

// cycled draws all values of a choice, with the chosen one standing out by more than colour.
func (w *walk) cycled(value string, values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		if out[i] = w.muted.Render(" " + v + " "); v == value {
			out[i] = w.accent.Render(w.less + v + w.more)
		}
	}
	return strings.Join(out, " ")
}

func (f form) topic(w *walk) topic {
	field, ok := w.field(f.at)
	if !ok {
		return topic{"More fields", []string{"These fields have defaults that fit most bridges. Open the line to change one of them."}}
	}
	words := []string{field.Why}
	if field.Limit != "" {
		words = append(words, "What fits: "+field.Limit+".")
	}
	if field.DefaultFrom != "" {
		words = append(words, "Left empty: "+field.DefaultFrom+".")
	}
	if field.Example != "" {
		words = append(words, "Example: "+field.Example)
	}
	return topic{field.Title, append(words, "Without a screen: --set "+quote(f.at+"="+field.Example))}
}
