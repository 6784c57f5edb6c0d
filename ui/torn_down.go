package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// taken handles the keys once a bridge was taken down, or was not.
func (a apply) taken(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case is(msg, "s"):
		return newRemains(a), nil
	case w.went() && is(msg, "enter", "esc", "q"), is(msg, "q", "esc"):
		return nil, nil
	case !w.went() && is(msg, "r", "enter"):
		w.stopping, w.interrupted, w.result, w.runErr = false, false, nil, nil
		return razing{look: review{cloud: google}, edit: typing("")}, w.lookAhead()
	}
	return w.common(a, msg)
}

// tornDown is what stands under the lanes once it has ended: what stays, and why.
func (w *walk) tornDown(b box) []string {
	if !w.went() {
		lines := []string{""}
		switch failed := w.result.Failed(); {
		case w.interrupted:
			lines = append(lines, w.changed.Render("Stopped. What is gone is gone; the rest stays as it is."))
		case len(failed) > 0 && failed[0].Problem != nil:
			lines = append(lines, first(w.problem(failed[0].Problem, b.w), 5)...)
		case w.runErr != nil:
			lines = append(lines, first(w.problem(w.runErr, b.w), 5)...)
		}
		return append(lines, w.later("Go on now with r", "destroy -f "+quote(w.o.File), b.w)...)
	}
	kept := steps.DestroyOf(*w.plan, *w.result).Kept
	if len(kept) == 0 {
		return []string{"", w.good.Render("Everything of this bridge is gone.")}
	}
	lines := []string{"", w.good.Render("What can go is gone.") + " " + w.muted.Render(plural(len(kept), "thing stays or lives", "things stay or live")+
		" on a while: s says why.")}
	room := 3
	if b.h > 30 {
		room = 8
	}
	for _, k := range kept[:min(len(kept), room)] {
		lines = append(lines, w.fit("  "+w.keptName(k)+"  "+w.muted.Render(clean(k.Reason)), b.w))
	}
	return lines
}

// there leaves out, where a bridge is taken down, what is not there anyway: it neither goes nor stays.
func (w *walk) there(changes []steps.Change) []steps.Change {
	if !w.down || w.plan == nil {
		return changes
	}
	stay := map[string]bool{}
	for _, k := range steps.DestroyOf(*w.plan, steps.Result{}).Kept {
		stay[k.ID] = true
	}
	var out []steps.Change
	for _, c := range changes {
		if c.Action != steps.Keep || stay[c.ID] {
			out = append(out, c)
		}
	}
	return out
}

// keptName is the title of what stays.
func (w *walk) keptName(k steps.Kept) string {
	for _, c := range w.plan.Changes {
		if c.ID == k.ID {
			return titled(c)
		}
	}
	return clean(k.ID)
}

// newRemains lists what stays, why, until when, and what brings it back.
func newRemains(a apply) reader {
	return reader{behind: a, title: "What stays, and what brings back what is gone", text: func(w *walk, width int) []string {
		var lines []string
		for _, k := range steps.DestroyOf(*w.plan, *w.result).Kept {
			mark := w.muted.Render(string(steps.Keep.Rune()))
			if k.Held {
				mark = w.changed.Render(w.symbols.warn)
			}
			lines = append(lines, mark+" "+w.strong.Render(w.keptName(k)))
			lines = append(lines, indent("    ", fold(clean(k.Reason), width-4))...)
			if k.Command != "" {
				lines = append(lines, "    "+w.muted.Render("what brings it back, or takes it away"))
				lines = append(lines, indent("    ", w.painted(strings.TrimSpace(k.Command), width-4))...)
			}
			lines = append(lines, "")
		}
		if len(lines) == 0 {
			return []string{"Nothing stays."}
		}
		return lines
	}}
}
