package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

func (f filing) view(w *walk, b box) page {
	head := plural(len(f.chosen(w)), "file", "files") + " chosen"
	lines := []string{w.spread(w.strong.Render("Files"), w.muted.Render(head), b.w), ""}
	switch {
	case w.filesErr != nil:
		return page{lines: append(lines, w.problem(w.filesErr, b.w)...)}
	case w.runs(callFiles):
		return page{lines: append(lines, w.spinner(w.now)+" "+w.muted.Render("making them"))}
	}
	about := first(f.about(w, b.w), b.h-10)
	room := max(3, b.h-7-len(about))
	rows := make([]string, len(w.files))
	for i := range w.files {
		rows[i] = f.line(w, i, b.w)
	}
	lines = append(lines, w.inSight(rows, f.at, room)...)
	lines = append(lines, "")
	lines = append(lines, about...)
	into, cursor := f.into(w, b.w)
	lines = append(lines, "", into)
	if cursor >= 0 {
		return page{lines, &tea.Position{X: cursor, Y: len(lines) - 1}}
	}
	if w.done() {
		lines = append(lines, "", w.good.Render(w.ok+" written")+w.muted.Render(" "+w.dot+" a summary stays on the terminal when you finish"))
	}
	return page{lines: lines}
}

func (f filing) line(w *walk, i, width int) string {
	file := w.files[i]
	mark := w.good.Render(w.checked)
	if f.left[i] {
		mark = w.muted.Render(w.unchecked)
	}
	cursor, name := " ", w.middle(clean(file.Path), 38)
	if i == f.at {
		cursor, name = w.accent.Render(w.cursor), w.strong.Render(name)
	}
	return w.fit(cursor+" "+mark+" "+w.pad(name, 40)+w.pad(clean(file.Kind), 20)+w.muted.Render(clean(file.For)), width)
}

// about says of the focused file where it goes and what uses it.
func (f filing) about(w *walk, width int) []string {
	if f.at >= len(w.files) {
		return nil
	}
	return w.used(w.files[f.at], width)
}

// used is where a file goes and the command that uses it.
func (w *walk) used(file artifact.File, width int) []string {
	lines := fold(clean(file.Where), width)
	if file.Command != "" {
		lines = append(lines, "")
		for _, l := range chop("$ "+file.Command, width) {
			lines = append(lines, w.accent.UnsetBold().Render(l))
		}
	}
	return lines
}

// into is the line that says where the files go; cursor is -1 unless it is being edited.
func (f filing) into(w *walk, width int) (line string, cursor int) {
	const name = "into  "
	if f.editing {
		text, at := f.edit.view(width - len(name))
		return w.muted.Render(name) + text, len(name) + at
	}
	return w.muted.Render(name) + w.middle(clean(f.dir), width-len(name)), -1
}

func (f filing) aside(w *walk, b box) []string {
	if f.at >= len(w.files) {
		return nil
	}
	lines := []string{w.strong.Render(clean(w.files[f.at].Path)), ""}
	for _, l := range preview(w.files[f.at], b.w) {
		lines = append(lines, w.muted.Render(l))
	}
	return lines
}

func (f filing) topic(*walk) topic {
	return topic{"Files", []string{
		"These are the files that the bridge is used with. None of them holds a secret: they say where to ask, not what to " +
			"show, so they may be committed and copied.",
		"Each says who uses it: the workload itself, a pipeline, or you as the operator; where it goes; and the one command " +
			"that uses it.",
		"bridge.yaml repeats all of this without a screen: drawbridge plan, apply, verify, audit and destroy read it.",
	}}
}
