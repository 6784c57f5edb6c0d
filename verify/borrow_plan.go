package verify

import (
	"context"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// expiryUnknown stands for an end that the granting cloud's clock will give.
func expiryUnknown() steps.Unknown { return steps.Unknown{After: "borrowing: 15 minutes later"} }

// BorrowPlan lists what --borrow would grant, as changes to show before anybody agrees. It is empty for a direction that
// borrows nothing: no consent, proven from the workload, an account or a role that is not ours, or access already held.
func BorrowPlan(ctx context.Context, w *steps.World, o Options) ([]steps.Change, error) {
	o = o.complete(ctx, w)
	plan := []steps.Change{}
	if !o.Borrow || o.From == Workload {
		return plan, nil
	}
	asked, err := directions(w.Bridge, o)
	if err != nil {
		return nil, err
	}
	for _, r := range routesFor(ctx, w, o, asked) {
		if r.from == Workload {
			continue
		}
		ask := planAccountLoan
		if r.direction == ToGoogle {
			ask = planRoleLoan
		}
		c, wanted, err := ask(ctx, w, o)
		if err != nil {
			return nil, err
		}
		if wanted {
			plan = append(plan, c)
		}
	}
	return plan, nil
}

func planAccountLoan(ctx context.Context, w *steps.World, o Options) (steps.Change, bool, error) {
	email := w.Bridge.ToAWSEmail()
	member, err := googleCaller(o)
	if err != nil {
		return steps.Change{}, false, nil // the proof will be skipped, and says why
	}
	sight, err := steps.SeeAccount(ctx, w, email)
	missing := explain.Is(err, explain.Missing)
	switch {
	case err != nil && !missing:
		return steps.Change{}, false, err
	case missing && w.Bridge.Adopts("toAWS.serviceAccount"), !missing && !sight.Ours:
		return steps.Change{}, false, nil
	case !missing:
		if held, err := steps.HoldsOnAccount(ctx, w, email, getOpenIDToken); err == nil && held {
			return steps.Change{}, false, nil
		}
	}
	return steps.Change{
		ID: borrowToAWS, Cloud: "google", Kind: "borrow", Name: email, Action: steps.Create, Scope: "bridge",
		Title:  "borrow " + openIDTokenCreator,
		Reason: "an ID token of the account proves the way to AWS; removed right after, expires after 15 minutes",
		Fields: []steps.Field{
			{Path: "role", After: openIDTokenCreator},
			{Path: "member", After: member},
			{Path: "condition.expression", After: expiryUnknown()},
		},
		Needs: []string{},
		Command: addBinding(w.Bridge.ToAWSAccountProject(), email, steps.Loan{
			Role: openIDTokenCreator, Member: member, Title: strings.TrimSuffix(loanTitle, "-"),
			Description: w.Bridge.Description(), Expression: `request.time < timestamp("UNTIL")`,
		}),
	}, true, nil
}

func planRoleLoan(ctx context.Context, w *steps.World, o Options) (steps.Change, bool, error) {
	role := w.Bridge.ToGoogle.Role.Name
	principal, err := awsCaller(ctx, w, o)
	if err != nil {
		return steps.Change{}, false, nil // the proof will be skipped, and says why
	}
	sight, err := steps.SeeRole(ctx, w, role)
	missing := explain.Is(err, explain.Missing)
	switch {
	case err != nil && !missing:
		return steps.Change{}, false, err
	case missing && w.Bridge.Adopts("toGoogle.role"), !missing && !sight.Ours:
		return steps.Change{}, false, nil
	}
	return steps.Change{
		ID: borrowToGoogle, Cloud: "aws", Kind: "borrow", Name: role, Action: steps.Create, Scope: "bridge",
		Title:  "borrow a trust statement",
		Reason: "a session of the role proves the way to Google; removed right after, expires after 15 minutes",
		Fields: []steps.Field{
			{Path: "sid", After: loanSid + "…"},
			{Path: "principal", After: principal},
			{Path: "condition.aws:userid", After: o.Operators.AWS.UserID},
			{Path: "condition.aws:CurrentTime", After: expiryUnknown()},
		},
		Needs:   []string{},
		Command: updateTrust(role, []byte("<the trust policy with this statement added>")),
	}, true, nil
}

// Leftovers lists borrowed access that a killed run has left behind, as changes of action remove. It only reads.
func Leftovers(ctx context.Context, w *steps.World) ([]steps.Change, error) {
	found := []steps.Change{}
	if w.Bridge.ToAWS != nil {
		left, err := accountLeftovers(ctx, w)
		if err != nil {
			return nil, err
		}
		found = append(found, left...)
	}
	if w.Bridge.ToGoogle != nil {
		left, err := roleLeftovers(ctx, w)
		if err != nil {
			return nil, err
		}
		found = append(found, left...)
	}
	return found, nil
}

func accountLeftovers(ctx context.Context, w *steps.World) ([]steps.Change, error) {
	email := w.Bridge.ToAWSEmail()
	loans, err := steps.AccountLoans(ctx, w, email, loanTitle)
	if err != nil {
		return nil, err
	}
	var found []steps.Change
	for _, l := range loans {
		found = append(found, leftover(steps.Change{
			ID: borrowToAWS, Cloud: "google", Name: email,
			Fields: []steps.Field{
				{Path: "role", Before: l.Role}, {Path: "member", Before: l.Member}, {Path: "condition.expression", Before: l.Expression},
			},
			Command: removeBinding(w.Bridge.ToAWSAccountProject(), email, l),
		}))
	}
	return found, nil
}

func roleLeftovers(ctx context.Context, w *steps.World) ([]steps.Change, error) {
	role := w.Bridge.ToGoogle.Role.Name
	sight, err := steps.SeeRole(ctx, w, role)
	if explain.Is(err, explain.Missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	left, err := statements(sight.Trust, loanSid)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	clean, err := withoutStatements(sight.Trust, loanSid)
	if err != nil {
		return nil, err
	}
	var found []steps.Change
	for _, s := range left {
		found = append(found, leftover(steps.Change{
			ID: borrowToGoogle, Cloud: "aws", Name: role,
			Fields:  []steps.Field{{Path: "trust.statement", Before: s}},
			Command: updateTrust(role, clean),
		}))
	}
	return found, nil
}

func leftover(c steps.Change) steps.Change {
	c.Kind, c.Action, c.Scope, c.Needs = "borrow", steps.Remove, "bridge", []string{}
	c.Title = "borrowed access"
	c.Reason = "left behind by a run that was killed"
	return c
}

// RemoveLeftovers takes back what a killed run has left behind and reads back that it is gone. Finding nothing costs one
// read a side.
func RemoveLeftovers(ctx context.Context, w *steps.World, sink func(Event)) error {
	found, err := Leftovers(ctx, w)
	if err != nil {
		return err
	}
	tell := oneAtATime(sink, w.Now)
	sides := []struct{ id, direction string }{{borrowToAWS, ToAWS}, {borrowToGoogle, ToGoogle}}
	for _, side := range sides {
		if !slices.ContainsFunc(found, func(c steps.Change) bool { return c.ID == side.id }) {
			continue
		}
		name := ""
		if side.direction == ToAWS {
			name = w.Bridge.ToAWSEmail()
			err = steps.ReturnAccount(ctx, w, name, loanTitle)
		} else {
			name = w.Bridge.ToGoogle.Role.Name
			err = returnRole(ctx, w, name, loanSid)
		}
		if err != nil {
			return err
		}
		tell(Event{
			Direction: side.direction, Kind: Returning, Name: name, Outcome: string(steps.OutcomeDone),
			Message: "took back what an earlier run had left",
		})
	}
	return nil
}
