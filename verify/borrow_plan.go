package verify

import (
	"context"
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
