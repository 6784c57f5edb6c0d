package steps

import (
	"context"
	"strings"
	"time"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// reserved is how long Google keeps what was deleted: so long it can be brought back, and its name cannot be used anew.
const reserved = 30 * 24 * time.Hour

func until(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// planAbsent removes the account when it is ours and nobody else hangs on it.
func (s *accountStep) planAbsent(ctx context.Context, w *World, a *iam.ServiceAccount) (Change, error) {
	switch {
	case a == nil:
		return s.about.gone(), nil
	case byDescription(s.b, a.Description) != ours:
		return s.about.keep("it was not made by this bridge"), nil
	}
	if vm, err := s.stayingVM(ctx, w); err != nil || vm != "" {
		return s.about.keep("VM " + vm + " stays and runs as it; destroy --with-vm removes both"), err
	}
	others, err := s.hanging(ctx, w, a)
	if err != nil {
		return Change{}, err
	}
	if len(others) > 0 {
		return s.about.held("others hang on it: %s", strings.Join(others, ", ")), nil
	}
	c := s.about.change(Remove, "it was made by this bridge")
	c.Until, c.Lasts = until(w.Now().Add(reserved)), "its number stays reserved, and so long it can be brought back"
	c.Undo = command("gcloud", "iam", "service-accounts", "undelete", a.UniqueId, "--project", s.project)
	return c.with(seenOf(a), command("gcloud", "iam", "service-accounts", "delete", s.email, "--project", s.project, "--quiet"),
		drop("email", s.email), drop("uniqueId", a.UniqueId)), nil
}

// remove deletes the account, after looking again at who hangs on it.
func (s *accountStep) remove(ctx context.Context, w *World, seen accountSeen) error {
	a, err := s.unchanged(ctx, w, seen)
	if err != nil {
		return err
	}
	others, err := s.hanging(ctx, w, a)
	if err != nil {
		return err
	}
	if len(others) > 0 {
		return moved(s.about.Title)
	}
	op := "delete service account " + s.email
	err = erase(ctx, s.about.Title, func(ctx context.Context) error {
		_, err := write(ctx, op, func(ctx context.Context) (*iam.Empty, error) {
			return w.Google.IAM.Projects.ServiceAccounts.Delete(accountName(s.project, s.email)).Context(ctx).Do()
		})
		return err
	}, s.there(w))
	if err == nil && s.fact != nil {
		s.fact(w.Facts).Forget()
	}
	return err
}

// workloadUser is the one role that lets a member act as a service account.
func workloadUser(member string) grant {
	return grant{Role: "roles/iam.workloadIdentityUser", Member: member}
}

// wantedGrants are the roles in the project that the file asks for a member.
func wantedGrants(b spec.Bridge, member string) []grant {
	if b.ToGoogle == nil {
		return nil
	}
	out := make([]grant, 0, len(b.ToGoogle.Grants))
	for _, g := range b.ToGoogle.Grants {
		out = append(out, grantOf(g, member))
	}
	return out
}
