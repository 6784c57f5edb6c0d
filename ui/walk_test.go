package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

func TestEnterAndTwoConsentsWalkFromTheFirstScreenToProvenAndFiles(t *testing.T) {
	r := &recorded{}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter")
	d.shows("Review", "8 to create · 1 to restore", "Preflight ✓ 10 checks")
	d.press("enter", "enter").shows("Apply 9 changes?") // a second enter consents to nothing
	d.press("y")
	if d.keys > 8 {
		t.Errorf("%d keys to a confirmed review, want at most 8", d.keys)
	}
	d.shows("The bridge stands.")
	d.press("enter").shows("Prove it from here?", "user:operator@acme.example")
	d.press("enter").shows("Prove it from here?") // nor does it borrow
	d.press("y").shows("Google ◀━━━▶ AWS", "proven · 1.8s", "proven · 2.3s", "Doors that stay shut")
	d.press("enter", "enter").shows("written")
	d.key("enter")
	d.until("the end", func() bool { return d.quit })
	if d.keys >= 25 {
		t.Errorf("%d keys from the first screen to the files, want fewer than 25", d.keys)
	}
	out := d.m.outcome()
	if out.Ending != Finished || out.Err != nil {
		t.Errorf("ended %q, %v, want %q", out.Ending, out.Err, Finished)
	}
	if r.saves != 1 || r.applies != 1 || r.writes != 1 || !slices.Equal(r.lent, []bool{true}) {
		t.Errorf("saves %d, applies %d, writes %d, lent %v, want 1, 1, 1, [true]", r.saves, r.applies, r.writes, r.lent)
	}
}

func TestEachDirectionAloneWalksThrough(t *testing.T) {
	for key, want := range map[string]string{"2": "Google ━━━━━▶ AWS", "3": "Google ◀━━━━━ AWS"} {
		d := walkThrough(t, &recorded{})
		d.press(key, "enter", "enter", "enter", "enter", "y", "enter", "y").shows(want)
		if got := d.m.outcome().Ending; got != Finished {
			t.Errorf("direction %s ended %q, want %q", key, got, Finished)
		}
	}
}

func TestGoingBackLosesNothing(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "tab", "tab")
	d.write("-ci")
	d.press("enter", "enter", "enter").shows("Review", "acme-build-to-aws-ci")
	d.press("esc", "esc", "esc").shows("What should reach what")
	d.press("enter").shows("service account acme-build-to-aws-ci")
	if got := d.m.bridge.ToAWS.ServiceAccount; got != "acme-build-to-aws-ci" {
		t.Errorf("service account is %q after going back and forth, want acme-build-to-aws-ci", got)
	}
}

func TestALimitIsToldWhileTyping(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "tab", "tab")
	d.write("-which-is-too-long-to-fit").shows("✗", "6 to 30 characters")
	d.press("enter").shows("▸ Google")
	d.press("ctrl+r").shows("acme-build-to-aws")
	d.press("enter").shows("▸ AWS")
}

func TestASideThatIsNotSignedInKeepsUsAndIsNoticed(t *testing.T) {
	r := &recorded{signedOut: true}
	d := walkThrough(t, r)
	d.shows("not signed in", "aws sso login --profile acme-admin")
	d.press("enter").shows("What should reach what")
	r.signedOut = false
	d.apply(askAgain{})
	d.until("the sign-in", func() bool { return d.m.ready() })
	d.shows("user/operator").press("enter").shows("▸ Google")
}

func TestWhatIsBlockedCannotBeAppliedPast(t *testing.T) {
	r := &recorded{blocked: true}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter").shows("1 blocked", "a adopt it")
	d.press("enter").shows("1 change is blocked")
	if r.applies != 0 {
		t.Fatal("a blocked plan was applied")
	}
	d.press("a").shows("1 to adopt")
	if got := r.adopted[len(r.adopted)-1]; !slices.Equal(got, []string{"toAWS.role"}) {
		t.Errorf("planned again with adopt %v, want [toAWS.role]", got)
	}
	d.press("enter", "y").shows("The bridge stands.")
}

func TestARecreatedAccountNeedsItsOwnKey(t *testing.T) {
	r := &recorded{recreated: true}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter").shows("account re-created", "A accept the new account")
	d.press("enter", "y").shows("▸ Review")
	d.press("A").shows("9")
	if got := r.consents[len(r.consents)-1]; got.AcceptAccount != "118820222" {
		t.Errorf("planned with consent %+v, want account 118820222", got)
	}
}

func TestPreflightThatBlocksStopsTheRun(t *testing.T) {
	r := &recorded{stopped: true}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter", "enter", "y").shows("✗ 1 blocked: permission iam:CreateRole")
	d.press("p").shows("does not allow iam:CreateRole", "have somebody with more rights")
	d.press("esc", "e").shows("acme-build.plan.json")
	if r.applies != 0 {
		t.Error("applied although preflight blocks")
	}
	if got := d.m.outcome().Ending; got != Stopped {
		t.Errorf("ended %q, want %q", got, Stopped)
	}
}

