package ui

import "testing"

func TestWhatIsInTheWayIsSeenAndExportedFromTheForms(t *testing.T) {
	d := early(t, &recorded{stopped: true})
	d.press("enter").shows("1 thing in the way", "ctrl+p what is in the way")
	d.press("ctrl+p").shows("permission iam:CreateRole", "e export for somebody with more rights")
	d.press("e").shows("the plan is in acme-build.plan.json")
	d.press("esc").shows("next: AWS")
}

func TestNothingInTheWayIsNotAskedFor(t *testing.T) {
	d := early(t, &recorded{})
	d.press("enter").shows("nothing in the way").press("ctrl+p").shows("Preflight", "permissions").press("esc").shows("bridge name")
}
