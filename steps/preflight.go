package steps

import (
	"context"
	"slices"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
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

// Preflight looks at everything that could stop a set-up, all at the same time, and changes nothing. What may not be
// looked at is a check of outcome unknown; an error means that there is nothing to look at, as when the bridge itself
// cannot be ordered.
func Preflight(ctx context.Context, w *World, ops cloud.Operators, sink Sink) (PreflightReport, error) {
	w.settle()
	g, err := Of(w.Bridge)
	if err != nil {
		return PreflightReport{}, err
	}
	p := preflight{World: w.looking(), graph: g, ops: ops, sink: sink}
	var allowed, project, clocks, quotas []Check
	var read map[string]readRule
	var wg sync.WaitGroup
	wg.Go(func() {
		p.plan, p.planErr = g.Plan(ctx, p.World, Present, sink)
		_ = all(
			func() error { allowed = p.permissions(ctx, p.needed(), ForSetup); return nil },
			func() error { quotas = p.quotas(ctx); return nil },
		)
	})
	wg.Go(func() { project = p.project(ctx); p.organization = p.parentOrganization(ctx) })
	wg.Go(func() { clocks = p.clocks(ctx) })
	wg.Go(func() { read = p.readPolicies(ctx) })
	wg.Wait()
	checks := slices.Concat(p.identity(), p.partition(), allowed, project, p.policies(read), quotas, clocks, p.names())
	return PreflightReport{Checks: append(checks, p.grantedRoles(ctx)...), Plan: p.plan}, nil
}

// preflight is one round of checks.
type preflight struct {
	*World
	graph *Graph
	ops   cloud.Operators
	sink  Sink

	plan         Plan
	planErr      error
	organization string // number of the one above the project, "" when there is none or it cannot be seen
}

// check begins a check that is in order.
func check(id, side, title, detail string) Check {
	return Check{ID: id, Cloud: side, Title: title, Outcome: CheckOK, Detail: detail}
}

// not turns a check into one that is not in order.
func (c Check) not(o CheckOutcome, detail, fix, command string) Check {
	c.Outcome, c.Detail, c.Fix, c.Command = o, detail, fix, command
	return c
}

// failedLook says how a look that failed counts: what we may not see is unknown, anything else is in the way.
func (c Check) failedLook(err error) Check {
	fix := ""
	if p, ok := asProblem(err); ok && len(p.Do) > 0 {
		fix = p.Do[0]
	}
	if explain.Is(err, explain.Denied, explain.Disabled, explain.Throttled) {
		return c.not(CheckUnknown, err.Error(), fix, "")
	}
	return c.not(CheckBlocked, err.Error(), fix, "")
}
