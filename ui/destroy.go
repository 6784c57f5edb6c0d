package ui

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// ConfirmDestroy shows what p would remove and what it keeps, and reports whether the bridge's name was typed. With
// PlainIn set it asks in plain lines.
func ConfirmDestroy(ctx context.Context, o Options, b spec.Bridge, p steps.Plan) (bool, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, Engine{}, o)
	w.bridge, w.plan = b, &p
	if o.PlainIn != nil {
		return plainDestroy(w)
	}
	if err := show(o, model{walk: w, at: newRazing(w)}); err != nil {
		return false, fmt.Errorf("draw on the terminal: %w", err)
	}
	return w.razed, nil
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
