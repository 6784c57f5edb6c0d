package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// bind makes a key with what it says in the help line. The help line is drawn from the very bindings that are matched, so
// it cannot lie.
func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// Keys that mean the same everywhere.
func (l look) enterKey(does string) key.Binding { return bind(l.enter, does, "enter") }

func backKey() key.Binding    { return bind("esc", "back", "esc") }
func helpKey() key.Binding    { return bind("?", "help", "?", "f1") }
func detailsKey() key.Binding { return bind("d", "details", "d") }
func quitKey() key.Binding    { return bind("q", "quit", "q") }

// is reports whether msg is a key press of one of these names.
func is(msg tea.Msg, names ...string) bool {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return false
	}
	s := k.String()
	return slices.Contains(names, s)
}

// keysLine draws the help line. What does not fit is left out whole, never cut.
func (w *walk) keysLine(keys []key.Binding) string {
	line, room := " ", w.size.w-2
	for _, k := range keys {
		if !k.Enabled() || k.Help().Key == "" {
			continue
		}
		item := w.accent.Render(k.Help().Key) + " " + w.muted.Render(k.Help().Desc) + "  "
		if n := cells(item); n-2 > room {
			continue
		} else {
			room -= n
		}
		line += item
	}
	return strings.TrimRight(line, " ")
}
