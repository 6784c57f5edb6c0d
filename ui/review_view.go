package ui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

func (r review) view(w *walk, b box) page {
	if r.asks {
		return page{lines: r.question(w, b)}
	}
	lines := []string{w.spread(w.strong.Render(r.stage().String()), r.summary(w), b.w)}
	switch {
	case w.planErr != nil:
		return page{lines: append(append(lines, ""), w.problem(w.planErr, b.w)...)}
	case w.plan == nil:
		return page{lines: append(lines, "", w.readingBoth())}
	}
	lines = append(lines, "")
	lines = append(lines, r.columns(w, b).draw(w.look, box{b.w, b.h - 4})...)
	for len(lines) < b.h-1 {
		lines = append(lines, "")
	}
	return page{lines: append(lines, w.checkLine(b.w))}
}

func (r review) columns(w *walk, b box) columns {
	return columns{cloud: r.cloud, at: r.at, google: r.items(w, google, b.w), aws: r.items(w, aws, b.w)}
}

// readingBoth says how far a plan has come.
func (w *walk) readingBoth() string {
	says := "reading both clouds " + w.dot + " " + short(w.now.Sub(w.since)) + " " + w.dot + " " + plural(len(w.read), "thing", "things") + " seen"
	return w.spinner(w.now) + " " + w.muted.Render(says)
}

func (r review) summary(w *walk) string {
	if w.plan == nil {
		return ""
	}
	return w.counted(w.plan.Summary)
}

// counted draws a summary: how many of each action, blocked ones last and loud.
func (w *walk) counted(s steps.Summary) string {
	if s == (steps.Summary{Keep: s.Keep}) {
		return w.good.Render(w.ok + " nothing to change")
	}
	text := strings.ReplaceAll(s.String(), ", ", " "+w.dot+" ")
	if s.Blocked > 0 {
		return w.palette.bad.Render(text)
	}
	return w.changed.Render(text)
}

// items are the changes of a lane, the unfolded one with its fields before and after.
func (r review) items(w *walk, cloud string, width int) []item {
	changes := r.lane(w, cloud)
	out := w.items(changes)
	for i, c := range changes {
		if c.ID != r.open {
			continue
		}
		out[i].whole = true
		for _, f := range c.Fields {
			out[i].more = append(out[i].more, w.fieldDiff(f, (width-2)/2-4)...)
		}
		if len(c.Fields) == 0 {
			out[i].more = []string{w.muted.Render("d shows it whole")}
		}
	}
	return out
}

// items draws changes: what they do as a rune, and the reason where it is not plain.
func (w *walk) items(changes []steps.Change) []item {
	out := make([]item, 0, len(changes))
	for _, c := range changes {
		out = append(out, item{
			mark: w.action(c.Action), text: titled(c), dim: c.Action == steps.Keep,
			says: w.reason(c), tone: w.tone(c.Action), whole: c.Action == steps.Blocked,
		})
	}
	return out
}

// titled is what a change is about.
func titled(c steps.Change) string {
	if c.Title != "" {
		return clean(c.Title)
	}
	return clean(c.Kind + " " + c.Name)
}

// reason says why, for every action but the plain ones.
func (w *walk) reason(c steps.Change) string {
	switch {
	case c.Action == steps.Create && c.Scope == "bridge", c.Action == steps.Keep:
		return ""
	case c.Action == steps.Create:
		return "for the whole " + c.Scope
	}
	return clean(c.Reason)
}

// action draws the rune of an action in its colour.
func (w *walk) action(a steps.Action) string { return w.tone(a).Render(string(a.Rune())) }

func (w *walk) tone(a steps.Action) lipgloss.Style {
	switch a {
	case steps.Create:
		return w.good
	case steps.Blocked, steps.Remove:
		return w.palette.bad
	case steps.Keep:
		return w.muted
	default:
		return w.changed
	}
}

// question is the confirmation: what, where, and what can be undone.
func (r review) question(w *walk, b box) []string {
	s := w.plan.Summary
	lines := []string{
		w.strong.Render("Apply " + plural(s.Create+s.Update+s.Adopt+s.Restore+s.Remove, "change", "changes") + "?"), "",
		w.cloud(google) + "  project " + clean(w.bridge.Google.Project) + bracket(clean(w.sides.Google.Name)),
		w.cloud(aws) + "     account " + clean(w.bridge.AWS.Account) + bracket(clean(w.sides.AWS.Name)) + "  " + clean(w.bridge.AWS.Region), "",
		w.counted(s), "",
	}
	for _, c := range w.plan.Changes {
		if c.Action != steps.Keep && (c.Scope != "bridge" || c.Action == steps.Update || c.Action == steps.Remove) && len(lines) < b.h-6 {
			lines = append(lines, w.fit(w.action(c.Action)+" "+titled(c)+"  "+w.muted.Render(w.reason(c)), b.w))
		}
	}
	lines = append(lines, "")
	for _, l := range fold("Your choices are written to "+w.o.File+" first. What is made can be taken down again with drawbridge destroy, "+
		"which touches nothing else; enabled APIs stay enabled.", b.w) {
		lines = append(lines, w.muted.Render(l))
	}
	return lines
}
