package ui

import (
	"errors"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// findings shows an audit: drift and findings in the two lanes, who gets in, and what could not be said.
type findings struct {
	cloud   string
	at      int
	open    string         // key of the rule that is unfolded, "" for none
	floor   audit.Severity // the mildest that is shown, "" for all
	leaving bool           // waits for the reading to stop
}

func newFindings(w *walk) (findings, tea.Cmd) { return findings{cloud: google}, w.inspect() }

func (f findings) stage() stage { return auditing }

// focused is the row under the cursor.
func (f findings) focused(w *walk) (told, bool) {
	if lane := f.lane(w, f.cloud); f.at < len(lane) {
		return lane[f.at], true
	}
	return told{}, false
}

func (f findings) keys(w *walk) []key.Binding {
	if w.runs(callAudit) {
		return []key.Binding{bind("q", "stop", "q", "esc", "ctrl+c")}
	}
	if w.survey.found == nil {
		return []key.Binding{w.enterKey("leave"), bind("r", "read again", "r")}
	}
	t, ok := f.focused(w)
	show, unfold := w.enterKey("evidence"), bind("space", "unfold", "space")
	show.SetEnabled(ok)
	unfold.SetEnabled(ok && len(t.list) > 1)
	filter := bind("s", "severity", "s")
	filter.SetEnabled(len(f.floors(w)) > 1)
	ways := bind("w", "who gets in", "w")
	unread := bind("n", "not evaluated", "n")
	unread.SetEnabled(len(w.survey.found.NotEvaluated) > 0)
	accepted := bind("a", "accepted", "a")
	accepted.SetEnabled(len(w.survey.found.Accepted) > 0)
	return []key.Binding{
		show, unfold, ways, unread, bind("q", "close", "q", "esc"), filter, helpKey(),
		bind(w.upDown, "move", "up", "down", "left", "right", "tab"), accepted, bind("r", "read again", "r"),
	}
}

func (f findings) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case audited:
		if f.leaving || msg.err != nil && !foreseeable(msg.err) {
			return nil, nil
		}
		return f.landed(w), nil
	case tea.KeyPressMsg:
		switch {
		case w.runs(callAudit):
			if is(msg, "q", "esc") {
				return f.stop(w), nil
			}
			return f, nil
		case is(msg, "r"):
			return newFindings(w)
		case w.survey.found == nil && is(msg, "enter"):
			return nil, nil
		}
		return f.press(w, msg)
	}
	return f, nil
}

// foreseeable reports whether an error says what to do, so that reading again may help. Input that cannot be used is told
// on the terminal, where it is put right.
func foreseeable(err error) bool { _, ok := errors.AsType[*explain.Problem](err); return ok }

// stop calls the reading off. The screen stays until it has ended: nobody writes about it after that.
func (f findings) stop(w *walk) findings {
	f.leaving = true
	w.interrupt(callAudit)
	return f
}

// landed puts the cursor into the lane where the gravest row is.
func (f findings) landed(w *walk) findings {
	f.cloud, f.at = google, 0
	left, right := f.lane(w, google), f.lane(w, aws)
	if len(right) > 0 && (len(left) == 0 || weight(right[0]) < weight(left[0])) {
		f.cloud = aws
	}
	return f
}

// weight orders rows: drift before findings, these by severity.
func weight(t told) int {
	if t.drift != nil {
		return -1
	}
	return slices.Index(audit.Severities(), t.list[0].Severity)
}

func (f findings) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch msg.String() {
	case "up", "k":
		return f.to(w, f.cloud, f.at-1), nil
	case "down", "j":
		return f.to(w, f.cloud, f.at+1), nil
	case "pgup":
		return f.to(w, f.cloud, f.at-8), nil
	case "pgdown":
		return f.to(w, f.cloud, f.at+8), nil
	case "left", "h":
		return f.to(w, google, f.at), nil
	case "right", "l":
		return f.to(w, aws, f.at), nil
	case "tab":
		return f.to(w, other(f.cloud), f.at), nil
	case "space":
		return f.unfolded(w), nil
	case "s":
		return f.filtered(w), nil
	case "esc", "q":
		return nil, nil
	}
	return f.show(w, msg)
}

// to moves the cursor; a lane without a row is not entered.
func (f findings) to(w *walk, cloud string, at int) findings {
	if lane := f.lane(w, cloud); len(lane) > 0 {
		f.cloud, f.at = cloud, max(0, min(at, len(lane)-1))
	}
	return f
}

// unfolded shows the findings of the focused rule one by one, or folds them again.
func (f findings) unfolded(w *walk) findings {
	t, ok := f.focused(w)
	switch {
	case !ok || t.drift != nil:
		return f
	case f.open == t.key():
		f.open = ""
		lane := f.lane(w, f.cloud)
		f.at = slices.IndexFunc(lane, func(x told) bool { return x.drift == nil && x.key() == t.key() })
	case len(t.list) > 1:
		f.open = t.key()
	}
	return f
}

// filtered goes to the next floor.
func (f findings) filtered(w *walk) findings {
	floors := f.floors(w)
	f.floor = floors[(slices.Index(floors, f.floor)+1)%len(floors)]
	f.open = ""
	return f.landed(w)
}

// show opens what a key shows.
func (f findings) show(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	t, ok := f.focused(w)
	switch {
	case is(msg, "enter", "d") && ok:
		return newEvidenceOf(f, t), nil
	case is(msg, "w"):
		return newWays(f), nil
	case is(msg, "n") && len(w.survey.found.NotEvaluated) > 0:
		return newUnread(f), nil
	case is(msg, "a") && len(w.survey.found.Accepted) > 0:
		return newAccepted(f), nil
	}
	return w.common(f, msg)
}

func (f findings) aside(w *walk, b box) []string {
	if t, ok := f.focused(w); ok {
		return append([]string{w.strong.Render(f.headline(t)), ""}, newEvidenceOf(f, t).text(w, b.w)...)
	}
	return nil
}

func (f findings) topic(*walk) topic {
	return topic{"Audit", []string{
		"Both clouds were read just now, compared with the bridge, and every security rule was asked about what stands there. " +
			"Nothing was written, and nothing is.",
		"Drift is what apply would put back. Findings are looser than they should be, the worst first: the evidence is exactly " +
			"what was seen, the fix is one sentence, and where there is a corrected document or a command, it is shown whole.",
		"Who gets in is every way from one cloud into the other, both halves joined. A half that is missing is dangling.",
		"A rule that may not read what it needs is listed as not evaluated, with the missing permission. It is never passed.",
	}}
}
