package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// setupOptions serve drawbridge itself and drawbridge setup.
type setupOptions struct {
	cloudCommand
	change changeFlags
	proof  proofFlags
	events eventFlags
	dir    string
	root   bool // drawbridge without a command
}

func newSetup(s streams) *cobra.Command {
	o := &setupOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "setup",
		Short: "The wizard, or headless: preflight, plan, apply, verify, generate",
		Long: `At a terminal: the wizard. Otherwise the same without a question: preflight, plan, apply, verify, generate. On real
clouds that needs --yes; proofs from here need --borrow, which is a consent of its own.

On the screens ? explains. With DRAWBRIDGE_MOUSE set rows and keys can be clicked; text is then selected with shift held.

Exit code 0: applied and proven. 3: something is blocked (nothing was touched), or not every proof is proven.`,
		Example: "  drawbridge setup\n  drawbridge setup --yes --borrow -f bridge.yaml --format json",
		Args:    nothing,
		RunE:    func(c *cobra.Command, _ []string) error { return o.start(c) },
	}
	o.bind(c)
	return c
}

func (o *setupOptions) bind(c *cobra.Command) {
	o.cloud.bind(c)
	o.cloud.file.bindSet(c)
	o.change.bind(c)
	o.proof.bind(c)
	o.events.bind(c)
	c.Flags().StringVarP(&o.dir, "output", "o", "", "write the generated files into `DIR` (default below DRAWBRIDGE_HOME)")
}

// start chooses between screens, plain questions and no questions at all.
func (o *setupOptions) start(c *cobra.Command) error {
	asks := o.cloud.consent.asks(o.streams)
	if o.root && !asks && !o.cloud.sandbox.on {
		return &usageError{
			what: "the wizard needs a terminal",
			why:  "stdin or stderr is no terminal, or --yes, --no-input or CI is set",
			do: []string{
				"without questions: drawbridge setup --yes --borrow -f bridge.yaml",
				"with plain questions on a pipe: drawbridge --accessible",
				"the embedded clouds' example: drawbridge --sandbox",
			},
		}
	}
	return o.on(c, func(ctx context.Context, at *site) error {
		if asks {
			return o.wizard(ctx, at)
		}
		if o.cloud.sandbox.on && !o.terminal() {
			o.cloud.consent.yes, o.proof.borrow = true, true
		}
		return o.headless(ctx, at)
	})
}

// bridge is what flags and file say already. It is missing only where questions will ask for it.
func (o *setupOptions) bridge() (b spec.Bridge, missing bool, err error) {
	f := o.cloud.file
	if o.root && !f.named() && len(f.set) == 0 && !o.cloud.consent.asks(o.streams) {
		b, err = o.parseBridge(exampleName, example, &o.cloud, o.change)
		return b, false, err
	}
	if _, statErr := os.Stat(f.path); errors.Is(statErr, os.ErrNotExist) && !f.named() {
		if len(f.set) == 0 {
			return b, true, nil
		}
		_, b, err = o.newBridge(append(slices.Clip(f.set), o.change.settings()...), o.cloud.reach)
		return b, false, err
	}
	b, err = o.readBridge(&o.cloud, o.change)
	return b, false, err
}
