package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

type planOptions struct {
	cloudCommand
	change changeFlags
}

func newPlan(s streams) *cobra.Command {
	o := &planOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "plan",
		Short: "Show what would change, and why",
		Long: `Look at both clouds and show what apply would change, and why. Nothing is written to a cloud. At a terminal the
plan can be walked through first.

Exit code 0: nothing to change. 3: changes pending, or something is blocked.`,
		Example: "  drawbridge plan\n  drawbridge plan --set toAWS.role.maxSession=2h --format json",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runPlan(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.cloud.file.bindSet(c)
	o.change.bind(c)
	return c
}

func runPlan(ctx context.Context, o *planOptions, at *site) error {
	s, err := o.session(ctx, at, o.change)
	if err != nil {
		return err
	}
	plan, err := o.read(ctx, s)
	if err != nil {
		return err
	}
	if err := o.showPlan(s, plan); err != nil {
		return err
	}
	if plan.Pending() {
		return &noError{answer: plan.Summary.String()}
	}
	return nil
}

// read makes the plan, on a screen where a person can walk through it.
func (o *planOptions) read(ctx context.Context, s *session) (steps.Plan, error) {
	plan := func(ctx context.Context, _ spec.Bridge, _ steps.Consent, sink steps.Sink) (steps.Plan, error) {
		if err := s.begin(ctx); err != nil {
			return steps.Plan{}, err
		}
		return s.graph.Plan(ctx, s.world, steps.Present, sink)
	}
	if !o.onScreen() {
		return plan(ctx, s.bridge, steps.Consent{}, nil)
	}
	p, done, err := ui.ShowPlan(ctx, ui.Engine{Plan: plan}, o.uiOptions(o.cloud.sandbox.on, !s.real()), s.bridge)
	switch {
	case ctx.Err() != nil:
		return p, context.Cause(ctx)
	case err == nil && !done:
		return p, &signalError{signal: os.Interrupt, untouched: true}
	}
	return p, err
}

func (o *planOptions) showPlan(s *session, plan steps.Plan) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.plan/v1", planOf(plan))
	}
	o.printer().plan(s.bridge, plan)
	return nil
}
