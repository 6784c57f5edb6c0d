package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// connect is the first screen: who we are on both sides, and which way the bridge should go.
type connect struct {
	pick int  // 0 both ways, 1 to AWS, 2 to Google
	back bool // the draft that was kept, instead
}

func newConnect(w *walk) connect {
	switch {
	case w.draft.toAWS && w.draft.toGoogle:
		return connect{pick: 0}
	case w.draft.toAWS:
		return connect{pick: 1}
	}
	return connect{pick: 2}
}

func (c connect) stage() stage { return connecting }

func (c connect) keys(w *walk) []key.Binding {
	next := w.enterKey("next: Google")
	next.SetEnabled(w.ready())
	return []key.Binding{
		bind(w.upDown, "choose", "up", "down", "k", "j", "1", "2", "3"),
		next, detailsKey(), helpKey(), bind("r", "ask again", "r"), quitKey(),
	}
}

// ready reports whether both sides are signed in.
func (w *walk) ready() bool { return w.asked && w.sides.SignedIn() }

func (c connect) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg.(type) {
	case signedIn:
		if !w.ready() {
			return c, again()
		}
		return c, nil
	case askAgain:
		if w.ready() || w.runs(callSignIn) {
			return c, nil
		}
		return c, w.signIn()
	}
	switch {
	case is(msg, "up", "k"):
		return c.move(w, -1), nil
	case is(msg, "down", "j"):
		return c.move(w, 1), nil
	case is(msg, "1", "2", "3"):
		return c.choose(w, int(msg.(tea.KeyPressMsg).Code-'1')), nil
	case is(msg, "r"):
		return c, w.signIn()
	case is(msg, "d"):
		return newSides(c), nil
	case is(msg, "enter"):
		return c.next(w)
	}
	return w.common(c, msg)
}

// opening is the first screen of a walk: a draft that was kept is what people most likely want.
func opening(w *walk) connect {
	c := newConnect(w)
	_, c.back = w.resumable()
	return c
}

// move goes through the choices; the draft that was kept stands above the three ways.
func (c connect) move(w *walk, n int) connect {
	_, draft := w.resumable()
	at, from := c.pick, 0
	if draft {
		from = -1
	}
	if c.back {
		at = -1
	}
	if at += n; at < from {
		at = 2
	}
	if at > 2 {
		at = from
	}
	if at < 0 {
		c.back = true
		return c
	}
	return c.choose(w, at)
}

func (c connect) choose(w *walk, pick int) connect {
	c.pick, c.back = pick, false
	w.draft.toAWS, w.draft.toGoogle = pick != 2, pick != 1
	w.settle()
	return c
}

func (c connect) next(w *walk) (screen, tea.Cmd) {
	if !w.ready() {
		w.warn("both sides have to be signed in first; this screen notices by itself when they are")
		return c, nil
	}
	if k, ok := w.resumable(); ok && c.back {
		w.resume(k)
		w.say("going on with the draft")
	}
	return newGoogleForm(w), nil
}

func (c connect) topic(w *walk) topic {
	return topic{"Connect and direction", []string{
		"drawbridge lets a Google Cloud project and an AWS account trust each other without any key being stored. Each side " +
			"proves who it is with a short-lived token that the other side can check.",
		"Google " + w.arrow + " AWS: a workload that runs as a Google service account gets an ID token and exchanges it for the " +
			"credentials of one IAM role. AWS trusts exactly that service account, by its number, for exactly one audience.",
		"AWS " + w.arrow + " Google: a workload that runs with an IAM role signs a request that only that role can sign. Google checks it " +
			"with AWS and lets the role act as one service account, or hold its grants directly.",
		"You are the operator: your own sign-in is used to look and, after the review, to create. Nothing is changed in " +
			"either cloud before you have confirmed the review.",
	}}
}

// aside says what the chosen directions are, on a wide terminal.
func (c connect) aside(w *walk, b box) []string {
	t := c.topic(w)
	lines := []string{w.strong.Render("How it works"), ""}
	for _, p := range t.words {
		for _, l := range fold(p, b.w) {
			lines = append(lines, w.muted.Render(l))
		}
		lines = append(lines, "")
	}
	return lines
}
