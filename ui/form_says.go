package ui

import "strings"

// says is two lines about the focused field: what is wrong with it, else why it is asked.
func (f form) says(w *walk, width int) []string {
	lines := []string{"", ""}
	if f.at == "" {
		lines[0] = w.muted.Render("Paths, session length, conditions and the like. The defaults are the narrow ones.")
		return lines
	}
	field, _ := w.field(f.at)
	if why := w.flawAt(f.at); why != "" {
		copy(lines, hanging(w.symbols.bad+" "+clean(why), width))
		for i := range lines {
			lines[i] = w.palette.bad.Render(lines[i])
		}
		return lines
	}
	text := firstSentence(field.Why)
	if w.paned() {
		text = "" // it stands in the pane
	}
	if f.typed && field.Limit != "" {
		text = itoa(len([]rune(f.edit.value()))) + " characters " + w.dot + " " + field.Limit
	}
	copy(lines, fold(text, width))
	for i := range lines {
		lines[i] = w.muted.Render(lines[i])
	}
	return lines
}

func firstSentence(s string) string {
	if first, _, ok := strings.Cut(s, ". "); ok {
		return first + "."
	}
	return s
}
