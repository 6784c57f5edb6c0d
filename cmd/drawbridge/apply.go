package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

type applyOptions struct {
	cloudCommand
	change changeFlags
	events eventFlags
}

func newApply(s streams) *cobra.Command {
	o := &applyOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "apply",
		Short: "Make it so; plans first",
		Long: `Plan, ask, and make exactly what was shown. Where nobody can be asked, real clouds need --yes.
A second apply changes nothing. After an interruption the next run goes on where it stopped.

Exit code 0: done. 3: something is blocked or the question was declined; nothing was touched.`,
		Example: "  drawbridge apply\n  drawbridge apply --yes --events apply.ndjson --format json",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runApply(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.cloud.file.bindSet(c)
	o.change.bind(c)
	o.events.bind(c)
	return c
}

func runApply(ctx context.Context, o *applyOptions, at *site) error {
	s, err := o.session(ctx, at, o.change)
	if err != nil {
		return err
	}
	if err := o.cloud.mayWrite(s, "apply"); err != nil {
		return err
	}
	return o.planned(ctx, s, steps.Present, o.events, func(plan steps.Plan, r *reporter) error {
		return o.applyPlan(ctx, s, plan, r)
	})
}

// applyPlan shows the plan, asks, and applies it.
func (o *applyOptions) applyPlan(ctx context.Context, s *session, plan steps.Plan, r *reporter) error {
	if r.lines != nil {
		r.lines.plan(s.bridge, plan)
		r.lines.blank()
	}
	if err := o.consented(ctx, plan); err != nil {
		return errors.Join(err, o.showApply(s, steps.Result{}))
	}
	if err := keepConsent(o.streams, o.cloud.file, s.bridge, o.change.adopt); err != nil {
		return err
	}
	result, err := s.apply(ctx, plan, r.step, r.proof)
	if len(result.Steps) == 0 && err != nil {
		return err // it never began
	}
	if shown := o.showApply(s, result); shown != nil {
		return shown
	}
	return errors.Join(failures("apply", result), err)
}

// consented refuses what is blocked and asks about the rest.
func (o *applyOptions) consented(ctx context.Context, plan steps.Plan) error {
	if blocked := plan.Blocked(); len(blocked) > 0 {
		return &noError{answer: plural(len(blocked), "change is", "changes are") + " blocked"}
	}
	if !plan.Pending() || !o.cloud.consent.asks(o.streams) {
		return nil
	}
	return o.confirm(ctx, "Make these changes?")
}

func (o *applyOptions) showApply(s *session, r steps.Result) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.apply/v1", applyOf(r))
	}
	p := o.printer()
	p.title(s.bridge)
	p.applied(r)
	return nil
}
