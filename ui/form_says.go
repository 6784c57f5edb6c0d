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
		if lines = first(hanging(w.symbols.bad+" "+clean(why), width), 5); len(lines) < 2 {
			lines = append(lines, "")
		}
		for i := range lines {
			lines[i] = w.palette.bad.Render(lines[i])
		}
		return lines
	}
	if c, ok := w.taken(f.at); ok {
		copy(lines, w.standing(f.at, c, width))
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

// standing says what already has a name, and what can be done about it.
func (w *walk) standing(path string, c Choice, width int) []string {
	says, tone := clean(c.Value)+" "+clean(c.Note)+".", w.changed
	switch {
	case c.Adopt && w.adopts(path):
		says, tone = clean(c.Value)+" exists and will be adopted: only our own part is added to it.", w.good
	case c.Adopt:
		says += " ctrl+y agrees to that; any other name makes a new one."
	}
	lines := hanging(says, width)
	for i := range lines {
		lines[i] = tone.Render(lines[i])
	}
	return first(lines, 2)
}

func firstSentence(s string) string {
	if first, _, ok := strings.Cut(s, ". "); ok {
		return first + "."
	}
	return s
}
