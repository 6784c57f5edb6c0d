package main

import (
	"context"
	"errors"
	"os"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// onScreens takes a bridge down before a person's eyes: what goes and what stays, the name, and the work lane by lane.
func (o *destroyOptions) onScreens(ctx context.Context, s *session) (err error) {
	r, err := newReporter(o.streams, o.cloud.output, o.events)
	if err != nil {
		return err
	}
	r.lines = nil // the screen shows them
	defer func() { err = errors.Join(err, r.finish()) }()
	t, err := ui.Destroy(ctx, o.takingDown(s, r), o.uiOptions(o.cloud.sandbox.on, !s.real()), s.bridge)
	switch {
	case err != nil:
		return err
	case t.Nothing:
		return o.destroyPlan(ctx, s, *t.Plan, r)
	case t.Result == nil && t.Err != nil:
		return t.Err
	case t.Result == nil && ctx.Err() != nil:
		return context.Cause(ctx)
	case t.Result == nil:
		return errors.Join(&noError{answer: "declined"}, o.show(s, steps.Plan{}, steps.Result{}))
	}
	return o.took(ctx, s, t)
}

// took is the answer once something was begun.
func (o *destroyOptions) took(ctx context.Context, s *session, t ui.Taken) error {
	if shown := o.show(s, *t.Plan, *t.Result); shown != nil {
		return shown
	}
	if t.Interrupted {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &signalError{signal: os.Interrupt}
	}
	return errors.Join(failures("destroy", *t.Result), t.Err, stayed(*t.Plan, *t.Result))
}

// takingDown is what the screen has done for it.
func (o *destroyOptions) takingDown(s *session, r *reporter) ui.Engine {
	both := func(sink steps.Sink) steps.Sink {
		return func(e steps.Event) { r.step(e); sink(e) }
	}
	return ui.Engine{
		Plan: func(ctx context.Context, _ spec.Bridge, _ steps.Consent, sink steps.Sink) (steps.Plan, error) {
			if err := s.begin(ctx); err != nil {
				return steps.Plan{}, err
			}
			plan, err := s.graph.Plan(ctx, s.world, steps.Absent, both(sink))
			if err == nil && plan.Summary.Remove > 0 {
				err = steps.MissingRights(ctx, s.world, s.ops, steps.ForDestroy, plan)
			}
			return plan, err
		},
		Apply: func(ctx context.Context, _ spec.Bridge, p steps.Plan, sink steps.Sink) (steps.Result, error) {
			return s.apply(ctx, p, both(sink), r.proof)
		},
	}
}
