package steps

import (
	"context"
	"slices"
	"strings"
	"time"

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
	p, err := loanPolicy(ctx, w, email)
	if err != nil {
		return nil, err
	}
	var members []string
	for _, b := range p.Bindings {
		if b.Role == role {
			members = append(members, b.Members...)
		}
	}
	return members, nil
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
	err := editLoans(ctx, w, email, func(p *iam.Policy) bool {
		p.Bindings = append(p.Bindings, &iam.Binding{
			Role: loan.Role, Members: []string{loan.Member},
			Condition: &iam.Expr{Title: loan.Title, Description: loan.Description, Expression: loan.Expression},
		})
		return true
	})
	if err != nil {
		return err
	}
	return readBack(ctx, "the policy of "+email, func(ctx context.Context) error {
		lent, err := AccountLoans(ctx, w, email, loan.Title)
		if err == nil && len(lent) == 0 {
			return notShown("the policy of " + email)
		}
		if err == nil && !slices.Equal(lent, []Loan{loan}) {
			return unexpected("the policy of " + email)
		}
		return err
	})
}

// AccountLoans lists the conditional bindings on the service account whose title starts so; none when it is gone.
func AccountLoans(ctx context.Context, w *World, email, title string) ([]Loan, error) {
	p, err := loanPolicy(ctx, w, email)
	if explain.Is(err, explain.Missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var loans []Loan
	for _, b := range p.Bindings {
		if !titled(b, title) {
			continue
		}
		for _, m := range b.Members {
			loans = append(loans, Loan{
				Role: b.Role, Member: m, Title: b.Condition.Title,
				Description: b.Condition.Description, Expression: b.Condition.Expression,
			})
		}
	}
	return loans, nil
}

// ReturnAccount removes the conditional bindings whose title starts so and reads back that they are gone. An account
// that is gone took them with it.
func ReturnAccount(ctx context.Context, w *World, email, title string) error {
	err := editLoans(ctx, w, email, func(p *iam.Policy) bool {
		n := len(p.Bindings)
		p.Bindings = slices.DeleteFunc(p.Bindings, func(b *iam.Binding) bool { return titled(b, title) })
		return len(p.Bindings) != n
	})
	if explain.Is(err, explain.Missing) {
		return nil
	}
	if err != nil {
		return err
	}
	return readBack(ctx, "the policy of "+email, func(ctx context.Context) error {
		left, err := AccountLoans(ctx, w, email, title)
		if err == nil && len(left) > 0 {
			return notShown("the policy of " + email)
		}
		return err
	})
}

// readBack looks until a write shows; reads may lag behind writes on either side.
func readBack(ctx context.Context, what string, look func(context.Context) error) error {
	unseen := func(err error) bool { return explain.Is(err, explain.Pending) }
	return cloud.Until(ctx, cloud.Wait{What: what + " to read as written", For: time.Minute, Retry: unseen}, look)
}

func notShown(what string) error {
	return &explain.Problem{Op: "read back " + what, Kind: explain.Pending, Reason: "the write does not show yet"}
}

func titled(b *iam.Binding, title string) bool {
	return b.Condition != nil && strings.HasPrefix(b.Condition.Title, title)
}

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

func loanPolicy(ctx context.Context, w *World, email string) (*iam.Policy, error) {
	p, err := readAccountPolicy(ctx, w, projectOf(email), email)
	if err == nil && p == nil {
		return nil, notThere("the policy of " + email)
	}
	return p, err
}

// editLoans reads, edits and writes with the etag just read, again when somebody else was faster.
func editLoans(ctx context.Context, w *World, email string, edit func(*iam.Policy) bool) error {
	once := func(ctx context.Context) error {
		p, err := loanPolicy(ctx, w, email)
		if err != nil || !edit(p) {
			return err
		}
		p.Version = 3
		_, err = w.Google.IAM.Projects.ServiceAccounts.
			SetIamPolicy(accountName(projectOf(email), email), &iam.SetIamPolicyRequest{Policy: p}).Context(ctx).Do()
		return cloud.Problem("write the policy of "+email, err)
	}
	faster := func(err error) bool { return explain.Is(err, explain.Conflict) }
	return cloud.Until(ctx, cloud.Wait{What: "our turn to write the policy of " + email, Retry: faster}, once)
}
