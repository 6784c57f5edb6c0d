package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// stuck makes calls of an engine block for ever, whatever becomes of their context, until the test is over.
type stuck struct{ over chan struct{} }

func newStuck(t *testing.T) stuck {
	t.Helper()
	s := stuck{make(chan struct{})}
	t.Cleanup(func() { close(s.over) })
	return s
}

// in lists, by call, how to make that call block in an otherwise recorded engine.
func (s stuck) in() map[string]func(*Engine) {
	return map[string]func(*Engine){
		"sign-in": func(e *Engine) { e.SignIn = func(context.Context) Sides { <-s.over; return Sides{} } },
		"preflight": func(e *Engine) {
			e.Preflight = func(context.Context, spec.Bridge) (r steps.PreflightReport, err error) { <-s.over; return }
		},
		"plan": func(e *Engine) {
			e.Plan = func(context.Context, spec.Bridge, steps.Consent, steps.Sink) (p steps.Plan, err error) {
				<-s.over
				return
			}
		},
		"save": func(e *Engine) {
			e.Save = func(context.Context, spec.Bridge) (string, error) { <-s.over; return "", nil }
		},
		"apply": func(e *Engine) {
			e.Apply = func(context.Context, spec.Bridge, steps.Plan, steps.Sink) (r steps.Result, err error) {
				<-s.over
				return
			}
		},
		"borrow": func(e *Engine) {
			e.BorrowPlan = func(context.Context, spec.Bridge, verify.Options) ([]steps.Change, error) { <-s.over; return nil, nil }
		},
		"proofs": func(e *Engine) {
			e.Proofs = func(context.Context, spec.Bridge, verify.Options) ([]verify.Proof, error) { <-s.over; return nil, nil }
		},
		"files": func(e *Engine) {
			e.Files = func(context.Context, spec.Bridge) ([]artifact.File, error) { <-s.over; return nil, nil }
		},
		"write": func(e *Engine) {
			e.Write = func(context.Context, []artifact.File, string) ([]string, error) { <-s.over; return nil, nil }
		},
		"export": func(e *Engine) {
			e.Export = func(context.Context, spec.Bridge, steps.Plan) (string, error) { <-s.over; return "", nil }
		},
		"list": func(e *Engine) {
			e.List = func(context.Context, spec.Bridge, string, func([]Choice)) error { <-s.over; return nil }
		},
	}
}

// TestNoCallOfTheEngineHoldsTheScreen walks as far as it goes with one call that never answers, then types every key there
// is. Update and View have to come back each time: the test ends in time or not at all.
func TestNoCallOfTheEngineHoldsTheScreen(t *testing.T) {
	for call, block := range newStuck(t).in() {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			e := (&recorded{}).engine()
			block(&e)
			d := drive(t, e, Options{Sandbox: true}, 80, 24)
			d.m.patience = 0
			d.feedUntilQuiet(func() bool { return d.m.asked })
			for key := range strings.FieldsSeq("tab ctrl+l esc enter enter tab ctrl+l esc enter e p esc enter y enter y enter d esc enter enter ? esc ctrl+c n") {
				before := time.Now()
				done := make(chan struct{})
				go func() {
					defer close(done)
					d.key(key)
					_ = d.m.View()
				}()
				select {
				case <-done:
				case <-time.After(30 * time.Second):
					t.Fatalf("%s was not drawn within %s", key, time.Since(before))
				}
				d.feedUntilQuiet(func() bool { return len(d.m.calls) == 0 && !d.deaf() })
			}
		})
	}
}

// feedUntilQuiet feeds what comes until a condition holds, or nothing came for a moment: a call that never answers is not
// waited for.
func (d *driver) feedUntilQuiet(holds func() bool) {
	for !holds() && !d.quit {
		select {
		case msg := <-d.msgs:
			if _, ok := msg.(tick); !ok {
				d.apply(msg)
			}
		case <-time.After(60 * time.Millisecond):
			return
		}
	}
}
