package ui

import (
	"testing"
	"time"
)

// left is what a walk that is left in the middle puts aside.
func left(t *testing.T) []byte {
	t.Helper()
	d := walkThrough(t, &recorded{})
	d.press("2", "enter", "tab", "tab")
	d.write("-ci").press("ctrl+c").shows("Leave?", "The draft can be kept")
	d.key("k")
	d.until("the end", func() bool { return d.quit })
	out := d.m.outcome()
	if out.Draft == nil || out.Saved != "" {
		t.Fatalf("draft %q, saved %q, want a draft and nothing saved", out.Draft, out.Saved)
	}
	return out.Draft
}

func TestADraftIsKeptAndOfferedAgain(t *testing.T) {
	d := drive(t, (&recorded{}).engine(), Options{Sandbox: true, Draft: left(t)}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.shows("Go on", "the draft: 1 answer, kept just now")
	d.press("enter").shows("service account acme-build-to-aws-ci")
	if d.m.draft.toGoogle {
		t.Error("the draft goes both ways, want to AWS only")
	}
}

func TestADraftCanBeLeftAlone(t *testing.T) {
	d := drive(t, (&recorded{}).engine(), Options{Sandbox: true, Draft: left(t)}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	d.press("down", "enter")
	if got := d.m.bridge.ToAWS.ServiceAccount; got != "acme-build-to-aws" || !d.m.draft.toGoogle {
		t.Errorf("service account %q, to Google %v, want a walk from the start", got, d.m.draft.toGoogle)
	}
}

func TestADamagedDraftIsNotOffered(t *testing.T) {
	for _, text := range []string{"{", `{"version":7,"toAWS":true}`, `{"version":1}`} {
		w := newWalk(t.Context(), Engine{}, Options{Draft: []byte(text)})
		if k, ok := w.resumable(); ok {
			t.Errorf("%s is offered as %+v", text, k)
		}
	}
}

func TestAFileGoesBeforeADraft(t *testing.T) {
	w := newWalk(t.Context(), Engine{}, Options{Draft: left(t), Set: []string{"name=other"}})
	if _, ok := w.resumable(); ok {
		t.Error("a draft is offered although flags say what is wanted")
	}
}

func TestASignInSaysHowLongItLasts(t *testing.T) {
	w := newWalk(t.Context(), Engine{}, Options{Now: func() time.Time { return recordedAt }})
	for at, want := range map[time.Time]string{{}: "", recordedAt.Add(42 * time.Minute): " · 42m left", recordedAt.Add(-time.Minute): " · expired"} {
		if got := w.left(at); got != want {
			t.Errorf("left until %v is %q, want %q", at, got, want)
		}
	}
}
