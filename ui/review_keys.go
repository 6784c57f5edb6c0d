package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

func (r review) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	if r.only && is(msg, "enter", "esc", "q", "r", "p", "e", "a", "A") {
		return r.closed(w, msg)
	}
	switch msg.String() {
	case "space":
		return r.unfolded(w), nil
	case "up", "k":
		return r.move(w, -1), nil
	case "down", "j":
		return r.move(w, 1), nil
	case "pgup":
		return r.move(w, -8), nil
	case "pgdown":
		return r.move(w, 8), nil
	case "left", "h":
		return r.cross(w, google), nil
	case "right", "l":
		return r.cross(w, aws), nil
	case "tab":
		return r.cross(w, other(r.cloud)), nil
	case "enter":
		return r.confirm(w)
	case "esc":
		w.halt(callPlan)
		w.halt(callPreflight)
		return newAWSForm(w), nil
	}
	return r.show(w, msg)
}

// closed ends a look at a plan; the keys that lead on from a review are not heard there.
func (r review) closed(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case is(msg, "enter", "esc", "q"):
		return nil, nil
	case is(msg, "r") && w.planErr != nil:
		return r, w.lookAhead()
	}
	return r, nil
}

// unfolded shows the focused change whole in its lane, or folds it again.
func (r review) unfolded(w *walk) review {
	c, ok := r.focused(w)
	if r.open == c.ID || !ok {
		r.open = ""
	} else {
		r.open = c.ID
	}
	return r
}

// show handles the keys that show or change something of the plan.
func (r review) show(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	c, ok := r.focused(w)
	switch {
	case is(msg, "r"):
		return newReview(w)
	case is(msg, "p"):
		return newChecks(r), nil
	case is(msg, "e") && w.plan != nil && w.e.Export != nil:
		return r, w.export()
	case is(msg, "d") && ok:
		return newDetails(r, c), nil
	case is(msg, "c") && ok && c.Command != "":
		return newCommand(r, c), nil
	case is(msg, "a") && ok && c.Allow != "":
		if !slices.Contains(w.draft.adopt, c.Allow) {
			w.draft.adopt = append(w.draft.adopt, c.Allow)
		}
		w.settle()
		w.say("adopt: " + c.Allow + " is in the file now; what would be added to it is shown")
		return newReview(w)
	case is(msg, "A") && ok && c.Accept != "":
		w.draft.accept = c.Accept
		w.say("account " + c.Accept + " is accepted for this run, and for no other")
		return newReview(w)
	}
	return w.common(r, msg)
}

// confirm asks whether to apply, or goes on where there is nothing to.
func (r review) confirm(w *walk) (screen, tea.Cmd) {
	if w.planErr != nil {
		return newReview(w)
	}
	if why := w.stopped(); why != "" {
		w.warn(why)
		return r, nil
	}
	if !w.plan.Pending() {
		return newConsent(w)
	}
	r.asks, r.guard = true, guard{}
	return r, w.arm()
}

func (r review) answer(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case !r.guard.open:
		return r, nil
	case is(msg, "y"):
		return newApply(w)
	case is(msg, "n", "esc", "q"):
		r.asks = false
	}
	return r, nil
}

func (r review) topic(*walk) topic {
	return topic{"Review", []string{
		"This is everything that would change, in both clouds, read from them just now. Nothing has been changed yet, and " +
			"nothing else will be: apply makes exactly this list, and stops if something moved meanwhile.",
		"+ create   ^ adopt: exists, and only our own part is added   * restore: deleted lately, comes back   ~ update   " +
			"= keep   - remove   ! blocked",
		"A blocked change cannot be applied past. Its line says why and the way out; where the way out is your consent, the " +
			"key for it is shown below.",
		"Preflight looks for what would stop the run half-way: missing permissions, organisation policies, disabled APIs, " +
			"names already taken. e writes the plan to a file for somebody with more rights.",
	}}
}
