package ui

import (
	"context"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func TestTheListSaysWhatTheFieldWouldRefuseAndDoesNotTakeIt(t *testing.T) {
	const account = "512345678901-compute@developer.gserviceaccount.com"
	e := (&recorded{}).engine()
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		page([]Choice{
			{Value: account, Title: "Default", Note: "exists, would be adopted", Adopt: true},
			{Value: "ci-runner", Note: "exists, would be adopted", Adopt: true},
		})
		return nil
	}
	d := drive(t, e, Options{Sandbox: true}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press("enter", "tab", "tab", "ctrl+l").shows(account, "cannot be taken: ")
	before := d.m.draft.value("toAWS.serviceAccount")
	d.press("enter").shows(account + " cannot be taken: ")
	if _, open := d.m.at.(picker); !open || d.m.draft.value("toAWS.serviceAccount") != before || len(d.m.draft.adopt) > 0 {
		t.Errorf("the field holds %q and adopts %v, want nothing taken", d.m.draft.value("toAWS.serviceAccount"), d.m.draft.adopt)
	}
	d.press("down", "enter")
	if got := d.m.draft.value("toAWS.serviceAccount"); got != "ci-runner" {
		t.Errorf("the field holds %q, want ci-runner", got)
	}
}
