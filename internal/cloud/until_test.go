package cloud

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func problem(k explain.Kind) *explain.Problem {
	return &explain.Problem{Op: "read role", Kind: k, Reason: "said no"}
}

func TestUntilGoesOnWhileNotYet(t *testing.T) {
	for _, kind := range []explain.Kind{explain.Missing, explain.Denied, explain.Pending, explain.Disabled} {
		n := 0
		var told []Waiting
		ctx := WithTrace(quick(t.Context()), &Trace{Waiting: func(w Waiting) { told = append(told, w) }})
		err := Until(ctx, Wait{What: "role ci-runner"}, func(context.Context) error {
			if n++; n < 4 {
				return problem(kind)
			}
			return nil
		})
		if err != nil || n != 4 || len(told) != 3 {
			t.Errorf("%s: got %v after %d looks and %d reports, want success after 4 and 3", kind, err, n, len(told))
		}
		if told[0].What != "role ci-runner" || told[0].Want != 1 || !told[0].Until.After(told[0].Since) {
			t.Errorf("%s: told %+v", kind, told[0])
		}
	}
}

func TestUntilStopsAtRealRefusals(t *testing.T) {
	final := problem(explain.Denied)
	final.Final = true
	for name, refusal := range map[string]error{
		"conflict": problem(explain.Conflict), "expired": problem(explain.Expired), "other": problem(explain.Other),
		"an organisation's policy": final, "an error of another kind": errors.New("no"),
	} {
		n := 0
		err := Until(quick(t.Context()), Wait{What: "x"}, func(context.Context) error { n++; return refusal })
		if n != 1 || err == nil {
			t.Errorf("%s: got %v after %d looks, want it after 1", name, err, n)
		}
	}
}

func TestUntilCountsSuccessesInARow(t *testing.T) {
	answers := []error{nil, nil, problem(explain.Missing), nil, problem(explain.Denied), nil, nil, nil}
	n := 0
	err := Until(quick(t.Context()), Wait{What: "x", InARow: 3}, func(context.Context) error { n++; return answers[n-1] })
	if err != nil || n != len(answers) {
		t.Errorf("got %v after %d looks, want success after %d: a success before a failure does not count", err, n, len(answers))
	}
}

func TestUntilCostsNothingWhereCloudsSettleAtOnce(t *testing.T) {
	var pauses []time.Duration
	ctx := WithPace(t.Context(), func(d time.Duration) time.Duration { pauses = append(pauses, d); return 0 })
	if err := Until(ctx, Wait{What: "x"}, func(context.Context) error { return nil }); err != nil || len(pauses) != 0 {
		t.Errorf("one success: got %v and pauses %v, want none", err, pauses)
	}
	if err := Until(ctx, Wait{What: "x", InARow: 3}, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, d := range pauses {
		if d > 100*time.Millisecond {
			t.Errorf("paused %s between successes, want almost nothing", d)
		}
	}
}

func TestUntilHonoursRetryAfterAndItsSchedule(t *testing.T) {
	var pauses []time.Duration
	ctx := WithPace(t.Context(), func(d time.Duration) time.Duration { pauses = append(pauses, d); return 0 })
	n := 0
	err := Until(ctx, Wait{What: "x"}, func(context.Context) error {
		n++
		p := problem(explain.Pending)
		switch n {
		case 3:
			p.RetryAfter = 30 * time.Second
		case 8:
			return nil
		}
		return p
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{2, 3, 30, 8, 10, 10, 10}
	for i := range want {
		if least := want[i] * time.Second; pauses[i] < least || pauses[i] > least+least/4 {
			t.Fatalf("paused %v, want these seconds and up to a quarter more: %v", pauses, want)
		}
	}
}

func TestUntilTellsWhatItWaitedFor(t *testing.T) {
	refusal := problem(explain.Denied)
	refusal.Permission = "iam:GetRole"
	err := Until(t.Context(), Wait{What: "role ci-runner to be assumable", For: time.Millisecond}, func(context.Context) error { return refusal })
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.Kind != explain.Denied || p.Permission != "iam:GetRole" || !errors.Is(err, error(refusal)) {
		t.Fatalf("got %#v, want the last refusal's kind and permission", err)
	}
	if !strings.HasPrefix(p.Error(), "wait for role ci-runner to be assumable: not yet after ") || !strings.HasSuffix(p.Error(), ": said no") {
		t.Errorf("got %q", p.Error())
	}
}

func TestUntilEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Until(ctx, Wait{What: "x"}, func(context.Context) error { cancel(); return problem(explain.Missing) })
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted; last answer: said no") {
		t.Errorf("got %v, want interrupted with the last answer", err)
	}
}

func TestPacedDeadlineIsReal(t *testing.T) {
	n := 0
	err := Until(quick(t.Context()), Wait{What: "x", For: 20 * time.Millisecond}, func(context.Context) error { n++; return problem(explain.Missing) })
	if err == nil || n < 2 {
		t.Errorf("got %v after %d looks, want a refusal after several", err, n)
	}
}
