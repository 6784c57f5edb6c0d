package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Loan is one member's conditional binding on one service account, as a proof borrows it. It carries a title of its own.
type Loan struct{ Role, Member, Title, Description, Expression string }

// AccountSight is what a proof needs to know about a service account.
type AccountSight struct {
	UniqueID string // 21 digits
	Ours     bool   // it carries the mark of this bridge
	Disabled bool
}

// SeeAccount reads the service account. An absent one is a Problem of kind missing.
func SeeAccount(ctx context.Context, w *World, email string) (AccountSight, error) {
	a, err := readAccount(ctx, w, projectOf(email), email)
	if err != nil {
		return AccountSight{}, err
	}
	if a == nil {
		return AccountSight{}, notThere("service account " + email)
	}
	return AccountSight{UniqueID: a.UniqueId, Ours: byDescription(w.Bridge, a.Description) == ours, Disabled: a.Disabled}, nil
}

// AccountMembers lists who holds role on the service account, each with the condition under which.
func AccountMembers(ctx context.Context, w *World, email, role string) ([]Loan, error) {
	p, err := loanPolicy(w, email).get(ctx)
	var members []Loan
	for _, g := range grantsIn(p) {
		if g.Role == role {
			members = append(members, Loan(g))
		}
	}
	return members, err
}

// HoldsOnAccount tells whether the operator has the permission on the service account.
func HoldsOnAccount(ctx context.Context, w *World, email, permission string) (bool, error) {
	ask := &iam.TestIamPermissionsRequest{Permissions: []string{permission}}
	name := accountName(projectOf(email), email)
	reply, err := w.Google.IAM.Projects.ServiceAccounts.TestIamPermissions(name, ask).Context(ctx).Do()
	if err != nil {
		return false, cloud.Problem("ask for "+permission+" on "+email, err)
	}
	return slices.Contains(reply.Permissions, permission), nil
}

// LendAccount adds the loan's binding to the service account's policy and reads it back.
func LendAccount(ctx context.Context, w *World, email string, loan Loan) error {
	return loanPolicy(w, email).rewrite(ctx, edit{Add: []grant{grant(loan)}}, false)
}

// AccountLoans lists the conditional bindings on the service account whose title starts so; none when it is gone.
func AccountLoans(ctx context.Context, w *World, email, title string) ([]Loan, error) {
	a := loanPolicy(w, email)
	p, err := a.get(ctx)
	if explain.Is(err, explain.Missing) {
		p, err = a.get(ctx) // one answer alone may come from a replica that does not know it yet
	}
	if explain.Is(err, explain.Missing) {
		return nil, nil
	}
	var loans []Loan
	for _, g := range grantsIn(p) {
		if strings.HasPrefix(g.Title, title) {
			loans = append(loans, Loan(g))
		}
	}
	return loans, err
}

// ReturnAccount removes the conditional bindings whose title starts so and reads back that they are gone. An account
// that is gone took them with it; that is believed when it is missing twice. Reads lag behind writes: where a loan was
// written and never seen (unseen), one that does not show proves nothing. Then the policy is written as it was read,
// until Google accepts its etag as the latest.
func ReturnAccount(ctx context.Context, w *World, email, title string, unseen bool) error {
	a := loanPolicy(w, email)
	missed := func(err error) bool { return explain.Is(err, explain.Missing) && !a.missing(ctx) }
	wait := cloud.Wait{What: a.title + " to take the change", Retry: func(err error) bool {
		return explain.Is(err, explain.Conflict) || lost(err) || missed(err)
	}}
	err := cloud.Until(ctx, wait, func(ctx context.Context) error {
		p, err := a.get(ctx)
		if err != nil {
			return err
		}
		if there := takeLoans(p, title); !there && !unseen {
			return nil
		}
		p.Version, p.ForceSendFields = 3, []string{"Bindings"}
		return a.put(ctx, p)
	})
	if err == nil {
		err = a.showsNoLoan(ctx, title, missed)
	}
	if explain.Is(err, explain.Missing) {
		return nil
	}
	return err
}

// showsNoLoan looks until the policy is read without any loan whose title starts so.
func (a allowPolicy) showsNoLoan(ctx context.Context, title string, missed func(error) bool) error {
	wait := cloud.Wait{What: a.title + " to show the change", Retry: func(err error) bool {
		return explain.Is(err, explain.Pending, explain.Denied, explain.Disabled) || missed(err)
	}}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		p, err := a.get(ctx)
		if err == nil && takeLoans(p, title) {
			err = notShown(a.title)
		}
		return err
	})
}

// missing looks whether there is no such policy: one answer alone may come from a replica that does not know it yet.
func (a allowPolicy) missing(ctx context.Context) bool {
	_, err := a.get(ctx)
	return explain.Is(err, explain.Missing)
}

// takeLoans removes what was lent under a title that starts so, and reports whether there was any.
func takeLoans(p *iam.Policy, title string) bool {
	var e edit
	for _, g := range grantsIn(p) {
		if strings.HasPrefix(g.Title, title) {
			e.Remove = append(e.Remove, g)
		}
	}
	return len(e.Remove) > 0 && e.apply(p)
}

func loanPolicy(w *World, email string) allowPolicy { return accountPolicy(w, projectOf(email), email) }

// projectOf reads the project from a service account's e-mail: NAME@PROJECT or, in a domain, NAME@PROJECT.DOMAIN.
func projectOf(email string) string {
	_, host, _ := strings.Cut(email, "@")
	id, ok := strings.CutSuffix(host, ".iam.gserviceaccount.com")
	if !ok {
		return "-"
	}
	if name, domain, scoped := strings.Cut(id, "."); scoped {
		return domain + ":" + name
	}
	return id
}

func notThere(what string) error {
	return &explain.Problem{Op: "read " + what, Kind: explain.Missing, Reason: "it is not there", Do: []string{"drawbridge apply makes it"}}
}
