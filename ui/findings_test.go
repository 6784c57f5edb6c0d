package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const toProof = "enter enter enter enter y enter y"

func TestWhatWasObtainedIsSaidToLiveOn(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press(strings.Fields(toProof)...)
	d.shows("Taken back; what was obtained lives on:", "an ID token for 60 minutes", "an access token for 5 minutes", "another provider")
	if strings.Contains(d.text(), "lent and taken back:") {
		t.Errorf("the screen says that what lives on was taken back:\n%s", d.text())
	}
}

func TestFieldsThatTheFileSetAreCounted(t *testing.T) {
	b, err := spec.ParseWith("bridge.yaml", []byte("version: 1\n"), []string{
		"name=acme-ci", "google.project=acme-build", "aws.account=123456789012", "aws.region=eu-west-1", "toAWS.vm.name=ci-1", "toAWS.vm.zone=europe-west1-b",
	})
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, (&recorded{}).engine(), Options{Bridge: &b}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.shows("eu-west-1")
	if strings.Contains(d.text(), "ap-southeast-2") {
		t.Errorf("the region of the profile is shown although the file has another:\n%s", d.text())
	}
	d.press("enter").shows("2 of them set, the rest with defaults")
}

func TestTheNumbersOfAWaitAreNeverCut(t *testing.T) {
	l := newLook(Options{}, false)
	for _, here := range []bool{false, true} {
		it := item{mark: "x", text: "role", says: "waiting for " + strings.Repeat("a very long name of what is waited for ", 6), then: "2 of 3 reads · 6s of 2m", live: true}
		if got := strings.Join(it.lines(l, here, 38), "\n"); !strings.Contains(got, "2 of 3 reads · 6s of 2m") {
			t.Errorf("focused %v: the numbers are cut:\n%s", here, got)
		}
	}
}

func TestWhatIsUnderWayStaysInSightInTheOtherLane(t *testing.T) {
	c := columns{cloud: google}
	for i := range 30 {
		c.aws = append(c.aws, item{mark: "x", text: fmt.Sprintf("step %02d", i), live: i == 20})
	}
	if got := strings.Join(c.draw(newLook(Options{}, false), box{78, 12}), "\n"); !strings.Contains(got, "step 20") {
		t.Errorf("the running step is out of sight:\n%s", got)
	}
}

func TestAStopIsNoFailure(t *testing.T) {
	r := &recorded{}
	e := r.engine()
	e.Apply = func(_ context.Context, _ spec.Bridge, p steps.Plan, _ steps.Sink) (steps.Result, error) {
		var out steps.Result
		for i, c := range p.Changes {
			res := steps.StepResult{ID: c.ID, Action: c.Action, Outcome: steps.OutcomeSkipped, Reason: "needs " + p.Changes[0].ID + ", which was not done: it failed"}
			if i < 2 {
				res.Outcome, res.Problem = steps.OutcomeFailed, &explain.Problem{Op: "read", Kind: explain.Other, Err: context.Canceled}
			}
			out.Steps = append(out.Steps, res)
		}
		out.Summary = steps.ResultSummary{Failed: 2, Skipped: len(p.Changes) - 2}
		return out, context.Canceled
	}
	d := drive(t, e, Options{}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press("enter", "enter", "enter", "enter")
	d.m.interrupted = true
	d.press("y").shows("Stopped.", "not begun", "stopped under way")
	for _, wrong := range []string{"it failed", "google.project,", "✗ read"} {
		if strings.Contains(d.text(), wrong) {
			t.Errorf("a stop is told as a failure (%q):\n%s", wrong, d.text())
		}
	}
	if got := strings.Join(d.m.outcome().Summary, "\n"); strings.Contains(got, "failed") || !strings.Contains(got, "not done: it was stopped") {
		t.Errorf("the summary is %q", got)
	}
}

func TestSkippedStepsNameOthersByTheirTitle(t *testing.T) {
	d := walkThrough(t, &recorded{fails: true})
	d.press("enter", "enter", "enter", "enter", "y")
	d.m.run.planks[0].message = "needs aws.role.to-google, which was skipped"
	if got := d.m.named(d.m.run.planks[0].message); got != "needs role /drawbridge/acme-build-to-google, which was skipped" {
		t.Errorf("got %q", got)
	}
}

func TestHintsLeadToTheSameClouds(t *testing.T) {
	for _, c := range []struct{ state, want string }{{"", "this sandbox ended with the program"}, {"clouds", "drawbridge audit -f bridge.yaml --sandbox --sandbox-state clouds"}} {
		d := drive(t, (&recorded{}).engine(), Options{Sandbox: true, StateFile: c.state}, 80, 24)
		d.until("who we are", func() bool { return d.m.asked })
		d.press(strings.Fields(toProof)...)
		if got := strings.Join(d.m.outcome().Summary, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("state %q: the summary %q does not say %q", c.state, got, c.want)
		}
	}
}

func TestAfterAStopInVerifyTheHintIsToVerify(t *testing.T) {
	d := drive(t, (&recorded{}).engine(), Options{}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press(strings.Fields(toProof)...)
	d.m.proofs, d.m.interrupted = nil, true
	if got := d.m.outcome().Summary; !strings.Contains(got[len(got)-1], "drawbridge verify -f bridge.yaml --borrow") {
		t.Errorf("the hint is %q", got[len(got)-1])
	}
}

func TestEscLeavesTheQuestionWhatToLend(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "enter", "enter", "enter", "y", "enter").shows("Prove it from here?")
	d.press("esc").shows("▸ Apply", "The bridge stands.")
}

func TestAnErrorInAFormIsSaidToItsEnd(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "tab", "tab")
	d.apply(tea.PasteMsg{Content: "ci@acme-legacy.iam.gserviceaccount.com"})
	d.settle()
	d.press("enter")
	screen := strings.Join(strings.Fields(d.text()), " ")
	why := strings.Join(strings.Fields(d.m.flawAt("toAWS.serviceAccount")), " ")
	if why == "" || !strings.Contains(screen, why) {
		t.Errorf("the error is %q, but the screen shows:\n%s", why, d.text())
	}
}

func TestAFailedStepCanBeLeftOut(t *testing.T) {
	d := walkThrough(t, &recorded{fails: true})
	d.press("enter", "enter", "enter", "enter", "y").shows("s go on without it", "e export")
	d.press("s").shows("Prove it from here?")
}

func TestHelpListsOnlyKeysThatAreHeard(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "enter", "enter", "?")
	for _, wrong := range []string{"adopt it", "accept the new account"} {
		if strings.Contains(d.text(), wrong) {
			t.Errorf("help lists %q with nothing blocked:\n%s", wrong, d.text())
		}
	}
}

func TestAPipeThatSaysNothingIsNotAskedForEver(t *testing.T) {
	var out strings.Builder
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	o := Options{PlainIn: silence{}, PlainOut: &out, Sandbox: true, Now: func() time.Time { return recordedAt }}
	_, err := RunPlain(ctx, (&recorded{}).engine(), o)
	if u, ok := errors.AsType[*Unanswered](err); !ok || u.Flag != "--yes" {
		t.Fatalf("got %v, want an unanswered question that names --yes", err)
	}
}

// silence is an endless pipe of blank lines.
type silence struct{}

func (silence) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}
