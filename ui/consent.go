package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// consent asks whether to borrow access for the proof: exactly what, to whom, until when. It opens by itself after a
// question to the clouds, so it does not hear keys typed before.
type consent struct{ guard guard }

// newConsent finds out what a proof from here would have to borrow.
func newConsent(w *walk) (screen, tea.Cmd) {
	if w.lend {
		return newVerify(w)
	}
	w.borrow, w.borrowErr = nil, nil
	return consent{}, w.askBorrow()
}

func (c consent) stage() stage { return verifying }

func (c consent) keys(w *walk) []key.Binding {
	if !c.guard.open {
		return []key.Binding{helpKey()}
	}
	yes := bind("y", "lend it and prove", "y")
	yes.SetEnabled(w.borrowErr == nil)
	return []key.Binding{yes, bind("s", "prove without", "s"), detailsKey(), helpKey(), backKey(), quitKey()}
}

func (c consent) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg.(type) {
	case borrowable:
		if w.borrowErr == nil && len(w.borrow) == 0 {
			return newVerify(w)
		}
		return c, w.arm()
	case armed:
		c.guard.open = true
		return c, nil
	}
	if !c.guard.open {
		return c, nil
	}
	switch {
	case is(msg, "y") && w.borrowErr == nil:
		w.lend = true
		return newVerify(w)
	case is(msg, "s"):
		return newVerify(w)
	case is(msg, "esc"):
		if w.result != nil {
			return apply{cloud: google, moved: true}, nil
		}
		return openReview(w)
	case is(msg, "d"):
		return c.details(), nil
	}
	return w.common(c, msg)
}

func (c consent) details() reader {
	return reader{behind: c, title: "What would be lent", text: func(w *walk, width int) []string {
		var lines []string
		for _, ch := range w.borrow {
			lines = append(append(lines, w.strong.Render(titled(ch)), ""), w.detailed(ch, width)...)
			lines = append(lines, "")
		}
		return lines
	}}
}

func (c consent) view(w *walk, b box) page {
	lines := []string{w.strong.Render("Prove it from here?"), ""}
	switch {
	case w.runs(callBorrow):
		return page{lines: append(lines, w.spinner(w.now)+" "+w.muted.Render("asking who may act as the workload "+w.dot+" "+short(w.now.Sub(w.since))))}
	case w.borrowErr != nil:
		return page{lines: append(append(lines, "Nothing can be lent:", ""), w.problem(w.borrowErr, b.w)...)}
	}
	lines = append(lines, fold("To walk across you have to act as the workload for a moment. Exactly this is granted, to nobody but you. It is taken "+
		"back right after the proof, and ends after 15 minutes by the cloud's own clock even if this program is killed:", b.w)...)
	for _, ch := range w.borrow {
		lines = append(lines, "")
		lines = append(lines, w.loan(ch, b.w)...)
	}
	return page{lines: lines}
}

// loan is one grant: what, on what, to whom, until when.
func (w *walk) loan(c steps.Change, width int) []string {
	title := titled(c)
	lines := []string{w.fit(w.action(c.Action)+" "+w.cloud(c.Cloud)+"  "+w.strong.Render(title), width)}
	lines = append(lines, w.labelled("on", c.Name, width))
	for _, f := range c.Fields {
		text := shown(f.After)
		if len(text) == 1 && !f.Sensitive && f.Path != "sid" && !strings.Contains(title, text[0]) {
			lines = append(lines, w.labelled(strings.TrimPrefix(f.Path, "condition."), text[0], width))
		}
	}
	return lines
}

func (w *walk) labelled(name, value string, width int) string {
	const column = 16
	return "  " + w.pad(w.muted.Render(clean(name)), column) + " " + w.middle(clean(value), width-column-3)
}

func (c consent) aside(w *walk, b box) []string {
	if len(w.borrow) == 0 {
		return nil
	}
	return c.details().text(w, b.w)
}

func (c consent) topic(*walk) topic {
	return topic{"Borrowed access", []string{
		"Owning a project does not allow one to get ID tokens of its service accounts, and a role for EC2 trusts nobody but " +
			"EC2. To prove the bridge from your own machine, you borrow exactly that for a moment.",
		"It is granted to exactly the identity you are signed in with, on exactly the one account and the one role of this " +
			"bridge, with an expiry that the cloud itself enforces. It is taken back after the proof, when the proof fails, " +
			"and on ctrl+c.",
		"What is obtained meanwhile lives on a little: an AWS session 15 minutes, an ID token 60 minutes, an access token 5. " +
			"Without borrowing, only what works without it is proven, and the rest says which command to run on the workload.",
	}}
}
