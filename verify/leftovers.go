package verify

import (
	"context"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

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

// ridesOn notes access that an earlier run has left behind, when this one borrows nothing: it may be all that the proof
// stands on.
func (c *crossing) ridesOn(ctx context.Context, look func(context.Context, *steps.World) ([]steps.Change, error)) {
	if c.proof.From != Operator || c.opts.Borrow {
		return
	}
	left, err := look(ctx, c.world)
	if err != nil || len(left) == 0 {
		return
	}
	c.old = &Borrow{What: "access " + left[0].Reason, Of: left[0].Name, Command: left[0].Command}
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
			err = steps.ReturnAccount(ctx, w, name, loanTitle, false)
		} else {
			name = w.Bridge.ToGoogle.Role.Name
			err = returnRole(ctx, w, name, loanSid, nil, false)
		}
		if err != nil {
			return err
		}
		tell(Event{
			Direction: side.direction, Kind: Returning, Name: name, Outcome: string(steps.OutcomeDone),
			Message: leftBehind,
		})
	}
	return nil
}
