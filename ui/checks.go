package ui

import (
	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// newChecks shows the preflight report: what would stop the run first, each with its fix.
func newChecks(behind screen) reader {
	return reader{behind: behind, title: "Preflight", export: true, text: func(w *walk, width int) []string {
		switch {
		case w.runs(callPreflight):
			return []string{w.spinner(w.now) + " still looking"}
		case w.chkErr != nil:
			return w.problem(w.chkErr, width)
		case w.check == nil:
			return []string{"not asked for"}
		}
		var lines []string
		for _, o := range []steps.CheckOutcome{steps.CheckBlocked, steps.CheckWarn, steps.CheckUnknown, steps.CheckOK} {
			for _, c := range w.check.Checks {
				if c.Outcome == o {
					lines = append(lines, w.checkLines(c, width)...)
				}
			}
		}
		return lines
	}}
}

func (w *walk) checkLines(c steps.Check, width int) []string {
	lines := []string{w.checkTone(c.Outcome).Render(w.checkMark(c.Outcome)) + " " + w.cloud(c.Cloud) + "  " + clean(c.Title)}
	if c.Outcome == steps.CheckOK {
		return lines
	}
	for _, text := range []string{c.Detail, c.Fix} {
		lines = append(lines, indent("    ", fold(clean(text), width-4))...)
	}
	if c.Command != "" {
		lines = append(lines, indent("    $ ", fold(clean(c.Command), width-6))...)
	}
	return append(lines, "")
}

func (w *walk) checkMark(o steps.CheckOutcome) string {
	switch o {
	case steps.CheckOK:
		return w.ok
	case steps.CheckBlocked:
		return w.symbols.bad
	case steps.CheckWarn:
		return w.symbols.warn
	case steps.CheckUnknown:
	}
	return w.unknown
}

func (w *walk) checkTone(o steps.CheckOutcome) lipgloss.Style {
	switch o {
	case steps.CheckOK:
		return w.good
	case steps.CheckBlocked:
		return w.palette.bad
	case steps.CheckWarn, steps.CheckUnknown:
	}
	return w.changed
}
