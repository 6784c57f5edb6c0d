package ui

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Taken is how taking a bridge down ended.
type Taken struct {
	Plan        *steps.Plan   // nil: it was left before both clouds were read
	Result      *steps.Result // nil: nothing was begun
	Nothing     bool          // there is nothing to remove, so nobody was asked
	Interrupted bool
	Err         error // what kept it from being read or begun
}

// Destroy reads both clouds with e.Plan, shows what goes and what stays, and takes it down with e.Apply, lane by lane,
// once the bridge's name was typed. The returned error says that the terminal itself failed.
func Destroy(ctx context.Context, e Engine, o Options, b spec.Bridge) (Taken, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, e, o)
	w.bridge, w.down = b, true
	err := show(o, model{walk: w, at: razing{look: review{cloud: google}, edit: typing("")}, begin: w.lookAhead()})
	w.drain()
	if err != nil {
		return Taken{}, fmt.Errorf("draw on the terminal: %w", err)
	}
	t := Taken{Plan: w.plan, Result: w.result, Interrupted: w.interrupted, Err: w.runErr}
	if w.plan == nil {
		t.Err = w.planErr
	}
	t.Nothing = w.plan != nil && w.plan.Summary.Remove == 0
	return t, nil
}

// ConfirmDestroy asks in plain lines whether to remove what p removes, and reports whether the bridge's name was answered.
func ConfirmDestroy(ctx context.Context, o Options, b spec.Bridge, p steps.Plan) (bool, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, Engine{}, o)
	w.bridge, w.plan = b, &p
	return plainDestroy(w)
}

// plainDestroy asks in lines. Anything but the name is a no.
func plainDestroy(w *walk) (bool, error) {
	w.palette = palette{}
	p := newPlain(w)
	p.line("Destroy bridge %s: %s.", w.bridge.Name, w.plan.Summary)
	for _, c := range w.plan.Changes {
		p.line("  %s: %s, %s%s", c.Action, cloudName(c.Cloud), titled(c), because(stays(c)))
	}
	question := "Type the name of the bridge to remove this"
	s, ok, err := p.read(question + ": ")
	if err == nil && !ok {
		err = &Unanswered{question, "--yes"}
	}
	return err == nil && s == w.bridge.Name, err
}

// stays is what is said of a change when a bridge is taken down: why it stays, or what it leaves behind.
func stays(c steps.Change) string {
	if c.Action == steps.Remove {
		return clean(c.Lasts)
	}
	return clean(c.Reason)
}
