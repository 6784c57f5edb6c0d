package ui

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// ShowPlan reads both clouds with e.Plan and shows the plan in its two lanes until it is closed. Nothing can be applied
// from there. done is false when it was left before there was a plan; err is what kept it from being made.
func ShowPlan(ctx context.Context, e Engine, o Options, b spec.Bridge) (p steps.Plan, done bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, e, o)
	w.bridge = b
	err = show(o, model{walk: w, at: review{cloud: google, only: true}, begin: w.lookAhead()})
	w.drain()
	switch {
	case err != nil:
		return p, false, fmt.Errorf("draw on the terminal: %w", err)
	case w.plan == nil:
		return p, false, w.planErr
	}
	return *w.plan, true, nil
}

// looking is a review from which nothing follows.
func looking(w *walk, b spec.Bridge, p steps.Plan) review {
	w.bridge, w.plan = b, &p
	return review{cloud: google, only: true}.landed(w)
}
