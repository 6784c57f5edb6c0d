package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

type preflightOptions struct {
	cloudCommand
	policy choice // --print-policy: what to be allowed to do; "" looks instead
}

func newPreflight(s streams) *cobra.Command {
	o := &preflightOptions{cloudCommand: cloudCommand{streams: s}, policy: choice{allowed: purposes()}}
	c := &cobra.Command{
		Use:   "preflight",
		Short: "Look for what would stop us: sign-in, permissions, APIs, policies, names",
		Long: `Look for what would stop apply: sign-in, permissions, APIs, organisation policies, names already taken.
Nothing is written to a cloud.

Exit code 0: nothing in the way; what may not be looked at counts as unknown. 3: something is blocked.
1: a side is not signed in.

With --print-policy no cloud is asked: it prints the rights that one purpose takes for this bridge and nothing
else, as a custom role for the Google project and a policy for AWS.`,
		Example: "  drawbridge preflight\n  drawbridge preflight --format json\n  drawbridge preflight --print-policy setup",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.policy.value != "" {
				return runPrintPolicy(c, o)
			}
			return o.on(c, func(ctx context.Context, at *site) error { return runPreflight(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	c.Flags().Var(&o.policy, "print-policy", "print the least rights for a purpose: `setup|audit|verify|destroy`")
	return c
}

func runPreflight(ctx context.Context, o *preflightOptions, at *site) error {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return err
	}
	signedOut := s.signIn(ctx)
	report, err := steps.Preflight(ctx, s.world, s.ops, nil)
	switch {
	case err != nil && signedOut != nil:
		return signedOut // the better reason
	case err != nil:
		return err
	}
	if err := o.show(s, report); err != nil {
		return err
	}
	if signedOut != nil {
		return signedOut
	}
	if report.Blocked() {
		return &noError{answer: "something is in the way"}
	}
	return nil
}

func (o *preflightOptions) show(s *session, r steps.PreflightReport) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.preflight/v1", preflightOf(r))
	}
	p := o.printer()
	p.title(s.bridge)
	p.blank()
	p.preflight(r)
	return nil
}
