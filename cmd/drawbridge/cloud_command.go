package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// cloudCommand is what the commands that ask a cloud have in common.
type cloudCommand struct {
	streams
	cloud cloudFlags
}

// on checks the flags, opens the site and runs f there, for as long as --timeout allows.
func (o *cloudCommand) on(c *cobra.Command, f func(context.Context, *site) error) error {
	if err := o.cloud.check(c); err != nil {
		return err
	}
	if o.cloud.sandbox.on {
		o.told.heading.Endpoints = "other" // true of an error too that comes before the world is open
	}
	return within(c.Context(), o.cloud.reach.timeout, func(ctx context.Context) error {
		at, err := openSite(ctx, o.streams, &o.cloud)
		if err != nil {
			return err
		}
		defer at.close()
		return f(ctx, at)
	})
}

// session reads the bridge first, so that an unusable file costs nothing, then opens its clouds.
func (o *cloudCommand) session(ctx context.Context, at *site, change changeFlags) (*session, error) {
	b, err := o.readBridge(&o.cloud, change)
	if err != nil {
		return nil, err
	}
	return openSession(ctx, at, b, steps.Consent{AcceptAccount: change.account})
}

// planned signs in, plans, and hands the plan on together with the reporter of the run.
func (o *cloudCommand) planned(ctx context.Context, s *session, want steps.Want, e eventFlags, f func(steps.Plan, *reporter) error) (err error) {
	r, err := newReporter(o.streams, o.cloud.output, e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.finish()) }()
	if err := s.begin(ctx); err != nil {
		return err
	}
	plan, err := s.graph.Plan(ctx, s.world, want, r.step)
	if err != nil {
		return err
	}
	return f(plan, r)
}

// printer writes results for people.
func (o *cloudCommand) printer() printer {
	o.told.printed = true
	return newPrinter(o.out, o.streams, o.cloud.output.noColor, o.outTerminal)
}

// progress writes for people beside the result.
func (o *cloudCommand) progress() printer {
	return newPrinter(o.err, o.streams, o.cloud.output.noColor, o.errTerminal)
}
