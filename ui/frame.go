package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// The sizes that the screens are made for.
const (
	minWidth  = 80
	minHeight = 24
	wide      = 110 // from here on there is room for a second pane
	headRows  = 3
	footRows  = 2 // the notice and the keys
)

// frame lays a screen out: head, body with its second pane, notice, keys. It is a pure function of the walk and the size.
func (w *walk) frame(s screen) (string, *tea.Position) {
	if w.cramped() {
		return w.tooSmall(s), nil
	}
	notice := w.noticed()
	body, pane := w.layout(s, len(notice))
	p := s.view(w, box{body.w, body.h - 1})
	lines := append(w.head(s.stage(), w.size.w), "")
	for i := range body.h - 1 {
		lines = append(lines, w.row(p.lines, pane, i, body.w))
	}
	lines = append(append(lines, notice...), w.keysLine(s.keys(w)))
	return strings.Join(lines, "\n"), shift(p.cursor)
}

// layout gives the room of the body, and the pane beside it, nil for none.
func (w *walk) layout(s screen, notice int) (body box, pane []string) {
	body = box{w.size.w - 2, w.size.h - headRows - 1 - notice}
	if w.paned() {
		side := box{min(76, max(38, w.size.w-80)), body.h - 1}
		if pane = s.aside(w, side); pane != nil {
			body.w -= side.w + 4
		}
	}
	return body, pane
}

// row is one line of the body, with the pane beside it.
func (w *walk) row(left, right []string, i, width int) string {
	main := ""
	if i < len(left) {
		main = left[i]
	}
	if right == nil {
		return " " + w.fit(main, width)
	}
	beside := ""
	if i < len(right) {
		beside = right[i]
	}
	room := w.size.w - width - 6
	return " " + w.pad(main, width) + "  " + w.rule.Render(w.bar) + " " + w.fit(beside, room)
}

// shift turns a place in the body into one on the terminal.
func shift(at *tea.Position) *tea.Position {
	if at == nil {
		return nil
	}
	return &tea.Position{X: at.X + 1, Y: at.Y + headRows + 1}
}

// noticed draws what stands above the keys: a line, up to three where there is more to say.
func (w *walk) noticed() []string {
	text, style := w.notice, w.changed
	if w.alarm {
		text, style = w.symbols.bad+" "+w.notice, w.palette.bad
	}
	lines := first(hanging(text, w.size.w-2), 3)
	if w.notice == "" || len(lines) == 0 {
		return []string{""}
	}
	for i := range lines {
		lines[i] = " " + style.Render(lines[i])
	}
	return lines
}

// cramped reports whether the terminal is smaller than the screens need.
func (w *walk) cramped() bool { return w.size.w < minWidth || w.size.h < minHeight }

// asks reports whether a screen is the question that ctrl+c opened.
func asks(s screen) bool {
	switch s.(type) {
	case leaving, stopping:
		return true
	}
	return false
}

// tooSmall says what size is needed instead of drawing something broken.
func (w *walk) tooSmall(s screen) string {
	command := "drawbridge --accessible"
	if w.o.Sandbox {
		command = "drawbridge --sandbox --accessible"
	}
	says := []string{
		w.strong.Render("drawbridge") + " " + w.drawn(),
		"",
		"This terminal is " + itoa(w.size.w) + "x" + itoa(w.size.h) + ".",
		"The screens need " + itoa(minWidth) + "x" + itoa(minHeight) + ": make the window larger,",
		"or ask the same questions as plain lines:",
		"",
		"  " + command,
		"",
		"Nothing is lost; ctrl+c leaves.",
	}
	if asks(s) {
		says[len(says)-1] = strings.TrimSpace(w.keysLine(s.keys(w)))
	}
	var lines []string
	for _, s := range says {
		lines = append(lines, " "+w.fit(s, w.size.w-1))
	}
	return strings.Join(lines[:min(len(lines), max(1, w.size.h))], "\n")
}

// paned reports whether a second pane can stand beside the body.
func (w *walk) paned() bool { return w.size.w >= wide }

// cells is the width of a drawn text.
func cells(s string) int { return ansi.StringWidth(s) }
