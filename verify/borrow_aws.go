package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const (
	loanSid        = "DrawbridgeBorrow" // and a nonce: how a leftover is known
	borrowToGoogle = "aws.borrow.to-google"
)

// borrowRole lets the caller assume the workload's role for a moment, which its trust keeps to the service it runs on. It
// borrows nothing where the role is not ours; then the way itself tells. An error ends the proof.
func (c *crossing) borrowRole(ctx context.Context) (*loan, error) {
	role := c.bridge.ToGoogle.Role.Name
	if err := c.returnOldRole(ctx, role); err != nil {
		c.notBorrowed(role, err)
		return nil, err
	}
	sight, err := steps.SeeRole(ctx, c.world, role)
	if err != nil || !sight.Ours || sight.ARN != c.bridge.ToGoogleRoleARN() {
		return nil, nil // gone, elsewhere, not to be seen, or adopted: the first hop says so
	}
	l, err := c.roleLoan(ctx, role, sight.Trust)
	if err == nil {
		err = c.take(ctx, l)
	}
	if err != nil {
		c.notBorrowed(role, err)
	}
	return l, err
}

func (c *crossing) roleLoan(ctx context.Context, role string, before []byte) (*loan, error) {
	principal, err := awsCaller(ctx, c.world, c.opts)
	if err != nil {
		return nil, err
	}
	now, err := c.world.AWS.Clock(ctx)
	if err != nil {
		return nil, err
	}
	until := now.Add(borrowLife).UTC().Truncate(time.Second)
	lent := lend(loanSid+nonce(), principal, c.opts.Operators.AWS.UserID, until)
	l := &loan{
		id: borrowToGoogle,
		borrow: Borrow{
			What: "trust statement " + lent.Sid, Of: role, To: principal, Until: until,
			Command: updateTrust(role, before),
		},
		lend: func(ctx context.Context) error {
			return steps.EditTrust(ctx, c.world, role, func(trust []byte) ([]byte, error) { return withStatement(trust, lent) })
		},
	}
	l.undo = func(ctx context.Context) error { return returnRole(ctx, c.world, role, lent.Sid, before, !l.seen) }
	return l, nil
}

// awsCaller is the caller's own user or role ARN. A session's role is looked up, because its ARN in the session has no
// path. The root user and federated users cannot be named exactly.
func awsCaller(ctx context.Context, w *steps.World, o Options) (string, error) {
	if o.Operators.AWSErr != nil {
		return "", o.Operators.AWSErr
	}
	arn := o.Operators.AWS.Principal
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[4] != w.Bridge.AWS.Account || o.Operators.AWS.UserID == "" {
		return "", fmt.Errorf("name the caller: %q is not an identity of account %s", arn, w.Bridge.AWS.Account)
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "user":
		return arn, nil
	case "assumed-role":
		role, _, _ := strings.Cut(name, "/")
		sight, err := steps.SeeRole(ctx, w, role)
		return sight.ARN, err
	}
	return "", fmt.Errorf("name the caller: access is lent to a user or a role, not to %s", arn)
}

// returnRole removes our statements and leaves the rest; where that is the document from before, it is put back letter by
// letter. A role that is gone took them with it. Reads lag behind writes: where ours was written and never seen (unseen), a
// document without it proves nothing, and is written again, so that it comes after ours.
func returnRole(ctx context.Context, w *steps.World, role, sid string, before []byte, unseen bool) error {
	take := func(trust []byte) ([]byte, error) {
		rest, err := withoutStatements(trust, sid)
		if rest != nil && before != nil && spec.SameDocument(rest, before) {
			return before, nil
		}
		if err == nil && rest == nil && unseen {
			return trust, nil
		}
		return rest, err
	}
	err := steps.EditTrust(ctx, w, role, take)
	if explain.Is(err, explain.Missing) { // one answer alone may come from a replica that does not know it yet
		err = steps.EditTrust(ctx, w, role, take)
	}
	if explain.Is(err, explain.Missing) {
		return nil
	}
	if !explain.Is(err, explain.Conflict) {
		return err
	}
	// Somebody else wrote at the same time. What counts is whether ours is gone.
	now, rerr := steps.SeeRole(ctx, w, role)
	if rerr != nil {
		return errors.Join(err, rerr)
	}
	if left, rerr := statements(now.Trust, sid); rerr != nil || len(left) > 0 {
		return err
	}
	return nil
}

// returnOldRole removes what a killed run has left on the role. An unreadable trust has nothing to remove from.
func (c *crossing) returnOldRole(ctx context.Context, role string) error {
	sight, err := steps.SeeRole(ctx, c.world, role)
	if explain.Is(err, explain.Missing) {
		sight, err = steps.SeeRole(ctx, c.world, role)
	}
	if err != nil {
		return nil
	}
	if old, err := statements(sight.Trust, loanSid); err != nil || len(old) == 0 {
		return nil
	}
	left, _ := roleLeftovers(ctx, c.world)
	if err := returnRole(ctx, c.world, role, loanSid, nil, false); err != nil {
		return notTakenBack(left, err)
	}
	c.tell(Event{Kind: Returning, Name: role, Outcome: string(steps.OutcomeDone), Message: leftBehind})
	return nil
}

func updateTrust(role string, document []byte) string {
	return fmt.Sprintf("aws iam update-assume-role-policy --role-name %s --policy-document %s", role, quoted(string(document)))
}
