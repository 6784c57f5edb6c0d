package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestAPlanIsLookedAtAndNotApplied(t *testing.T) {
	r := &recorded{}
	d := drive(t, r.engine(), Options{}, 80, 24)
	b, p := standing(t)
	d.until("who we are", func() bool { return d.m.asked })
	d.m.at = looking(d.m.walk, b, p)
	d.shows("▸ Plan", "space unfold")
	d.press("a", "e", "r", "p").shows("▸ Plan")
	golden(t, "plan-80x24", d.text())
	d.key("enter")
	d.until("the end", func() bool { return d.quit })
	if r.applies+r.saves != 0 {
		t.Errorf("looking at a plan applied %d times and saved %d times", r.applies, r.saves)
	}
}

func TestAChangeIsUnfoldedInItsLane(t *testing.T) {
	d := walkThrough(t, &recorded{blocked: true})
	d.apply(tea.WindowSizeMsg{Width: 100, Height: 40})
	d.press("enter", "enter", "enter", "space").shows("maxSessionDuration 1h", "accounts.google.com")
	d.press("space")
	if strings.Contains(d.text(), "maxSessionDuration") {
		t.Errorf("the change is still unfolded:\n%s", d.text())
	}
}

func TestScreensWithoutAnEngineAskForNothing(t *testing.T) {
	b, p := standing(t)
	w := newWalk(t.Context(), Engine{}, Options{})
	m := model{walk: w, at: looking(w, b, p)}
	if m.Init(); len(w.calls) != 0 {
		t.Errorf("calls %v were started without an engine", w.calls)
	}
}
