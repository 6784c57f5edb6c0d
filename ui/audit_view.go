package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

func (f findings) view(w *walk, b box) page {
	title := w.strong.Render(strings.TrimSpace("Audit " + clean(w.survey.subject)))
	if w.survey.found == nil {
		return page{lines: append([]string{title, ""}, f.reading(w, b.w)...)}
	}
	if f.floor != "" {
		title += w.muted.Render("  from " + string(f.floor) + " on")
	}
	panel := f.panel(w, b)
	lines := []string{w.spread(title, f.tally(w), b.w), ""}
	if cells(title)+cells(f.tally(w)) >= b.w {
		lines = []string{w.fit(title, b.w), w.fit(f.tally(w), b.w)}
	}
	lines = append(lines, f.columns(w).draw(w.look, box{b.w, b.h - 2 - len(panel)})...)
	for len(lines) < b.h-len(panel) {
		lines = append(lines, "")
	}
	return page{lines: append(lines, panel...)}
}

func (f findings) columns(w *walk) columns {
	return columns{cloud: f.cloud, at: f.at, google: f.items(w, google), aws: f.items(w, aws)}
}

// reading is what stands on the screen until there is an answer.
func (f findings) reading(w *walk, width int) []string {
	var lines []string
	for i, s := range w.survey.doing {
		live := i == len(w.survey.doing)-1 && w.runs(callAudit)
		mark, until := w.good.Render(w.ok), s.until
		if live {
			mark, until = w.spinner(w.now), w.now
		}
		lines = append(lines, w.spread(mark+" "+clean(s.Doing)+w.muted.Render(s.count(w.look)), w.muted.Render(short(until.Sub(s.since))), min(width, 76)))
	}
	switch {
	case w.survey.err != nil && !w.runs(callAudit):
		return append(append(lines, ""), w.problem(w.survey.err, width)...)
	case f.leaving:
		return append(lines, "", w.changed.Render("stopping: finishing the request in flight"))
	case len(lines) == 0:
		return []string{w.spinner(w.now) + " " + w.muted.Render("beginning")}
	}
	return append(lines, "", w.muted.Render("Only reads; nothing is written to a cloud."))
}

// count is how far a stretch has come, "" where nobody counts.
func (s stretch) count(l look) string {
	switch {
	case s.Of > 0:
		return " " + l.dot + " " + itoa(s.Seen) + " of " + itoa(s.Of)
	case s.Seen > 0:
		return " " + l.dot + " " + itoa(s.Seen)
	}
	return ""
}

// tally counts what was found, the worst first.
func (f findings) tally(w *walk) string {
	d := w.survey.found
	var out []string
	if n := d.Summary.Drift; n > 0 {
		out = append(out, w.changed.Render(itoa(n)+" drifted"))
	}
	for _, s := range audit.Severities() {
		if n := d.Summary.Findings[s]; n > 0 {
			out = append(out, w.grave(s).Render(itoa(n)+" "+string(s)))
		}
	}
	if len(out) == 0 {
		out = []string{w.good.Render(w.ok + " nothing found")}
	}
	if n := len(d.NotEvaluated); n > 0 {
		out = append(out, w.muted.Render(itoa(n)+" not evaluated"))
	}
	return strings.Join(out, w.muted.Render(" "+w.dot+" "))
}

// grave is the colour of a severity; its word stands beside it.
func (w *walk) grave(s audit.Severity) lipgloss.Style {
	switch {
	case s.Reaches(audit.High):
		return w.palette.bad
	case s.Reaches(audit.Medium):
		return w.changed
	}
	return w.muted
}

// graveMark is the symbol of a severity.
func (w *walk) graveMark(s audit.Severity) string {
	switch {
	case s.Reaches(audit.High):
		return w.grave(s).Render(w.symbols.bad)
	case s.Reaches(audit.Medium):
		return w.grave(s).Render(w.symbols.warn)
	}
	return w.grave(s).Render(w.dot)
}

// items draws a lane. Each severity has its heading.
func (f findings) items(w *walk, cloud string) []item {
	var out []item
	last := ""
	for i, t := range f.lane(w, cloud) {
		it, heading := f.item(w, t)
		if heading != last {
			it.head = heading
			if last = heading; i > 0 {
				it.air = true
			}
		}
		out = append(out, it)
	}
	if len(out) == 0 {
		return []item{{mark: w.good.Render(w.ok), text: f.quiet(), dim: true, tone: w.muted}}
	}
	return out
}

// quiet is what an empty lane says: never more than was looked at.
func (f findings) quiet() string {
	if f.floor != "" {
		return "nothing from " + string(f.floor) + " on"
	}
	return "nothing found"
}

func (f findings) item(w *walk, t told) (it item, heading string) {
	if t.drift != nil {
		heading = w.changed.Render("Drift")
		if t.drift.Cloud == "" {
			heading = w.changed.Render("Drift on this machine")
		}
		return item{mark: w.action(t.drift.Action), text: titled(*t.drift), says: clean(t.drift.Reason), tone: w.muted}, heading
	}
	x := t.list[0]
	it = item{mark: w.graveMark(x.Severity), text: clean(x.Title), tone: w.muted}
	switch {
	case t.one:
		it.mark, it.text = " ", brief(concerns(x))
	case len(t.list) > 1:
		it.side = w.muted.Render("x" + itoa(len(t.list)))
	default:
		it.says = brief(concerns(x))
	}
	return it, w.grave(x.Severity).Bold(true).Render(strings.ToUpper(string(x.Severity)))
}

// concerns is what a finding is about, and in a fleet whose audit said it.
func concerns(x audit.Finding) string {
	if x.Bridge != "" {
		return clean(x.Bridge + ": " + x.Resource)
	}
	return clean(x.Resource)
}

func (f findings) headline(t told) string {
	if t.drift != nil {
		return titled(*t.drift)
	}
	return t.list[0].ID + "  " + clean(t.list[0].Title)
}

// panel is the ways in, below the lanes: as many as there is room for.
func (f findings) panel(w *walk, b box) []string {
	ways := w.survey.found.Trusts
	head := w.strong.Render("Who gets in") + "  "
	if len(ways) == 0 {
		return []string{"", head + w.muted.Render("nobody, as far as could be read")}
	}
	room := 2
	if b.h > 26 {
		room = 8
	}
	lines := []string{"", head + w.muted.Render(plural(len(ways), "way", "ways")+" between the clouds")}
	for _, t := range ways[:min(len(ways), room)] {
		lines = append(lines, w.wayLine(t, b.w))
	}
	if n := len(ways) - room; n > 0 {
		lines[1] += w.muted.Render(", " + itoa(n) + " more with w")
	}
	return lines
}
