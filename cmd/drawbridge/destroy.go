package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

type destroyOptions struct {
	cloudCommand
	events eventFlags
	withVM bool
}

func newDestroy(s streams) *cobra.Command {
	o := &destroyOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "destroy",
		Short: "Remove what is ours, nothing else",
		Long: `Remove what this bridge made, in reverse order, after looking at what hangs on each thing. Whatever somebody
else depends on stays and is listed. At a terminal the bridge's name has to be typed; where nobody can be
asked, real clouds need --yes.

Exit code 0: all that can go is gone. 3: something of ours stayed because others hang on it.`,
		Example: "  drawbridge destroy\n  drawbridge destroy --yes --with-vm",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runDestroy(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.events.bind(c)
	c.Flags().BoolVar(&o.withVM, "with-vm", false, "remove the VM too")
	return c
}

func runDestroy(ctx context.Context, o *destroyOptions, at *site) error {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return err
	}
	s.world.Consent.WithVM = o.withVM
	if dir, err := s.state(); err == nil {
		s.world.Evidence, _ = steps.ReadEvidence(dir) // without it, what was joined from two adopted things stays
	}
	if err := o.cloud.mayWrite(s, "destroy"); err != nil {
		return err
	}
	if o.cloud.consent.asks(o.streams) && !o.cloud.consent.plain(o.streams) {
		return o.onScreens(ctx, s)
	}
	return o.planned(ctx, s, steps.Absent, o.events, func(plan steps.Plan, r *reporter) error {
		return o.destroyPlan(ctx, s, plan, r)
	})
}

// destroyPlan asks, and takes down.
func (o *destroyOptions) destroyPlan(ctx context.Context, s *session, plan steps.Plan, r *reporter) error {
	if err := o.consented(ctx, s, plan, r); err != nil {
		return errors.Join(err, o.show(s, steps.Plan{}, steps.Result{}))
	}
	result, err := s.apply(ctx, plan, r.step, r.proof)
	if len(result.Steps) == 0 && err != nil {
		return err // it never began
	}
	if shown := o.show(s, plan, result); shown != nil {
		return shown
	}
	return errors.Join(failures("destroy", result), err, stayed(plan, result))
}

// consented has the bridge's name typed by a person; --yes stands for it elsewhere.
func (o *destroyOptions) consented(ctx context.Context, s *session, plan steps.Plan, r *reporter) error {
	asked := o.cloud.consent.asks(o.streams)
	if !asked && r.lines != nil {
		r.lines.plan(s.bridge, plan)
		r.lines.blank()
	}
	if !asked || plan.Summary.Remove == 0 {
		return nil
	}
	sure, err := ui.ConfirmDestroy(ctx, o.uiOptions(o.cloud.sandbox.on, !s.real()), s.bridge, plan)
	if err != nil {
		return err
	}
	if !sure {
		return &noError{answer: "declined"}
	}
	return nil
}

func (o *destroyOptions) show(s *session, plan steps.Plan, result steps.Result) error {
	report := steps.DestroyOf(plan, result)
	if o.cloud.output.json() {
		return o.document("drawbridge.destroy/v1", destroyOf(report, result.Failed()))
	}
	p := o.printer()
	p.title(s.bridge)
	p.destroyed(report)
	return nil
}

// stayed is the answer of a destroy: nil when nothing that could go is still there.
func stayed(plan steps.Plan, result steps.Result) error {
	if steps.DestroyOf(plan, result).Held() {
		return &noError{answer: "something stayed because others hang on it"}
	}
	return nil
}
