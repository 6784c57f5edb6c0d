package ui

import (
	"testing"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

func TestInApplyLeftIsGoogleAndRightIsAWS(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "enter", "enter", "enter", "y")
	at := func() string { return d.m.at.(apply).cloud }
	for _, step := range []struct{ key, want string }{
		{"left", google}, {"right", aws}, {"right", aws}, {"l", aws}, {"left", google}, {"h", google}, {"tab", aws}, {"tab", google},
	} {
		if d.press(step.key); at() != step.want {
			t.Errorf("%s leads to the lane of %s, want %s", step.key, at(), step.want)
		}
	}
}

// The clouds end in any order: what is pointed at once all is over must not tell which was last.
func TestOnceAllIsDoneTheCursorStandsAtTheBeginning(t *testing.T) {
	for _, last := range []string{"google.apis", "aws.instance-profile", "google.binding"} {
		d := walkThrough(t, &recorded{})
		d.press("enter", "enter", "enter", "enter").key("y")
		d.until("the lanes", func() bool { _, ok := d.m.at.(apply); return ok })
		d.m.at, _ = d.m.at.update(d.m.walk, stepped{steps.Event{Step: last, Kind: steps.Started}})
		d.settle()
		if got := d.m.at.(apply); got.cloud != google || got.at != 0 {
			t.Errorf("with %s last the cursor stands at %s %d, want the first of google", last, got.cloud, got.at)
		}
	}
}

func TestWhatFailedIsPointedAt(t *testing.T) {
	d := walkThrough(t, &recorded{fails: true})
	d.press("enter", "enter", "enter", "enter", "y")
	a := d.m.at.(apply)
	if got := d.m.lane(a.cloud)[a.at].change.ID; got != "aws.role.to-google" {
		t.Errorf("the cursor stands at %s, want what failed", got)
	}
}
