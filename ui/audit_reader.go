package ui

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

// newEvidenceOf shows a row whole: what was seen, the fix in a sentence, as a document and as a command, and where to read
// more. Of a folded rule it shows every finding.
func newEvidenceOf(f findings, t told) reader {
	if t.drift != nil {
		r := newDetails(f, *t.drift)
		r.title = "Drift: " + titled(*t.drift)
		return r
	}
	x := t.list[0]
	return reader{behind: f, title: f.headline(t), copies: first2(x.Command, x.Document), text: func(w *walk, width int) []string {
		var lines []string
		for i, x := range t.list[:min(len(t.list), unfoldedAtMost)] {
			if i > 0 {
				lines = append(lines, "", w.rule.Render(strings.Repeat(w.thin, min(width, 40))), "")
			}
			lines = append(lines, w.finding(x, width)...)
		}
		if n := len(t.list) - unfoldedAtMost; n > 0 {
			lines = append(lines, "", w.muted.Render(itoa(n)+" more; drawbridge audit --format json lists them all"))
		}
		return lines
	}}
}

func first2(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// finding draws one finding whole.
func (w *walk) finding(x audit.Finding, width int) []string {
	lines := []string{w.graveMark(x.Severity) + " " + w.grave(x.Severity).Render(string(x.Severity)) + " " + w.muted.Render("in ") + w.cloud(x.Cloud)}
	lines = append(lines, fold(concerns(x), width)...)
	lines = append(lines, "", w.strong.Render("What was seen"))
	lines = append(lines, fold(clean(x.Evidence), width)...)
	if x.Fix != "" {
		lines = append(lines, "", w.strong.Render("What to do"))
		lines = append(lines, fold(clean(x.Fix), width)...)
	}
	if x.Command != "" {
		lines = append(append(lines, "", w.strong.Render("As a command")), w.painted(x.Command, width)...)
	}
	if x.Document != "" {
		lines = append(append(lines, "", w.strong.Render("As a document")), w.painted(x.Document, width)...)
	}
	if x.Reference != "" {
		lines = append(lines, "", w.muted.Render("Read more"))
		lines = append(lines, w.linked(x.Reference, width)...)
	}
	return lines
}

// wayLine is one way in on one line: who, and what it becomes, both by their telling ends.
func (w *walk) wayLine(t audit.Trust, width int) string {
	from, to := google, aws
	if t.Direction == toGoogle {
		from, to = aws, google
	}
	half := (width - 8) / 2
	line := w.wayMark(t) + " " + w.pad(w.of(from).UnsetBold().Render(w.middle(brief(t.From), half)), half) + " " + w.arrow + " " +
		w.of(to).UnsetBold().Render(w.middle(brief(t.To), half))
	return w.fit(line, width)
}

// brief leaves out of an address what is the same for all of its kind.
func brief(s string) string {
	return principal(strings.ReplaceAll(s, ".iam.gserviceaccount.com", ""))
}

// wayMark is the gravest that was found on a way.
func (w *walk) wayMark(t audit.Trust) string {
	switch {
	case t.Dangling != "":
		return w.changed.Render(w.unknown)
	case t.Worst != "" && audit.Severity(t.Worst).Reaches(audit.Medium):
		return w.graveMark(audit.Severity(t.Worst))
	}
	return w.good.Render(w.ok)
}

// newWays shows who gets in, way by way.
func newWays(f findings) reader {
	return reader{behind: f, title: "Who gets in", text: func(w *walk, width int) []string {
		ways := w.survey.found.Trusts
		if len(ways) == 0 {
			return fold("No way between the two clouds was found. Rules that could not be evaluated may know of more.", width)
		}
		var lines []string
		for _, t := range ways {
			lines = append(append(lines, w.wayWhole(t, width)...), "")
		}
		return lines
	}}
}

// wayWhole says a way with its half that is missing and the gravest that was found on it.
func (w *walk) wayWhole(t audit.Trust, width int) []string {
	title := w.wayMark(t) + " " + w.way(t.Direction)
	if t.Bridge != "" {
		title += "  " + w.muted.Render(clean(t.Bridge))
	}
	lines := []string{title}
	for _, row := range [][2]string{{"who", t.From}, {"becomes", t.To}, {"by", t.Through}, {"dangling", t.Dangling}, {"gravest", first2(t.Worst, "nothing found on this way")}} {
		if row[1] != "" {
			lines = append(lines, w.claimLines(row[0], row[1], width)...)
		}
	}
	return lines
}

// newUnread lists the rules that could not say anything, and why.
func newUnread(f findings) reader {
	return reader{behind: f, title: "Not evaluated, and so not passed", text: func(w *walk, width int) []string {
		var lines []string
		told := map[string]bool{}
		for _, n := range w.survey.found.NotEvaluated {
			if told[n.ID+n.Reason] {
				continue // of another bridge
			}
			told[n.ID+n.Reason] = true
			word := "would be up to " + string(n.Severity)
			if n.Optional {
				word += ", optional: never a reason to answer no"
			}
			lines = append(lines, w.unknown+" "+w.strong.Render(n.ID)+"  "+w.muted.Render(w.ruleTitle(n.ID)))
			lines = append(lines, indent("    ", fold(clean(n.Reason), width-4))...)
			lines = append(lines, "    "+w.muted.Render(word), "")
		}
		return lines
	}}
}

func (w *walk) ruleTitle(id string) string {
	for _, r := range audit.Rules() {
		if r.ID == id {
			return r.Title
		}
	}
	return ""
}

// newAccepted lists what the baseline accepts.
func newAccepted(f findings) reader {
	return reader{behind: f, title: "Accepted by the baseline", text: func(w *walk, width int) []string {
		var lines []string
		for _, x := range w.survey.found.Accepted {
			lines = append(lines, w.graveMark(x.Severity)+" "+w.strong.Render(x.ID)+"  "+clean(x.Title))
			lines = append(lines, indent("    ", fold(concerns(x), width-4))...)
			lines = append(append(lines, indent("    ", fold(clean(x.Evidence), width-4))...), "")
		}
		return lines
	}}
}
