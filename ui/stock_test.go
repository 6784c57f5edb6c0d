package ui

import (
	"context"
	"slices"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// early is a driver whose answers need not stand still before the clouds are asked about them.
func early(t *testing.T, r *recorded) *driver {
	t.Helper()
	d := walkThrough(t, r)
	d.m.patience = 0
	return d
}

func TestATakenNameIsToldWhileTyping(t *testing.T) {
	d := early(t, &recorded{})
	d.press("enter", "tab", "tab")
	for range len("acme-build-to-aws") {
		d.key("backspace")
	}
	d.write("ci-runne").press("r")
	d.shows("ci-runner exists, would be adopted", "ctrl+y adopt it")
	d.press("ctrl+y").shows("will be adopted: only our own part")
	if !slices.Contains(d.m.bridge.Adopt, "toAWS.serviceAccount") {
		t.Errorf("adopt is %v, want toAWS.serviceAccount in it", d.m.bridge.Adopt)
	}
	d.press("s")
	if c, ok := d.m.taken("toAWS.serviceAccount"); ok {
		t.Errorf("ci-runners is told to be taken by %+v", c)
	}
}

func TestTheCloudsAreAskedWhileThePersonTypes(t *testing.T) {
	r := &recorded{}
	d := early(t, r)
	d.press("enter").shows("nothing in the way")
	if len(r.consents) != 1 {
		t.Fatalf("planned %d times on the first form, want once", len(r.consents))
	}
	d.press("enter", "enter").shows("Review", "8 to create")
	if len(r.consents) != 1 {
		t.Errorf("planned %d times, want the plan that was there already", len(r.consents))
	}
	d.press("esc", "esc")
	d.press("x", "enter", "enter", "enter").shows("Review")
	if len(r.consents) != 2 {
		t.Errorf("planned %d times after one change, want 2", len(r.consents))
	}
}

func TestWhatIsInTheWayIsToldOnTheForms(t *testing.T) {
	d := early(t, &recorded{stopped: true})
	d.press("enter").shows("1 thing in the way")
}

func TestANewAnswerCallsTheOldLookOff(t *testing.T) {
	r := &recorded{}
	e := r.engine()
	begun, ended := make(chan string, 8), make(chan string, 8)
	e.Preflight = func(ctx context.Context, b spec.Bridge) (steps.PreflightReport, error) {
		begun <- b.Name
		<-ctx.Done()
		ended <- b.Name
		return steps.PreflightReport{}, ctx.Err()
	}
	d := drive(t, e, Options{Sandbox: true}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.m.patience = 0
	d.key("enter")
	d.until("the look to begin", func() bool { return len(begun) == 1 })
	d.key("x")
	d.until("the old look to end and a new one to begin", func() bool { return len(ended) == 1 && len(begun) == 2 })
	if first := <-ended; first != "acme-build" {
		t.Errorf("the look for %q was called off, want the one for acme-build", first)
	}
}

func TestAListIsReadOnceAPlace(t *testing.T) {
	e := (&recorded{}).engine()
	lists := 0
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		lists++
		page([]Choice{{Value: "acme-legacy"}})
		return nil
	}
	d := drive(t, e, Options{Sandbox: true}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press("enter", "tab", "ctrl+l").shows("acme-legacy")
	d.press("esc", "ctrl+l").shows("acme-legacy")
	if lists != 1 {
		t.Errorf("listed %d times, want once", lists)
	}
}

func TestPickingAProfileSignsInAnew(t *testing.T) {
	r := &recorded{}
	e := r.engine()
	used := ""
	e.Use = func(profile string) { used = profile }
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		page([]Choice{{Value: "210987654321", Title: "profile legacy", Use: "legacy"}})
		return nil
	}
	d := drive(t, e, Options{Sandbox: true}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press("enter", "enter", "ctrl+l").shows("profile legacy")
	d.press("enter").shows("signing in with profile legacy")
	if used != "legacy" {
		t.Errorf("signed in with %q, want legacy", used)
	}
}
