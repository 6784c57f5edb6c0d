package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

// crossing watches the proofs, hop by hop, and opens the claim table where one was refused.
type crossing struct{ top int }

func newVerify(w *walk) (screen, tea.Cmd) { return crossing{}, w.prove() }

func (c crossing) stage() stage { return verifying }

// provenAll reports whether every asked direction is proven.
func (w *walk) provenAll() bool {
	for _, p := range w.proofs {
		if p.Verdict != verify.Proven {
			return false
		}
	}
	return len(w.proofs) > 0 && w.proofErr == nil
}

func (c crossing) keys(w *walk) []key.Binding {
	if w.runs(callProofs) {
		return []key.Binding{helpKey(), bind("ctrl+c", "stop", "ctrl+c")}
	}
	again := bind("r", "prove again", "r")
	borrow := bind("b", "lend access and prove", "b")
	borrow.SetEnabled(!w.lend && !w.provenAll())
	return []key.Binding{
		w.enterKey("next: files"), again, borrow, detailsKey(), helpKey(),
		bind(w.upDown, "scroll", "up", "down", "pgup", "pgdown"), quitKey(),
	}
}

func (c crossing) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	if _, done := msg.(walked); done {
		if w.stopping {
			return nil, nil
		}
		return c, nil
	}
	if w.runs(callProofs) {
		if is(msg, "q") {
			return leave(w, c, false)
		}
		return w.common(c, msg)
	}
	switch {
	case is(msg, "enter"):
		return newFiles(w)
	case is(msg, "r"):
		return newVerify(w)
	case is(msg, "b") && !w.lend && !w.provenAll():
		return newConsent(w)
	case is(msg, "d"):
		return newEvidence(c), nil
	case is(msg, "up", "k"):
		c.top = max(0, c.top-1)
	case is(msg, "down", "j"):
		c.top++
	case is(msg, "pgup"):
		c.top = max(0, c.top-8)
	case is(msg, "pgdown"):
		c.top += 8
	default:
		return w.common(c, msg)
	}
	return c, nil
}

func (c crossing) topic(*walk) topic {
	return topic{"Verify", []string{
		"Nothing is taken for granted: each direction is walked across with the very calls that a workload makes, and at the " +
			"far end the other cloud is asked who we are. Proven means that it answered with exactly the expected identity.",
		"Then the doors are tried, the ways in that must stay shut: a token for another audience, a broken signature, the " +
			"operator's own identity. Refused is the right answer. A door that opens makes the whole verdict bad.",
		"When a hop is refused, the claim table shows what was sent beside what the trust wanted, and the one line that " +
			"decided. Tokens and signatures are never shown, only what they say.",
		"Something new takes a while to be known everywhere in a cloud. A refusal right after creation is waited out, up to " +
			"2 minutes in AWS and 7 in Google.",
	}}
}

// newEvidence shows every claim of every hop.
func newEvidence(c crossing) reader {
	return reader{behind: c, title: "What every hop answered", text: func(w *walk, width int) []string {
		var lines []string
		for _, way := range w.trail.ways {
			way = way.settled(w.proofs)
			lines = append(lines, w.way(way.direction))
			for _, h := range way.hops {
				lines = append(lines, w.fit(w.hopMark(h)+" "+w.pad(clean(h.Name), 18)+w.muted.Render(clean(h.Endpoint)), width))
				for _, k := range order(h.Claims) {
					lines = append(lines, w.claimLines(k, h.Claims[k], width)...)
				}
				if h.Outcome != "ok" && h.Outcome != "skipped" {
					lines = append(lines, w.refusalWhole(h, width)...)
				}
			}
			for _, d := range way.doors {
				lines = append(lines, w.doorMark(d)+" "+clean(d.Attempt)+w.doorWord(d))
				for _, l := range fold(clean(d.Explain), width-4) {
					lines = append(lines, "    "+w.muted.Render(l))
				}
			}
			lines = append(lines, "")
		}
		return lines
	}}
}

// claimLines is a claim with its whole value.
func (w *walk) claimLines(name, value string, width int) []string {
	const column = 12
	var lines []string
	for i, l := range chop(value, width-column-3) {
		shown := ""
		if i == 0 {
			shown = clean(name)
		}
		lines = append(lines, "  "+w.pad(w.muted.Render(shown), column)+" "+l)
	}
	return lines
}

func (c crossing) aside(w *walk, b box) []string {
	if len(w.trail.ways) == 0 || w.runs(callProofs) {
		return nil
	}
	return newEvidence(c).text(w, b.w)
}
