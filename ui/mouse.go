package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// pointable is a screen whose rows can be pointed at. point puts the cursor on the row at a cell of its body.
type pointable interface {
	point(w *walk, b box, x, y int) screen
}

// wheeled moves as the arrow keys do.
func (m model) wheeled(msg tea.MouseWheelMsg) (model, tea.Cmd) {
	if msg.Button == tea.MouseWheelUp {
		return m.press(keyNamed("up"))
	}
	if msg.Button == tea.MouseWheelDown {
		return m.press(keyNamed("down"))
	}
	return m, nil
}

// clicked presses the key that was clicked in the help line, or puts the cursor on a row. Consent is typed, never clicked:
// a click can slip.
func (m model) clicked(msg tea.MouseClickMsg) (model, tea.Cmd) {
	if msg.Button != tea.MouseLeft || m.cramped() {
		return m, nil
	}
	if msg.Y == m.size.h-1 {
		if name := m.keyAt(m.at.keys(m.walk), msg.X); name != "" && name != "y" {
			m.now = m.o.Now()
			return m.press(keyNamed(name))
		}
		return m, nil
	}
	s, ok := m.at.(pointable)
	if !ok {
		return m, nil
	}
	body, _ := m.layout(m.at, len(m.noticed()))
	x, y := msg.X-1, msg.Y-headRows-1
	if x >= 0 && x < body.w && y >= 0 && y < body.h-1 {
		m.at = s.point(m.walk, box{body.w, body.h - 1}, x, y)
	}
	return m, nil
}

// keyAt is the key that the help line shows at a cell, "" for none.
func (w *walk) keyAt(keys []key.Binding, x int) string {
	at, room := 1, w.size.w-2
	for _, k := range keys {
		if !k.Enabled() || k.Help().Key == "" {
			continue
		}
		n := cells(k.Help().Key + " " + k.Help().Desc + "  ")
		if n-2 > room {
			continue
		}
		if x >= at && x < at+n-2 {
			if len(k.Keys()) > 0 {
				return k.Keys()[0]
			}
			return ""
		}
		room, at = room-n, at+n
	}
	return ""
}

// keyNamed is the press of a key by the name under which the bindings know it.
func keyNamed(name string) tea.KeyPressMsg {
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if code, ok := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	}[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// point chooses a direction, or the draft that was kept.
func (c connect) point(w *walk, b box, _, y int) screen {
	lines := c.view(w, b).lines
	options := c.options(w)
	for i, o := range options {
		if y < len(lines) && strings.Contains(lines[y], o.says) {
			return c.choose(w, i)
		}
	}
	return c
}

func (r review) point(w *walk, b box, x, y int) screen {
	if r.asks || w.plan == nil || w.planErr != nil {
		return r
	}
	if cloud, at, ok := r.columns(w, b).under(w.look, box{b.w, b.h - 4}, x, y-2); ok {
		r.cloud, r.at = cloud, at
	}
	return r
}

func (a apply) point(w *walk, b box, x, y int) screen {
	c := columns{cloud: a.cloud, at: a.at, google: w.plankItems(google), aws: w.plankItems(aws)}
	if cloud, at, ok := c.under(w.look, box{b.w, b.h - 3 - len(a.end(w, b))}, x, y-2); ok {
		return a.to(cloud, at)
	}
	return a
}

func (f findings) point(w *walk, b box, x, y int) screen {
	if w.survey.found == nil {
		return f
	}
	if cloud, at, ok := f.columns(w).under(w.look, box{b.w, b.h - 2 - len(f.panel(w, b))}, x, y-2); ok {
		return f.to(w, cloud, at)
	}
	return f
}

func (p picker) point(w *walk, b box, _, y int) screen {
	from, room := p.seenIn(w, b)
	if i := from + y - pickerHead; y >= pickerHead && i < min(len(p.shown), from+room) {
		p.at = i
	}
	return p
}

func (f form) point(w *walk, b box, _, y int) screen {
	_, owners, _, from := f.drawn(w, b)
	if i := from + y; i < len(owners) && owners[i] != noField && y < b.h-len(f.says(w, b.w))-1 {
		return f.enter(w, owners[i])
	}
	return f
}
