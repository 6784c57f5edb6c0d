package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// fresh is how long a plan that was made while the person typed is shown in the review as it is.
const fresh = 90 * time.Second

// due says that the answers have stood still for a moment.
type due struct{ key string }

// key is all that a look at the clouds depends on.
func (d draft) key() string { return strings.Join(append(d.set(), "accept="+d.accept), "\n") }

// ahead starts, while a form is seen, what the next screens will ask for. It runs after every message and does nothing
// unless the answers have changed.
func (w *walk) ahead(s screen) tea.Cmd {
	if f, isForm := s.(form); !isForm || !w.ready() || f.typed && w.flawAt(f.at) != "" {
		return nil
	}
	key := w.draft.key()
	if key == w.awaited {
		return nil
	}
	w.awaited = key
	if key != w.lookedFor {
		w.halt(callPlan)
		w.halt(callPreflight)
	}
	if w.patience <= 0 {
		return w.overdue(due{key})
	}
	return tea.Tick(w.patience, func(time.Time) tea.Msg { return due{key} })
}

// overdue looks, unless the answers went on changing.
func (w *walk) overdue(d due) tea.Cmd {
	if d.key != w.draft.key() || w.ctx.Err() != nil {
		return nil
	}
	cmds := []tea.Cmd{w.stockUp()}
	if w.complete() && d.key != w.lookedFor {
		cmds = append(cmds, w.lookAhead())
	}
	return tea.Batch(cmds...)
}

// complete reports whether both forms could be left as they are.
func (w *walk) complete() bool {
	_, inGoogle := w.wrong(google)
	_, inAWS := w.wrong(aws)
	return w.flaw == nil && inGoogle == "" && inAWS == ""
}

// foreseen reports whether the clouds have been asked, or are being asked, about exactly these answers.
func (w *walk) foreseen() bool {
	asked := w.lookedFor != "" && w.lookedFor == w.draft.key() && w.planErr == nil && w.chkErr == nil
	return asked && (w.plan != nil || w.runs(callPlan)) && w.now.Sub(w.lookedAt) < fresh
}

// foreknown reports whether preflight has answered about these answers, so that it can be looked at before the review.
func (w *walk) foreknown() bool {
	return w.lookedFor == w.draft.key() && !w.runs(callPreflight) && (w.check != nil || w.chkErr != nil)
}

// hindered reports whether preflight found anything that wants a look.
func (w *walk) hindered() bool {
	return w.chkErr != nil || w.check != nil && slices.ContainsFunc(w.check.Checks, func(c steps.Check) bool { return c.Outcome != steps.CheckOK })
}

// exported tells where the plan for somebody with more rights is.
func (w *walk) exported(m exported) {
	if m.err != nil {
		w.warn(clean(m.err.Error()))
		return
	}
	w.say("the plan is in " + m.path + ", for somebody with more rights")
}

// outlook is what is known so far about these answers, in a few words.
func (w *walk) outlook() string {
	if w.lookedFor == "" || w.lookedFor != w.draft.key() {
		return ""
	}
	switch {
	case w.runs(callPreflight) || w.runs(callPlan):
		return w.spinner(w.now) + w.muted.Render(" looking ahead")
	case w.chkErr != nil || w.planErr != nil:
		return w.changed.Render("the clouds could not be read")
	case w.check == nil:
		return ""
	}
	count := func(o steps.CheckOutcome) (n int) {
		for _, c := range w.check.Checks {
			if c.Outcome == o {
				n++
			}
		}
		return n
	}
	switch n := count(steps.CheckBlocked); {
	case n > 0:
		return w.palette.bad.Render(w.symbols.bad + " " + plural(n, "thing", "things") + " in the way")
	case w.plan != nil && slices.ContainsFunc(w.plan.Changes, func(c steps.Change) bool { return c.Action == steps.Blocked }):
		return w.palette.bad.Render(w.symbols.bad + " something is in the way")
	}
	if n := count(steps.CheckWarn); n > 0 {
		return w.changed.Render(w.symbols.warn + " " + plural(n, "warning", "warnings"))
	}
	return w.good.Render(w.ok + " nothing in the way")
}
