package ui

import (
	"context"
	"fmt"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// ShowPlan shows a plan in its two lanes until it is closed. Nothing can be applied from there.
func ShowPlan(ctx context.Context, o Options, b spec.Bridge, p steps.Plan) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, Engine{}, o)
	if err := show(o, model{walk: w, at: looking(w, b, p)}); err != nil {
		return fmt.Errorf("draw on the terminal: %w", err)
	}
	return nil
}

// looking is a review from which nothing follows.
func looking(w *walk, b spec.Bridge, p steps.Plan) review {
	w.bridge, w.plan = b, &p
	return review{cloud: google, only: true}.landed(w)
}
