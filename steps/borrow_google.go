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

// AccountMembers lists who holds role on the service account, whatever the condition.
func AccountMembers(ctx context.Context, w *World, email, role string) ([]string, error) {
	p, err := loanPolicy(w, email).get(ctx)
	var members []string
	for _, g := range grantsIn(p) {
		if g.Role == role {
			members = append(members, g.Member)
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
	p, err := loanPolicy(w, email).get(ctx)
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
// that is gone took them with it.
func ReturnAccount(ctx context.Context, w *World, email, title string) error {
	loans, err := AccountLoans(ctx, w, email, title)
	if err != nil || len(loans) == 0 {
		return err
	}
	var e edit
	for _, l := range loans {
		e.Remove = append(e.Remove, grant(l))
	}
	err = loanPolicy(w, email).rewrite(ctx, e, false)
	if explain.Is(err, explain.Missing) {
		return nil
	}
	return err
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
