package ui

import "charm.land/bubbles/v2/key"

// newHelp explains a screen and its keys in plain words.
func newHelp(w *walk, s screen) reader {
	t := s.topic(w)
	return reader{behind: s, title: t.title, text: func(w *walk, width int) []string {
		var lines []string
		for _, p := range t.words {
			lines = append(append(lines, fold(p, min(width, 100))...), "")
		}
		lines = append(lines, w.strong.Render("Keys"))
		for _, k := range s.keys(w) {
			if k.Enabled() {
				lines = append(lines, w.helpOf(k))
			}
		}
		return append(lines, w.helpOf(bind("ctrl+c", "leave; asks first when something is running", "ctrl+c")),
			"", w.muted.Render("drawbridge "+w.o.Version))
	}}
}

func (w *walk) helpOf(k key.Binding) string {
	return "  " + w.pad(w.accent.Render(k.Help().Key), 12) + k.Help().Desc
}