func TestAFailedStepSaysWhyAndIsTriedAgain(t *testing.T) {
	r := &recorded{fails: true}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter", "enter", "y").shows("missing permission iam:CreateRole", "an administrator of the account")
	if got := d.m.outcome().Ending; got != Failed {
		t.Errorf("ended %q, want %q", got, Failed)
	}
	r.fails = false
	d.press("r").shows("▸ Review", "1 to create")
	d.press("enter", "y").shows("The bridge stands.")
	if r.applies != 2 {
		t.Errorf("applied %d times, want 2", r.applies)
	}
}

func TestCtrlCDuringApplyAsksOnceAndWaitsForTheRequestInFlight(t *testing.T) {
	r := &recorded{hold: make(chan struct{})}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter", "enter")
	d.key("y")
	d.until("a step", func() bool {
		return slices.ContainsFunc(d.m.run.planks, func(p plank) bool { return p.kind == steps.Started })
	})
	d.key("ctrl+c")
	d.shows("Stop here?", "drawbridge apply -f bridge.yaml --sandbox --sandbox-state clouds")
	d.key("n")
	d.shows("▸ Apply")
	d.key("ctrl+c")
	d.key("ctrl+c")
	d.shows("stopping: finishing the request in flight")
	if d.m.ended() {
		t.Fatal("the run counts as ended while its request is in flight")
	}
	close(r.hold)
	d.settle()
	d.shows("Stopped.", "Go on now with r")
	d.key("q")
	d.until("the end", func() bool { return d.quit })
	out := d.m.outcome()
	if out.Ending != Interrupted || out.Result == nil || out.Result.Summary.Done != 1 {
		t.Errorf("ended %q with %+v, want %q with one change done", out.Ending, out.Result, Interrupted)
	}
	if !slices.Contains(out.Summary, "go on with: drawbridge apply -f bridge.yaml --sandbox --sandbox-state clouds") {
		t.Errorf("the summary does not say how to go on: %q", out.Summary)
	}
}

func TestTheEndOfTheContextStopsTheRunAndEndsTheProgramAfterIt(t *testing.T) {
	for _, behind := range []string{"", "?"} {
		r := &recorded{hold: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		d := driveUnder(ctx, t, r.engine(), Options{}, 80, 24)
		d.until("who we are", func() bool { return d.m.asked })
		d.press("enter", "enter", "enter", "enter")
		d.key("y")
		d.until("a step", func() bool {
			return slices.ContainsFunc(d.m.run.planks, func(p plank) bool { return p.kind == steps.Started })
		})
		if behind != "" {
			d.key(behind)
		}
		cancel()
		d.apply(cancelled{})
		if d.quit {
			t.Fatal("the program ended while a request was in flight")
		}
		close(r.hold)
		d.until("the end", func() bool { return d.quit })
		if got := d.m.outcome().Ending; got != Interrupted {
			t.Errorf("ended %q, want %q", got, Interrupted)
		}
	}
}

func TestKeysTypedAheadDoNotLendAccess(t *testing.T) {
	r := &recorded{}
	d := walkThrough(t, r)
	d.press("enter", "enter", "enter", "enter", "y")
	d.key("enter") // to the proof
	for range 3 {
		d.key("enter")
		d.key("y")
	}
	d.until("the question", func() bool { return len(d.m.borrow) > 0 })
	d.key("y")
	if len(r.lent) != 0 {
		t.Fatal("keys typed before the question was seen answered it")
	}
	d.settle()
	d.shows("Prove it from here?").press("s").shows("skipped")
	if !slices.Equal(r.lent, []bool{false}) {
		t.Errorf("lent %v, want [false]", r.lent)
	}
	if got := d.m.outcome().Ending; got != Unproven {
		t.Errorf("ended %q, want %q", got, Unproven)
	}
}

func TestARefusalOpensTheClaimTableAndLeavesTheBridgeRaised(t *testing.T) {
	d := walkThrough(t, &recorded{refused: true})
	d.press("2", "enter", "enter", "enter", "enter", "y", "enter", "y")
	d.shows("Google ━━╱ ╲━━ AWS", "refused", "✓ aud", "✗ sub", "118820222333444555667", "104290111222333444556")
}

func TestLeavingEarlyChangesNothingAndOffersToKeepTheDraft(t *testing.T) {
	r := &recorded{}
	d := walkThrough(t, r)
	d.press("enter", "ctrl+c").shows("Leave?", "Nothing was changed")
	d.press("n").shows("▸ Google")
	d.press("ctrl+c")
	d.key("s")
	d.until("the end", func() bool { return d.quit })
	if out := d.m.outcome(); r.saves != 1 || out.Saved != "bridge.yaml" || out.Ending != Declined || r.applies != 0 {
		t.Errorf("saves %d, applies %d, saved %q, ended %q", r.saves, r.applies, out.Saved, out.Ending)
	}
}

func TestControlCharactersOfTheCloudAreNotDrawn(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "tab", "tab", "ctrl+l").shows("Acme Legacy")
	if content := d.m.View().Content; strings.Contains(content, "\x1b[31m") {
		t.Errorf("an escape code out of a project's name reached the screen: %q", content)
	}
	if got := clean("a\x1b[2Jb\u202ec\r\nd\x07"); got != "abc d" {
		t.Errorf("clean gives %q, want %q", got, "abc d")
	}
}

