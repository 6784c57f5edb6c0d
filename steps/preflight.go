package steps

import (
	"context"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// CheckOutcome is how one preflight check came out.
type CheckOutcome string

// The outcomes of a check. Unknown means that we may not look: it does not block.
const (
	CheckOK      CheckOutcome = "ok"
	CheckWarn    CheckOutcome = "warn"
	CheckBlocked CheckOutcome = "blocked"
	CheckUnknown CheckOutcome = "unknown"
)

// Check is one thing that could stop us, and whether it does.
type Check struct {
	ID      string       `json:"id"` // CLOUD.WHAT, such as google.permissions
	Cloud   string       `json:"cloud"`
	Title   string       `json:"title"`
	Outcome CheckOutcome `json:"outcome"`
	Detail  string       `json:"detail"`
	Fix     string       `json:"fix"`
	Command string       `json:"command"`
}

// PreflightReport is every check, in a fixed order. Plan is the plan that the check of names was made from.
type PreflightReport struct {
	Checks []Check `json:"checks"`
	Plan   Plan    `json:"-"`
}

// Blocked reports whether a check would stop us.
func (r PreflightReport) Blocked() bool {
	for _, c := range r.Checks {
		if c.Outcome == CheckBlocked {
			return true
		}
	}
	return false
}

// Preflight looks at everything that could stop a set-up, all at the same time, and changes nothing. An error means that
// not even looking was possible; what may not be looked at is a check of outcome unknown.
func Preflight(ctx context.Context, w *World, ops cloud.Operators, sink Sink) (PreflightReport, error) {
	w.settle()
	return PreflightReport{Checks: []Check{}}, nil
}
