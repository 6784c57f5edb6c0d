package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// common handles the keys that mean the same on every screen without a field: help and quit.
func (w *walk) common(s screen, msg tea.Msg) (screen, tea.Cmd) {
	switch {
	case is(msg, "?", "f1"):
		return newHelp(w, s), nil
	case is(msg, "q"):
		return leave(w, s, false)
	}
	return s, nil
}

// told is a name with its whole value beside it, in as many lines as it takes.
func (w *walk) told(name, value string, width int) []string {
	const column = 14
	var lines []string
	for _, l := range chop(value, width-column-2) {
		lines = append(lines, "  "+w.pad(w.muted.Render(name), column)+strings.TrimLeft(l, " "))
		name = ""
	}
	return lines
}

// newSides shows both sign-ins whole.
func newSides(behind screen) reader {
	return reader{behind: behind, title: "Who you are", text: func(w *walk, width int) []string {
		var lines []string
		for _, cloud := range []string{google, aws} {
			s := w.sides.Google
			if cloud == aws {
				s = w.sides.AWS
			}
			lines = append(lines, w.cloud(cloud))
			for _, row := range [][2]string{
				{"principal", s.Principal},
				{"source", s.Source},
				{"place", s.Place},
				{"number", s.Number},
				{"name", s.Name},
				{"region", s.Region},
				{"sign in with", s.Command},
			} {
				if row[1] != "" {
					lines = append(lines, w.told(row[0], row[1], width)...)
				}
			}
			if !s.Expires.IsZero() {
				lines = append(lines, "  "+w.pad(w.muted.Render("expires"), 14)+s.Expires.Format("2006-01-02 15:04 MST"))
			}
			if s.Err != nil {
				lines = append(lines, w.problem(s.Err, width)...)
			}
			lines = append(lines, "")
		}
		return lines
	}}
}
