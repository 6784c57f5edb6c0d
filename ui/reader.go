package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// reader is a text that is read and left again: help, details, a report. What happens meanwhile reaches the screen behind
// it, which stays where it was.
type reader struct {
	behind screen
	title  string
	text   func(w *walk, width int) []string // drawn anew at every size
	copies string                            // what `c` puts on the clipboard, "" for nothing
	export bool                              // `e` writes the plan for somebody with more rights
	top    int
}

func (r reader) stage() stage { return r.behind.stage() }

func (r reader) keys(w *walk) []key.Binding {
	take := bind("c", "copy", "c")
	take.SetEnabled(r.copies != "")
	export := bind("e", "export for somebody with more rights", "e")
	export.SetEnabled(r.exports(w))
	return []key.Binding{bind("esc", "close", "esc", "enter", "q", "d", "?"), bind(w.upDown, "scroll", "up", "down", "pgup", "pgdown"), take, export}
}

// exports reports whether there is a plan to be exported from here.
func (r reader) exports(w *walk) bool { return r.export && w.plan != nil && w.e.Export != nil }

func (r reader) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	if _, typed := msg.(tea.KeyPressMsg); !typed {
		next, cmd := r.behind.update(w, msg)
		if next == nil {
			return nil, cmd
		}
		r.behind = next
		return r, cmd
	}
	switch {
	case is(msg, "esc", "enter", "q", "d", "?", "f1"):
		return r.behind, nil
	case is(msg, "e") && r.exports(w):
		return r, w.export()
	case is(msg, "c") && r.copies != "":
		w.say("copied to the clipboard, where the terminal allows it")
		return r, tea.SetClipboard(r.copies)
	}
	return r.scroll(w, msg), nil
}

func (r reader) scroll(w *walk, msg tea.Msg) reader {
	switch {
	case is(msg, "up", "k"):
		r.top--
	case is(msg, "down", "j"):
		r.top++
	case is(msg, "pgup"):
		r.top -= 10
	case is(msg, "pgdown", "space"):
		r.top += 10
	}
	last := len(r.text(w, w.size.w-4)) - (w.size.h - headRows - footRows - 3 - len(r.heading(w.size.w-2)))
	r.top = max(0, min(r.top, last))
	return r
}

func (r reader) view(w *walk, b box) page {
	text, heading := r.text(w, b.w-2), r.heading(b.w)
	room := b.h - 1 - len(heading)
	shown := text[min(r.top, len(text)):]
	more := ""
	if len(shown) > room {
		more = w.muted.Render(itoa(len(shown)-room) + " more lines below")
	}
	lines := []string{w.spread(w.strong.Render(heading[0]), more, b.w)}
	for _, l := range heading[1:] {
		lines = append(lines, w.strong.Render(l))
	}
	return page{lines: append(append(lines, ""), indent("  ", first(shown, room))...)}
}

// heading is the title in as many lines as it takes; the first leaves room for how much there is below.
func (r reader) heading(width int) []string {
	lines := fold(r.title, width-22)
	if len(lines) < 2 {
		return append(lines, "")[:1]
	}
	return append(lines[:1:1], fold(strings.TrimPrefix(r.title, lines[0]), width)...)
}

func (r reader) aside(*walk, box) []string { return nil }

func (r reader) topic(w *walk) topic { return r.behind.topic(w) }
