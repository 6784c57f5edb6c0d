package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// review shows what would change and what would stop it. Nothing is changed before it was confirmed.
type review struct {
	cloud string // the focused lane
	at    int
	asks  bool   // the question whether to apply is open
	open  string // id of the change that is unfolded, "" for none
	only  bool   // a plan that is looked at and not applied
	guard guard
}

// newReview asks both clouds what would change.
func newReview(w *walk) (screen, tea.Cmd) {
	w.reviewed = true
	return review{cloud: google}, w.lookAhead()
}

// openReview shows what was found out while the person typed, where that is about these very answers.
func openReview(w *walk) (screen, tea.Cmd) {
	if !w.foreseen() {
		return newReview(w)
	}
	w.reviewed = true
	r := review{cloud: google}
	if w.plan != nil {
		r = r.landed(w)
	}
	return r, nil
}

func (r review) stage() stage {
	if r.only {
		return planning
	}
	return reviewing
}

// lanes are the changes of both sides, what happens before what stays.
func (r review) lane(w *walk, cloud string) []steps.Change {
	if w.plan == nil {
		return nil
	}
	left, right := split(w.there(w.plan.Changes))
	if cloud == google {
		return left
	}
	return right
}

// focused is the change under the cursor.
func (r review) focused(w *walk) (steps.Change, bool) {
	lane := r.lane(w, r.cloud)
	if r.at < len(lane) {
		return lane[r.at], true
	}
	return steps.Change{}, false
}

// stopped says why the plan cannot be applied, "" when it can.
func (w *walk) stopped() string {
	switch {
	case w.plan == nil:
		return "the plan is not there yet"
	case w.plan.Summary.Blocked > 0:
		return plural(w.plan.Summary.Blocked, "change is", "changes are") + " blocked: the way out is on the line, d shows it whole"
	case w.runs(callPreflight):
		return "preflight is still looking for what would stop this"
	case w.check != nil && w.check.Blocked():
		return "preflight found something that would stop this: p shows it and the way out"
	}
	return ""
}

func (r review) keys(w *walk) []key.Binding {
	if r.asks {
		if !r.guard.open {
			return nil
		}
		return []key.Binding{bind("y", "apply", "y"), bind("n", "look again", "n", "esc")}
	}
	c, ok := r.focused(w)
	unfold := bind("space", "unfold", "space")
	unfold.SetEnabled(ok)
	if r.only && w.planErr != nil {
		return []key.Binding{w.enterKey("leave"), bind("r", "read again", "r")}
	}
	if r.only {
		return []key.Binding{w.enterKey("close"), bind(w.upDown, "move", "up", "down", "left", "right", "tab"), unfold, detailsKey(), bind("c", "command", "c"), helpKey()}
	}
	apply := w.enterKey("apply")
	apply.SetEnabled(w.stopped() == "" && w.plan.Pending())
	if w.plan != nil && !w.plan.Pending() {
		apply = w.enterKey("prove it")
	}
	details, command := detailsKey(), bind("c", "command", "c")
	details.SetEnabled(ok)
	command.SetEnabled(ok && c.Command != "")
	adopt, accept := bind("a", "adopt it", "a"), bind("A", "accept the new account", "A")
	adopt.SetEnabled(ok && c.Allow != "")
	accept.SetEnabled(ok && c.Accept != "")
	export := bind("e", "export", "e")
	export.SetEnabled(w.plan != nil && w.e.Export != nil)
	return []key.Binding{
		apply, adopt, accept, bind(w.upDown, "move", "up", "down", "left", "right", "tab"), unfold, details, export, helpKey(), backKey(),
		command, bind("p", "preflight", "p"), bind("r", "read again", "r"), quitKey(),
	}
}

func (r review) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case planned:
		if r.only && msg.err != nil && !foreseeable(msg.err) {
			return nil, nil
		}
		return r.landed(w), nil
	case exported:
		w.exported(msg)
		return r, nil
	case armed:
		r.guard.open = true
		return r, nil
	case tea.KeyPressMsg:
		if r.asks {
			return r.answer(w, msg)
		}
		return r.press(w, msg)
	}
	return r, nil
}

// landed puts the cursor on what needs a person first: the first blocked change, else the first change.
func (r review) landed(w *walk) review {
	r.cloud, r.at = google, 0
	blocked := func(c steps.Change) bool { return c.Action == steps.Blocked }
	changes := func(c steps.Change) bool { return c.Action != steps.Keep }
	for _, wanted := range []func(steps.Change) bool{blocked, changes} {
		for _, cloud := range []string{google, aws} {
			if i := slices.IndexFunc(r.lane(w, cloud), wanted); i >= 0 {
				r.cloud, r.at = cloud, i
				return r
			}
		}
	}
	return r
}

func (r review) move(w *walk, n int) review {
	r.at = max(0, min(r.at+n, len(r.lane(w, r.cloud))-1))
	return r
}

// cross goes to the other lane, if there is anything.
func (r review) cross(w *walk, cloud string) review {
	if lane := r.lane(w, cloud); len(lane) > 0 {
		r.cloud, r.at = cloud, min(r.at, len(lane)-1)
	}
	return r
}

func other(cloud string) string {
	if cloud == google {
		return aws
	}
	return google
}

// aside is the focused change whole: no key is needed on a wide terminal.
func (r review) aside(w *walk, b box) []string {
	if c, ok := r.focused(w); ok && !r.asks {
		return append([]string{w.strong.Render(titled(c)), ""}, w.detailed(c, b.w)...)
	}
	return nil
}