func TestPickingSomethingThatExistsAdoptsIt(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.press("enter", "tab", "tab", "ctrl+l")
	d.write("ci run")
	d.press("enter").shows("ci-runner exists and will be adopted")
	if got := d.m.bridge; got.ToAWS.ServiceAccount != "ci-runner" || !got.Adopts("toAWS.serviceAccount") {
		t.Errorf("bridge has account %q, adopt %v", got.ToAWS.ServiceAccount, got.Adopt)
	}
}

func TestASupersededCallIsNotHeard(t *testing.T) {
	d := walkThrough(t, &recorded{})
	old := &feed{bell: make(chan struct{}, 1)}
	old.end(signedIn{Sides{Google: Side{Principal: "user:somebody@else.example"}}})
	d.apply(old.take(callSignIn))
	if strings.Contains(d.text(), "somebody@else.example") {
		t.Error("the answer of a call that was superseded is shown")
	}
}

func TestNothingIsAnsweredOnATerminalThatIsTooSmall(t *testing.T) {
	d := walkThrough(t, &recorded{})
	d.apply(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.press("enter", "enter").shows("60x20", "80x24")
	d.apply(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.shows("▸ Connect")
}

func TestPasteGoesWhereItBelongs(t *testing.T) {
	for _, c := range []struct {
		text, at string
		want     map[string]string
	}{
		{"arn:aws:iam::210987654321:role/team/ci/runner", "aws.account", map[string]string{"aws.account": "210987654321", "toAWS.role.name": "runner", "toAWS.role.path": "/team/ci/"}},
		{"arn:aws:iam::210987654321:role/runner", "toGoogle.role.name", map[string]string{"aws.account": "210987654321", "toGoogle.role.name": "runner", "toGoogle.role.path": "/"}},
		{"arn:aws:sts::210987654321:assumed-role/runner/i-1", "aws.account", map[string]string{"aws.account": "210987654321", "toAWS.role.name": "runner"}},
		{"ci@acme-build.iam.gserviceaccount.com", "toGoogle.serviceAccount", map[string]string{"toGoogle.serviceAccount": "ci@acme-build.iam.gserviceaccount.com"}},
		{"https://console.cloud.google.com/iam-admin/iam?project=acme-legacy", "name", map[string]string{"google.project": "acme-legacy"}},
		{"projects/5/locations/global/workloadIdentityPools/p-1/providers/aws-1", "name", map[string]string{"toGoogle.pool": "p-1", "toGoogle.provider": "aws-1"}},
		{"arn:aws:iam::aws:policy/ReadOnlyAccess", "toAWS.role.managedPolicies", nil},
		{"plain words", "name", nil},
	} {
		got := parsePaste(c.text, c.at)
		if len(got) != len(c.want) {
			t.Errorf("paste of %q gives %v, want %v", c.text, got, c.want)
			continue
		}
		for path, want := range c.want {
			if got[path] != want {
				t.Errorf("paste of %q gives %s %q, want %q", c.text, path, got[path], want)
			}
		}
	}
}

func TestWhatAFileAndFlagsSayIsTheBeginning(t *testing.T) {
	b, _ := standing(t)
	for name, c := range map[string]struct {
		o                 Options
		toAWS, toGoogle   bool
		region, toAccount string
	}{
		"a file":            {Options{Bridge: &b}, true, false, "eu-west-1", "acme-build-to-aws"},
		"a file and a flag": {Options{Bridge: &b, Set: []string{"aws.region=us-west-2"}}, true, false, "us-west-2", "acme-build-to-aws"},
		"a flag":            {Options{Set: []string{"toAWS.serviceAccount=ci-runner"}}, true, false, "ap-southeast-2", "ci-runner"},
		"nothing":           {Options{}, true, true, "ap-southeast-2", "acme-build-to-aws"},
	} {
		d := drive(t, (&recorded{}).engine(), c.o, 80, 24)
		d.until("who we are", func() bool { return d.m.asked })
		got := d.m.bridge
		if (got.ToAWS != nil) != c.toAWS || (got.ToGoogle != nil) != c.toGoogle || got.AWS.Region != c.region || got.ToAWS.ServiceAccount != c.toAccount {
			t.Errorf("%s begins with to AWS %v, to Google %v, region %s, flaw %v", name, got.ToAWS, got.ToGoogle, got.AWS.Region, d.m.flaw)
		}
	}
}
