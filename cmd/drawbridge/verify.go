package main

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

type verifyOptions struct {
	cloudCommand
	proof  proofFlags
	events eventFlags
}

func newVerify(s streams) *cobra.Command {
	o := &verifyOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "verify",
		Short: "Prove it: get-caller-identity from each side, and the doors that must stay shut",
		Long: `Walk across the bridge with the real calls and say what every hop answered; then try the doors that must stay
shut. Nothing is written to a cloud unless --borrow is given: it lets exactly you act as the workload for at
most 15 minutes, and takes that back afterwards, on failure and on Ctrl-C too.

Exit code 0: every proof asked for is proven. 3: not every one. 1: something failed, or borrowed access could
not be taken back; the command that removes it is printed.`,
		Example: "  drawbridge verify --borrow\n  drawbridge verify --from workload --direction to-aws --format json",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runVerify(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.proof.bind(c)
	o.events.bind(c)
	return c
}

func runVerify(ctx context.Context, o *verifyOptions, at *site) (err error) {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return err
	}
	if err := o.proof.fits(s.bridge); err != nil {
		return err
	}
	r, err := newReporter(o.streams, o.cloud.output, o.events)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.finish()) }()
	signedOut := s.signIn(ctx)
	if signedOut == nil {
		err = steps.CheckIdentity(ctx, s.world, s.ops)
	} else if o.proof.from.value == verify.Operator {
		err = signedOut
	}
	if err != nil {
		return err
	}
	proofs, err := o.walk(ctx, s, r, signedOut != nil)
	if proofs == nil && err != nil {
		return err
	}
	if signedOut != nil && !fromWorkload(proofs) {
		return errors.Join(signedOut, err)
	}
	return errors.Join(err, o.show(s, proofs), unproven(proofs))
}

// walk proves. A workload is signed in nowhere but by its own metadata, so that a side that is signed out may still be
// crossed from; but nothing is borrowed then.
func (o *verifyOptions) walk(ctx context.Context, s *session, r *reporter, signedOut bool) ([]verify.Proof, error) {
	f := o.proof
	f.borrow = f.borrow && !signedOut
	if f.borrow {
		if err := steps.MissingRights(ctx, s.world, s.ops, steps.ForVerify, steps.Plan{}); err != nil {
			return nil, err
		}
		if err := s.openJournal(); err != nil {
			return nil, err
		}
	}
	return s.proofs(ctx, s.proofOptions(f, r.proof))
}

func fromWorkload(proofs []verify.Proof) bool {
	return slices.ContainsFunc(proofs, func(p verify.Proof) bool { return p.From == verify.Workload })
}

// fits refuses a direction that the bridge does not have.
func (f *proofFlags) fits(b spec.Bridge) error {
	has := map[string]bool{verify.ToAWS: b.ToAWS != nil, verify.ToGoogle: b.ToGoogle != nil}
	for _, d := range f.directions {
		wanted, known := has[d]
		switch {
		case !known:
			return usage("--direction "+d+" is not a direction", "use to-aws or to-google")
		case !wanted:
			return usage("--direction "+d+" is not a direction of bridge "+b.Name, "leave --direction out to prove what the bridge has")
		}
	}
	return nil
}

func (o *verifyOptions) show(s *session, proofs []verify.Proof) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.proof/v1", proofOf(proofs))
	}
	p := o.printer()
	p.title(s.bridge)
	p.blank()
	p.proofs(proofs)
	return nil
}
