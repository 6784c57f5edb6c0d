package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// click points at the first place where the screen shows a text.
func (d *driver) click(text string) *driver {
	d.t.Helper()
	for y, line := range strings.Split(ansi.Strip(d.m.View().Content), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			d.apply(tea.MouseClickMsg{X: ansi.StringWidth(before), Y: y, Button: tea.MouseLeft})
			d.settle()
			return d
		}
	}
	d.t.Fatalf("nothing on the screen says %q:\n%s", text, d.text())
	return d
}

func mouse(t *testing.T, r *recorded) *driver {
	t.Helper()
	d := drive(t, r.engine(), Options{Mouse: true}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	return d
}

func TestTheMouseIsOffUnlessAskedFor(t *testing.T) {
	if v := walkThrough(t, &recorded{}).m.View(); v.MouseMode != tea.MouseModeNone {
		t.Errorf("mouse mode is %v, want none", v.MouseMode)
	}
	if v := mouse(t, &recorded{}).m.View(); v.MouseMode != tea.MouseModeCellMotion {
		t.Errorf("mouse mode is %v, want cell motion", v.MouseMode)
	}
}

func TestRowsAndKeysAreClicked(t *testing.T) {
	d := mouse(t, &recorded{})
	d.click("a service account assumes")
	if d.m.draft.toGoogle || !d.m.draft.toAWS {
		t.Error("the clicked direction was not chosen")
	}
	d.click("Both ways").click("next: Google").shows("bridge name")
	d.click("identity pool")
	if f, ok := d.m.at.(form); !ok || f.at != "toGoogle.pool" {
		t.Fatalf("the focus is at %+v, want the pool", d.m.at)
	}
	d.click("next: AWS").shows("next: Review").click("next: Review").shows("Review")
	d.click("instance profile")
	if c, ok := d.m.at.(review).focused(d.m.walk); !ok || c.Kind != "instance-profile" {
		t.Errorf("focused %+v, want the instance profile", c)
	}
}

func TestTheWheelMovesTheCursor(t *testing.T) {
	d := mouse(t, &recorded{})
	d.press("enter").shows("▸ bridge name")
	d.apply(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	d.shows("▸ project")
	d.apply(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	d.shows("▸ bridge name")
}

func TestAListIsClicked(t *testing.T) {
	d := mouse(t, &recorded{})
	d.press("enter", "tab", "ctrl+l").click("acme-legacy").press("enter").shows("acme-legacy")
	if v, _ := d.m.value("google.project"); v != "acme-legacy" {
		t.Errorf("project is %q, want the clicked one", v)
	}
}

func TestConsentIsNeverClicked(t *testing.T) {
	r := &recorded{}
	d := mouse(t, r)
	d.press("enter", "enter", "enter", "enter").shows("y apply").click("y apply")
	if r.applies != 0 {
		t.Error("a click applied the plan")
	}
	d.press("y", "enter").shows("y lend it").click("y lend it")
	if d.m.lend {
		t.Error("a click lent access")
	}
}

func TestAFindingIsClicked(t *testing.T) {
	d := auditAt(t, found(), 80, 24)
	d.click("sessions last long")
	if f, ok := d.m.at.(findings).focused(d.m.walk); !ok || f.list[0].ID != "AWS-R02" {
		t.Errorf("focused %+v, want the clicked finding", f)
	}
}
