package main

import (
	"context"

	"github.com/spf13/cobra"

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
	if err := s.begin(ctx); err != nil {
		return err
	}
	plan, err := s.graph.Plan(ctx, s.world, steps.Present, nil)
	if err != nil {
		return err
	}
	if err := o.showPlan(ctx, s, plan); err != nil {
		return err
	}
	if plan.Pending() {
		return &noError{answer: plan.Summary.String()}
	}
	return nil
}

func (o *planOptions) showPlan(ctx context.Context, s *session, plan steps.Plan) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.plan/v1", planOf(plan))
	}
	if o.cloud.consent.asks(o.streams) && o.outTerminal && !o.cloud.consent.plain(o.streams) {
		if err := ui.ShowPlan(ctx, o.uiOptions(o.cloud.sandbox.on, !s.real()), s.bridge, plan); err != nil {
			return err
		}
	}
	o.printer().plan(s.bridge, plan)
	return nil
}
