//go:build unix

package main

import (
	"fmt"
	"strings"
	"testing"
)

// toReview walks from the first screen to the review.
func (d *desk) toReview() *desk {
	d.t.Helper()
	d.await("operator@acme.example", "next: Google").press("Enter").await("next: AWS").press("Enter").await("next: Review")
	return d.press("Enter").await("▸ Review", "Preflight")
}

func (d *desk) apply() *desk {
	d.t.Helper()
	return d.await("⏎ apply").press("Enter").await("y apply").press("y")
}

// toApplied applies and wants it to work.
func (d *desk) toApplied() *desk {
	d.t.Helper()
	return d.apply().await("The bridge stands.")
}

func TestBothProofsAndTheFilesAreAFewKeysAway(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			d := sit(t, size[0], size[1]).run("drawbridge --sandbox").toReview().toApplied()
			d.press("Enter").await("y lend it and prove").press("y")
			d.await("Google ◀━━━▶ AWS", "next: files").press("Enter").await("⏎ write").press("Enter").await("⏎ finish").press("Enter")
			d.ends(0).await("proven Google → AWS", "proven AWS → Google")
			if d.keys >= 25 {
				t.Errorf("%d keys, want fewer than 25", d.keys)
			}
			for _, name := range []string{"bridge.yaml", "drawbridge-files"} {
				if !d.holds(name) {
					t.Errorf("there is no %s", name)
				}
			}
		})
	}
}

func TestAFailedStepIsExplainedExportedAndRetried(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --fault aws.iam.CreateInstanceProfile=AccessDenied*1").toReview().apply()
	d.await("✗", "r retry").press("e").await(".plan.json").press("r").toApplied()
}

func TestAnApplyThatWasStoppedGoesOnInANewProcess(t *testing.T) {
	t.Parallel()
	line := "drawbridge --sandbox --sandbox-state clouds --latency 60ms"
	d := sit(t, 80, 24).run(line).toReview().apply()
	d.await("1 of").press("C-c").await("Stop here?").press("y").await("r retry")
	if shown := d.screen(); strings.Contains(shown, "it failed") {
		t.Errorf("a stop is told as a failure:\n%s", shown)
	}
	d.press("q").ends(130)
	d.run(strings.Replace(line, "drawbridge", "drawbridge setup -f bridge.yaml", 1)).toReview().toApplied()
}

func TestTheTerminalMayChangeItsSizeWhileApplyRuns(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --latency 60ms").toReview().apply()
	d.await("▸ Apply").resize(120, 40).resize(60, 20).resize(1, 1).resize(80, 24)
	d.await("The bridge stands.")
}

func TestADraftThatWasKeptIsOfferedByTheNextStart(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox").await("operator@acme.example", "next: Google").press("Enter").await("next: AWS")
	d.press("-", "x").await("acme-build-x").press("C-c").await("Leave?").press("k").ends(3).await("the draft is kept")
	d.run("drawbridge --sandbox").await("the draft: acme-build-x", "next: Google").press("Enter").await("acme-build-x-to-aws")
}

func TestWhatWasTakenDownIsRestored(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge --sandbox --sandbox-state clouds").toReview().toApplied()
	d.press("q").ends(3)
	d.run("drawbridge destroy --yes --sandbox --sandbox-state clouds").ends(0)
	d.run("drawbridge setup -f bridge.yaml --sandbox --sandbox-state clouds").toReview().await("to restore").toApplied()
}

func TestADestroyThatWasStoppedIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge init -f b.yaml --set name=acme-build --set google.project=acme-build --set aws.account=123456789012" +
		" --set aws.region=us-east-1 --set toAWS.serviceAccount=ci-runner --set toGoogle.role.name=report-reader").ends(0)
	d.run("drawbridge apply --yes -f b.yaml --sandbox --sandbox-state clouds").ends(0)
	d.run("drawbridge destroy -f b.yaml --sandbox --sandbox-state clouds --latency 500ms").await("▸ Destroy", "Type acme-build")
	d.press("acme-build").await("⏎ destroy").press("Enter").await("done ·").press("C-c").await("Stop here?", "destroy -f b.yaml").press("y")
	d.await("Stopped. What is gone is gone", "r look again").press("q").ends(130)
	d.run("drawbridge destroy -f b.yaml --sandbox --sandbox-state clouds").await("▸ Destroy", "Type acme-build")
	d.press("acme-build").await("⏎ destroy").press("Enter").await("What can go is gone", "⏎ close").press("Enter").ends(0)
}

func TestPlanAndDestroyAreScreensAtATerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge init -f b.yaml --set name=acme-build --set google.project=acme-build --set aws.account=123456789012" +
		" --set aws.region=us-east-1 --set toAWS.serviceAccount=ci-runner").ends(0)
	d.run("drawbridge apply --yes -f b.yaml --sandbox --sandbox-state clouds").ends(0)
	d.run("drawbridge plan -f b.yaml --sandbox --sandbox-state clouds").await("▸ Plan", "⏎ close").press("Space", "Enter").ends(0)
	d.run("drawbridge destroy -f b.yaml --sandbox --sandbox-state clouds").await("▸ Destroy", "Type acme-build")
	d.press("a", "c", "m", "e", "-", "b", "u", "i", "l", "d").await("⏎ destroy").press("Enter").await("What can go is gone", "⏎ close").press("Enter").ends(0)
}
