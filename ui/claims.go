package ui

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

// refusal is what stands under a hop that was refused: what it means, the claim table, what to do.
func (w *walk) refusal(h verify.Hop, width int) []string {
	var lines []string
	for _, l := range fold(clean(h.Explain), width-4) {
		lines = append(lines, "    "+w.palette.bad.Render(l))
	}
	if len(h.Table) > 0 {
		lines = append(lines, indent("    ", w.claimTable(h.Table, width-4))...)
	}
	for _, d := range h.Do {
		lines = append(lines, indent("    ", hanging(w.arrow+" "+clean(d), width-4))...)
	}
	return lines
}

// refusalWhole is the same with every value in full, one below the other.
func (w *walk) refusalWhole(h verify.Hop, width int) []string {
	lines := indent("  ", fold(clean(h.Explain), width-2))
	for _, r := range h.Table {
		mark := w.good.Render(w.ok)
		switch {
		case r.Unread:
			mark = w.muted.Render("?")
		case !r.Holds:
			mark = w.palette.bad.Render(w.symbols.bad)
		}
		lines = append(lines, "  "+mark+" "+clean(r.Name))
		lines = append(lines, indent("  ", w.told("sent", orNone(r.Sent), width-2))...)
		lines = append(lines, indent("  ", w.told("wanted", orNone(r.Wanted), width-2))...)
	}
	for _, d := range h.Do {
		lines = append(lines, indent("  ", hanging(w.arrow+" "+clean(d), width-2))...)
	}
	return lines
}

// claimTable sets what was sent beside what the trust wanted; the rows that do not hold are marked.
func (w *walk) claimTable(rows []verify.Claim, width int) []string {
	name := 8
	for _, r := range rows {
		name = min(max(name, cells(clean(r.Name))+1), 20)
	}
	half := max(12, (width-name-4)/2)
	lines := []string{w.muted.Render("  " + w.pad("claim", name) + w.pad("sent", half) + "  " + "wanted")}
	for _, r := range rows {
		mark := w.good.Render(w.ok)
		sent, wanted := w.muted.Render(w.middle(orNone(r.Sent), half)), w.muted.Render(w.middle(orNone(r.Wanted), half))
		if !r.Holds {
			mark = w.palette.bad.Render(w.symbols.bad)
			sent, wanted = w.palette.bad.Render(w.middle(orNone(r.Sent), half)), w.strong.Render(w.middle(orNone(r.Wanted), half))
		}
		if r.Unread {
			mark = w.muted.Render("?")
		}
		lines = append(lines, mark+" "+w.pad(clean(r.Name), name)+w.pad(sent, half)+"  "+wanted)
	}
	return lines
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return clean(s)
}

// doorLines are the doors of all directions, as many on a line as fit.
func (w *walk) doorLines(width int) []string {
	var out []string
	line := ""
	for _, way := range w.trail.ways {
		for _, d := range way.settled(w.proofs).doors {
			item := w.doorMark(d) + " " + clean(d.Attempt) + w.doorWord(d)
			switch {
			case line == "":
				line = item
			case cells(line)+3+cells(item) > width:
				out, line = append(out, line), item
			default:
				line += "   " + item
			}
		}
	}
	if line == "" {
		return nil
	}
	return append([]string{w.strong.Render("Doors that stay shut")}, append(out, line)...)
}

func (w *walk) doorMark(d verify.Door) string {
	switch d.Outcome {
	case "refused":
		return w.good.Render(w.ok)
	case "admitted":
		return w.palette.bad.Render(w.symbols.bad)
	}
	return w.changed.Render(w.unknown)
}

// doorWord says in words what a mark alone would leave open.
func (w *walk) doorWord(d verify.Door) string {
	switch d.Outcome {
	case "refused":
		return ""
	case "admitted":
		return w.palette.bad.Render(" OPEN")
	}
	return w.muted.Render(" " + strings.ReplaceAll(d.Outcome, "-", " "))
}
