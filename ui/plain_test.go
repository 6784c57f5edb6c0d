package ui

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func answer(t *testing.T, r *recorded, o Options, lines ...string) (Outcome, string, error) {
	t.Helper()
	var screen bytes.Buffer
	o.PlainIn, o.PlainOut = strings.NewReader(strings.Join(lines, "\n")+"\n"), &screen
	o.Now = func() time.Time { return recordedAt }
	o.Sandbox = true
	out, err := RunPlain(t.Context(), r.engine(), o)
	return out, screen.String(), err
}

// defaults answers n questions with nothing.
func defaults(n int) []string { return make([]string, n) }

func TestPlainWalksFromTheFirstQuestionToFiles(t *testing.T) {
	r := &recorded{}
	out, text, err := answer(t, r, Options{}, append(defaults(16), "1", "1", "", "out")...)
	if err != nil || out.Ending != Finished {
		t.Fatalf("ended %q, %v, want %q:\n%s", out.Ending, err, Finished, text)
	}
	golden(t, "plain", text)
	if strings.Contains(text, "\x1b") {
		t.Error("plain lines hold an escape code")
	}
	if !slices.Equal(out.Written, []string{"out/credential-config.json", "out/aws-config", "out/report.md"}) {
		t.Errorf("wrote %v", out.Written)
	}
}

func TestPlainAsksAgainUntilAnAnswerFits(t *testing.T) {
	_, text, err := answer(t, &recorded{}, Options{}, "9", "2", "Bad Name", "good-name", "", "", "", "", "", "", "", "2")
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	for _, want := range []string{"Not understood: answer with a number from 1 to 3.", `wrong: "Bad Name" must be`, "good-name-to-aws"} {
		if !strings.Contains(text, want) {
			t.Errorf("the lines do not say %q:\n%s", want, text)
		}
	}
}

func TestPlainNamesTheFlagThatAnswersAQuestion(t *testing.T) {
	for flag, c := range map[string]struct {
		r     recorded
		lines []string
	}{
		"--yes":                      {lines: defaults(3)},
		"--borrow":                   {lines: append(defaults(16), "1")},
		"--adopt toAWS.role":         {r: recorded{blocked: true}},
		"--accept-account 118820222": {r: recorded{recreated: true}},
		"--set name=VALUE":           {lines: []string{"1", "Bad Name"}},
	} {
		r := c.r
		out, text, err := answer(t, &r, Options{}, c.lines...)
		u, ok := errors.AsType[*Unanswered](err)
		if flag == "--set name=VALUE" && err == nil {
			t.Errorf("a wrong name at the end of the input was taken:\n%s", text)
		} else if flag != "--set name=VALUE" && (!ok || u.Flag != flag) {
			t.Errorf("got %v, want the flag %s:\n%s", err, flag, text)
		}
		if r.applies > 0 && flag != "--borrow" {
			t.Errorf("applied without an answer for %s", flag)
		}
		_ = out
	}
}

func TestPlainStopsAtANo(t *testing.T) {
	r := &recorded{}
	out, _, err := answer(t, r, Options{}, append(defaults(16), "no")...)
	if err != nil || out.Ending != Declined || r.applies+r.saves != 0 {
		t.Errorf("ended %q, %v after %d applies and %d saves, want %q and none", out.Ending, err, r.applies, r.saves, Declined)
	}
}

func TestPlainAdoptsWithConsent(t *testing.T) {
	r := &recorded{blocked: true}
	out, text, err := answer(t, r, Options{Borrow: true}, append(defaults(16), "yes", "yes")...)
	if err != nil || out.Ending != Finished {
		t.Fatalf("ended %q, %v:\n%s", out.Ending, err, text)
	}
	if !strings.Contains(text, "adopt: AWS, role") {
		t.Errorf("the second plan does not adopt:\n%s", text)
	}
}

func TestPlainSaysHowToSignIn(t *testing.T) {
	out, text, err := answer(t, &recorded{signedOut: true}, Options{})
	if err != nil || out.Ending != Failed || !strings.Contains(text, "sign in with: aws sso login --profile acme-admin") {
		t.Errorf("ended %q, %v:\n%s", out.Ending, err, text)
	}
}

func TestPlainEndsWithItsContextWhileItWaitsForAnAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, out := newHang(cancel), &bytes.Buffer{}
	defer close(in.released)
	got, err := RunPlain(ctx, (&recorded{}).engine(), Options{PlainIn: in, PlainOut: out})
	if err != nil || got.Ending != Interrupted {
		t.Errorf("ended %q, %v, want %q", got.Ending, err, Interrupted)
	}
}

// hang is an input at which nobody types; the first read ends the context.
type hang struct {
	cancel   func()
	released chan struct{}
}

func newHang(cancel func()) *hang { return &hang{cancel, make(chan struct{})} }

func (h *hang) Read([]byte) (int, error) {
	h.cancel()
	<-h.released
	return 0, errors.New("released")
}
