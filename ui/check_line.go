package ui

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// checkLine sums preflight up on one line.
func (w *walk) checkLine(width int) string {
	switch {
	case w.runs(callPreflight):
		return w.spinner(w.now) + " " + w.muted.Render("Preflight: looking for what would stop this "+w.dot+" "+short(w.now.Sub(w.since)))
	case w.chkErr != nil:
		return w.fit(w.changed.Render(w.symbols.warn+" Preflight could not look: ")+clean(w.chkErr.Error()), width)
	case w.check == nil:
		return ""
	}
	count := map[steps.CheckOutcome]int{}
	first := map[steps.CheckOutcome]string{}
	for _, c := range w.check.Checks {
		if count[c.Outcome]++; count[c.Outcome] == 1 {
			first[c.Outcome] = clean(c.Title)
		}
	}
	var line strings.Builder
	line.WriteString("Preflight  " + w.good.Render(w.ok+" "+plural(count[steps.CheckOK], "check", "checks")))
	for _, o := range []steps.CheckOutcome{steps.CheckBlocked, steps.CheckWarn, steps.CheckUnknown} {
		if n := count[o]; n > 0 {
			line.WriteString("  " + w.checkTone(o).Render(fmt.Sprintf("%s %d %s: %s", w.checkMark(o), n, checkWord(o), first[o])))
		}
	}
	return w.fit(line.String(), width)
}

func checkWord(o steps.CheckOutcome) string {
	if o == steps.CheckWarn {
		return "warning"
	}
	return string(o)
}
