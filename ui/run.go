package ui

import (
	"context"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Run draws the wizard on o.Out until it is left. Err of the outcome and the returned error differ: the latter means the
// terminal itself failed. When ctx ends the running call is told to stop, and Run returns after it did.
func Run(ctx context.Context, e Engine, o Options) (Outcome, error) { return Outcome{}, nil }

// RunPlain asks the same questions as plain lines: numbered choices, no repainting, answers readable from a pipe. A
// question that got no answer is an *Unanswered, which names the flag that answers it.
func RunPlain(ctx context.Context, e Engine, o Options) (Outcome, error) { return Outcome{}, nil }

// ConfirmDestroy shows what p would remove and what it keeps, and reports whether the bridge's name was typed. With
// PlainIn set it asks in plain lines.
func ConfirmDestroy(ctx context.Context, o Options, b spec.Bridge, p steps.Plan) (bool, error) {
	return false, nil
}
