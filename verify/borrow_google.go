package verify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

const (
	openIDTokenCreator = "roles/iam.serviceAccountOpenIdTokenCreator"
	getOpenIDToken     = "iam.serviceAccounts.getOpenIdToken"
	loanTitle          = "drawbridge-borrow-" // and a nonce: how a leftover is known
	borrowToAWS        = "google.borrow.to-aws"
)

// borrowAccount lets the caller mint ID tokens of the bridge's service account for a moment. It borrows nothing where the
// caller may already, or where the account is not ours; then the way itself tells. An error ends the proof.
func (c *crossing) borrowAccount(ctx context.Context) (*loan, error) {
	email := c.bridge.ToAWSEmail()
	if err := c.returnOldAccount(ctx, email); err != nil {
		c.notBorrowed(email, err)
		return nil, err
	}
	sight, err := steps.SeeAccount(ctx, c.world, email)
	if err != nil || !sight.Ours {
		return nil, nil // gone, not to be seen, or adopted: the first hop says so
	}
	if held, err := steps.HoldsOnAccount(ctx, c.world, email, getOpenIDToken); err == nil && held {
		return nil, nil
	}
	l, err := c.accountLoan(ctx, email)
	if err == nil {
		err = c.take(ctx, l)
	}
	if err != nil {
		c.notBorrowed(email, err)
	}
	return l, err
}

func (c *crossing) accountLoan(ctx context.Context, email string) (*loan, error) {
	member, err := googleCaller(c.opts)
	if err != nil {
		return nil, err
	}
	now, err := c.world.Google.Clock(ctx)
	if err != nil {
		return nil, err
	}
	until := now.Add(borrowLife).UTC().Truncate(time.Second)
	binding := steps.Loan{
		Role: openIDTokenCreator, Member: member, Title: loanTitle + nonce(),
		Description: c.bridge.Description(), Expression: expiry(until),
	}
	l := &loan{
		id: borrowToAWS,
		borrow: Borrow{
			What: openIDTokenCreator, Of: email, To: member, Until: until,
			Command: removeBinding(c.bridge.ToAWSAccountProject(), email, binding),
		},
		lend: func(ctx context.Context) error { return steps.LendAccount(ctx, c.world, email, binding) },
	}
	l.undo = func(ctx context.Context) error {
		return steps.ReturnAccount(ctx, c.world, email, binding.Title, !l.seen)
	}
	return l, nil
}

// googleCaller is the signed-in member. Only people and service accounts can be named exactly.
func googleCaller(o Options) (string, error) {
	if o.Operators.GoogleErr != nil {
		return "", o.Operators.GoogleErr
	}
	m := o.Operators.Google.Member()
	if kind, name, ok := strings.Cut(m, ":"); ok && name != "" && (kind == "user" || kind == "serviceAccount") {
		return m, nil
	}
	return "", errors.New("name the caller: Google does not tell whom these credentials belong to")
}

func expiry(until time.Time) string {
	return fmt.Sprintf("request.time < timestamp(%q)", until.UTC().Format(time.RFC3339))
}

// returnOldAccount removes what a killed run has left on the account. An unreadable policy has nothing to remove from.
func (c *crossing) returnOldAccount(ctx context.Context, email string) error {
	old, err := steps.AccountLoans(ctx, c.world, email, loanTitle)
	if err != nil || len(old) == 0 {
		return nil
	}
	if err := steps.ReturnAccount(ctx, c.world, email, loanTitle, false); err != nil && !explain.Is(err, explain.Missing) {
		left, _ := accountLeftovers(ctx, c.world)
		return notTakenBack(left, err)
	}
	c.tell(Event{Kind: Returning, Name: email, Outcome: string(steps.OutcomeDone), Message: leftBehind})
	return nil
}

func addBinding(project, email string, l steps.Loan) string { return binding("add", project, email, l) }

func removeBinding(project, email string, l steps.Loan) string {
	return binding("remove", project, email, l)
}

func binding(verb, project, email string, l steps.Loan) string {
	condition := fmt.Sprintf("expression=%s,title=%s,description=%s", l.Expression, l.Title, l.Description)
	return fmt.Sprintf("gcloud iam service-accounts %s-iam-policy-binding %s --project=%s --member=%s --role=%s --condition=%s",
		verb, email, project, l.Member, l.Role, quoted(condition))
}

// quoted is one word for a POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// serviceAccount is the e-mail of a caller that is one.
func serviceAccount(member string) (string, bool) {
	return strings.CutPrefix(member, "serviceAccount:")
}
