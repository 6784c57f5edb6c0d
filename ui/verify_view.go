package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

func (c crossing) view(w *walk, b box) page {
	lines := []string{}
	for _, way := range w.trail.ways {
		lines = append(lines, w.wayLines(way.settled(w.proofs), b.w)...)
		lines = append(lines, "")
	}
	lines = append(lines, w.doorLines(b.w)...)
	if w.proofErr != nil {
		lines = append(append(lines, ""), w.problem(w.proofErr, b.w)...)
	}
	var end []string
	if !w.runs(callProofs) && len(w.proofs) > 0 {
		end = first(w.bottomLine(b.w), b.h/2)
	}
	room := b.h - len(end)
	if len(lines) < room && len(end) > 0 {
		lines = append(lines, "")
	}
	lines = squeezed(lines, room)
	top := max(0, min(c.top, len(lines)-room))
	shown := slices.Clone(first(lines[top:], room))
	if below := len(lines) - top - room; below > 0 && room > 2 {
		shown[room-1] = w.muted.Render("  " + itoa(below+1) + " more below")
	}
	return page{lines: append(shown, end...)}
}

// squeezed gives up air, the last first, where that makes everything fit.
func squeezed(lines []string, room int) []string {
	out := slices.Clone(lines)
	for i := len(out) - 1; i > 0 && len(out) > room; i-- {
		if out[i] == "" {
			out = slices.Delete(out, i, i+1)
		}
	}
	if len(out) > room {
		return lines
	}
	return out
}

// wayLines is one direction: its verdict, its hops, what it waits for, and the claim table where it was refused.
func (w *walk) wayLines(way walkway, width int) []string {
	lines := []string{w.spread(w.way(way.direction), w.verdictOf(way), width)}
	for _, h := range way.hops {
		lines = append(lines, w.hopLine(h, width))
		if h.Outcome != "ok" && h.Outcome != "skipped" {
			lines = append(lines, w.refusal(h, width)...)
		}
	}
	p := way.proof
	switch {
	case p == nil && way.wait != nil:
		says := w.waiting(way.wait.Message, way.wait.Seen, way.wait.Want) + w.waited(way.wait.Since, way.wait.Until)
		for i, l := range fold(says, width-2) {
			mark := "  "
			if i == 0 {
				mark = w.spinner(w.now) + " "
			}
			lines = append(lines, mark+w.changed.Render(l))
		}
	case p == nil && w.runs(callProofs):
		lines = append(lines, w.spinner(w.now)+" "+w.muted.Render(nextHop(way)))
	case p != nil && p.Verdict != verify.Proven && p.Reason != "" && len(way.hops) == 0:
		lines = append(lines, indent("  ", fold(clean(p.Reason), width-2))...)
	}
	if p != nil && p.Command != "" {
		lines = append(lines, "  "+w.muted.Render("on the workload: ")+clean(p.Command))
	}
	return lines
}

// verdictOf is a direction's verdict in one word, with how long it took.
func (w *walk) verdictOf(way walkway) string {
	if way.proof == nil {
		return w.muted.Render(short(w.now.Sub(w.since)))
	}
	return w.verdictStyle(way.proof.Verdict).Render(string(way.proof.Verdict)) + w.muted.Render(" "+w.dot+" "+short(took(way.proof)))
}

func (w *walk) verdictStyle(v verify.Verdict) lipgloss.Style {
	switch v {
	case verify.Proven:
		return w.good
	case verify.Open, verify.Refused:
		return w.palette.bad
	case verify.Unknown, verify.Skipped:
	}
	return w.changed
}

// nextHop says what is under way before the first hop has ended.
func nextHop(way walkway) string {
	if way.lent != "" && len(way.hops) == 0 {
		return clean(way.lent)
	}
	return "walking across"
}

// bottomLine says what it all means, and what of the borrowed access is left.
func (w *walk) bottomLine(width int) []string {
	var lines []string
	switch {
	case w.provenAll():
		lines = append(lines, w.good.Render(w.ok+" The bridge is down, and only for the one who may cross."))
	case len(w.proofs) > 0:
		lines = append(lines, w.changed.Render(w.symbols.warn+" Not everything is proven: the bridge stays raised where it is not."))
	}
	return append(lines, w.borrowedLines(width)...)
}

// borrowedLines say what is left of borrowed access. What was granted is taken back; what was obtained with it is not, and
// that is said as plainly.
func (w *walk) borrowedLines(width int) []string {
	var lines, lives []string
	for _, p := range w.proofs {
		switch {
		case p.Borrowed == nil:
		case !p.Borrowed.Removed:
			lines = append(lines, w.palette.bad.Render(w.symbols.bad+" borrowed access is still there; remove it with:"))
			lines = append(lines, indent("  ", chop(p.Borrowed.Command, width-2))...)
		case p.Borrowed.LivesOn != "":
			for what := range strings.SplitSeq(clean(p.Borrowed.LivesOn), ", ") {
				if !slices.Contains(lives, what) {
					lives = append(lives, what)
				}
			}
		}
	}
	if len(lives) == 0 {
		return lines
	}
	for _, l := range fold("Taken back; what was obtained lives on: "+strings.Join(lives, ", ")+".", width) {
		lines = append(lines, w.muted.Render(l))
	}
	return lines
}
