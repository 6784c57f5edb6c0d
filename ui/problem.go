package ui

import (
	"errors"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// problem draws an error for people: what was attempted, what is known about why, what to do next.
func (w *walk) problem(err error, width int) []string {
	lines := hanging(w.symbols.bad+" "+clean(err.Error()), width)
	for i := range lines {
		lines[i] = w.palette.bad.Render(lines[i])
	}
	if e, ok := errors.AsType[*spec.Error](err); ok {
		return append(lines, w.todo(e.Do, width)...)
	}
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok {
		return lines
	}
	if p.Permission != "" {
		lines = append(lines, w.about("missing permission", p.Permission, width)...)
	}
	if p.Who != "" {
		lines = append(lines, w.about("who can mend it", p.Who, width)...)
	}
	lines = append(lines, w.todo(p.Do, width)...)
	if p.RequestID != "" {
		lines = append(lines, "", "  "+w.muted.Render("request id "+clean(p.RequestID)))
	}
	return lines
}

// about says one thing of a problem, on as many lines as it takes.
func (w *walk) about(name, value string, width int) []string {
	const column = 20
	lines := fold(clean(value), max(8, width-2-column))
	for i := range lines {
		head := strings.Repeat(" ", column)
		if i == 0 {
			head = w.muted.Render(w.pad(name, column))
		}
		lines[i] = "  " + head + lines[i]
	}
	return lines
}

// todo lists what to do, one line each.
func (w *walk) todo(do []string, width int) []string {
	if len(do) == 0 {
		return nil
	}
	lines := []string{""}
	for _, d := range do {
		lines = append(lines, hanging(w.arrow+" "+clean(d), width)...)
	}
	return lines
}
