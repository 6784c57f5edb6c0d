package ui

import (
	"errors"

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
		lines = append(lines, "  "+w.muted.Render("missing permission  ")+clean(p.Permission))
	}
	if p.Who != "" {
		lines = append(lines, "  "+w.muted.Render("who can mend it     ")+clean(p.Who))
	}
	lines = append(lines, w.todo(p.Do, width)...)
	if p.RequestID != "" {
		lines = append(lines, "", "  "+w.muted.Render("request id "+clean(p.RequestID)))
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
