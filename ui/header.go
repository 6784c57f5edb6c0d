package ui

import "strings"

// head draws the three lines that every screen begins with: the bridge, the crumbs, a thin rule.
func (w *walk) head(at stage, width int) []string {
	name := " " + w.strong.Render("drawbridge") + "   "
	return []string{
		w.spread(name+w.drawn(), w.mark(), width-1),
		" " + w.fit(w.trailOf(at), width-2),
		w.rule.Render(strings.Repeat(w.thin, width)),
	}
}

// drawn is the bridge: raised until something is proven, then lowered the way it was proven.
func (w *walk) drawn() string {
	return w.cloud(google) + " " + w.span(w.proven(toAWS), w.proven(toGoogle)) + " " + w.cloud(aws)
}

func (l look) span(toAWS, toGoogle bool) string {
	switch {
	case toAWS && toGoogle:
		return l.good.Render(l.both)
	case toAWS:
		return l.good.Render(l.right)
	case toGoogle:
		return l.good.Render(l.left)
	}
	return l.muted.Render(l.lifted)
}

// mark says when this is not the real thing.
func (w *walk) mark() string {
	switch {
	case w.o.Sandbox:
		return w.changed.Bold(true).Render("SANDBOX")
	case w.o.EndpointsOther:
		return w.changed.Bold(true).Render("NOT THE REAL CLOUDS")
	}
	return ""
}

// trailOf draws the crumbs: where we are is marked and bright, what lies behind is plain, what lies ahead is muted.
func (w *walk) trailOf(at stage) string {
	if at >= destroying {
		return w.accent.Render(w.cursor + " " + at.String())
	}
	var out []string
	for i, c := range crumbs() {
		switch {
		case stage(i) == at:
			out = append(out, w.accent.Render(w.cursor+" "+c))
		case stage(i) < at:
			out = append(out, w.plain.Render(c))
		default:
			out = append(out, w.muted.Render(c))
		}
	}
	return strings.Join(out, w.muted.Render(" "+w.dot+" "))
}
