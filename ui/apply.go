package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// apply watches the run, lane by lane, and says what to do when it went wrong.
type apply struct {
	cloud string
	at    int
	moved bool // the person looks around: the lanes no longer follow the work
	down  bool // a bridge is taken down
}

func newApply(w *walk) (screen, tea.Cmd) {
	seen := *w.plan
	seen.Changes = w.there(seen.Changes)
	w.run, w.result, w.runErr, w.stopping = newLanes(seen), nil, nil, false
	return apply{cloud: google, down: w.down}, w.apply()
}

func (a apply) stage() stage {
	if a.down {
		return destroying
	}
	return applying
}

// ended reports whether the run has returned.
func (w *walk) ended() bool { return w.result != nil }

// went reports whether everything was done.
func (w *walk) went() bool {
	return w.ended() && w.runErr == nil && len(w.result.Failed()) == 0 && w.result.Summary.Skipped == 0
}

func (a apply) keys(w *walk) []key.Binding {
	move := bind(w.upDown, "move", "up", "down", "left", "right", "tab")
	switch {
	case !w.ended():
		return []key.Binding{move, detailsKey(), helpKey(), bind("ctrl+c", "stop", "ctrl+c")}
	case w.went() && a.down:
		return []key.Binding{w.enterKey("close"), bind("s", "what stays", "s"), move, detailsKey(), helpKey()}
	case a.down:
		return []key.Binding{bind("r", "look again", "r", "enter"), bind("s", "what stays", "s"), detailsKey(), helpKey(), quitKey(), move}
	case w.went():
		return []key.Binding{w.enterKey("next: prove it"), move, detailsKey(), helpKey(), quitKey()}
	}
	export := bind("e", "export", "e")
	export.SetEnabled(w.e.Export != nil)
	return []key.Binding{
		bind("r", "retry", "r", "enter"), bind("s", "go on without it", "s"), export, detailsKey(), bind("b", "answers", "b"), helpKey(), quitKey(), move,
	}
}

func (a apply) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case applied:
		if w.stopping && w.ctx.Err() != nil {
			return nil, nil
		}
		return a.landed(w), nil
	case stepped:
		return a.follow(w, msg.event), nil
	case exported:
		if msg.err == nil {
			w.say("the plan is in " + msg.path)
		} else {
			w.warn(clean(msg.err.Error()))
		}
	case tea.KeyPressMsg:
		return a.press(w, msg)
	}
	return a, nil
}

func (a apply) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	lane := w.lane(a.cloud)
	switch msg.String() {
	case "up", "k":
		return a.to(a.cloud, max(0, a.at-1)), nil
	case "down", "j":
		return a.to(a.cloud, min(a.at+1, len(lane)-1)), nil
	case "left", "h":
		return a.cross(w, google), nil
	case "right", "l":
		return a.cross(w, aws), nil
	case "tab":
		return a.cross(w, other(a.cloud)), nil
	case "d":
		if a.at < len(lane) {
			return newPlank(a, lane[a.at].change.ID), nil
		}
		return a, nil
	}
	if a.down && w.ended() {
		return a.taken(w, msg)
	}
	if !w.ended() {
		if is(msg, "q") {
			return leave(w, a, false)
		}
		return w.common(a, msg)
	}
	return a.onward(w, msg)
}

// onward handles the keys that lead away from a run that has ended.
func (a apply) onward(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case w.went() && is(msg, "enter"):
		return newConsent(w)
	case !w.went() && is(msg, "r", "enter"):
		w.stopping, w.interrupted = false, false
		return newReview(w)
	case !w.went() && is(msg, "s"):
		w.stopping, w.interrupted = false, false
		return newConsent(w)
	case !w.went() && is(msg, "b", "esc"):
		return newGoogleForm(w), nil
	case !w.went() && is(msg, "e") && w.e.Export != nil:
		return a, w.export()
	}
	return w.common(a, msg)
}

func (a apply) to(cloud string, at int) apply {
	a.cloud, a.at, a.moved = cloud, at, true
	return a
}

// cross goes to the lane of a cloud, unless it is empty.
func (a apply) cross(w *walk, cloud string) apply {
	lane := w.lane(cloud)
	if cloud == a.cloud || len(lane) == 0 {
		return a
	}
	return a.to(cloud, min(a.at, len(lane)-1))
}

// follow keeps what is happening in sight, until the person looks around.
func (a apply) follow(w *walk, e steps.Event) apply {
	if a.moved || e.Kind != steps.Started {
		return a
	}
	for _, cloud := range []string{google, aws} {
		for i, p := range w.lane(cloud) {
			if p.change.ID == e.Step {
				a.cloud, a.at = cloud, i
			}
		}
	}
	return a
}

// landed puts the cursor on what failed, or back to the beginning unless the person looks around: which lane was the last
// to end differs from run to run.
func (a apply) landed(w *walk) apply {
	for _, cloud := range []string{google, aws} {
		for i, p := range w.lane(cloud) {
			if p.kind == steps.Failed {
				return a.to(cloud, i)
			}
		}
	}
	if a.moved {
		return a
	}
	if a.cloud, a.at = google, 0; len(w.lane(google)) == 0 {
		a.cloud = aws
	}
	return a
}

// lane is one cloud's part of the run.
func (w *walk) lane(cloud string) []plank {
	var out []plank
	for _, p := range w.run.planks {
		if (p.change.Cloud == google) == (cloud == google) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b plank) int { return keptLast(a.change.Action) - keptLast(b.change.Action) })
	return out
}
