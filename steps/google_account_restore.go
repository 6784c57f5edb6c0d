package steps

import (
	"context"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// revivable finds the number of a deleted account: a deleted account cannot be read by its e-mail, but the trust of our
// own role pins its number, and Google keeps it in the project's policy.
func (s *accountStep) revivable(ctx context.Context, w *World) (uniqueID, why string, err error) {
	if s.direction == "to-aws" {
		r, err := readRole(ctx, w, s.b.ToAWS.Role.Name)
		if err != nil || r == nil || byTags(s.b, r.Tags) != ours {
			return "", "", err
		}
		if n := numbersIn(r.Trust); len(n) == 1 {
			return n[0], "the role of this bridge trusts its number", nil
		}
		return "", "", nil
	}
	p, err := readProjectPolicy(ctx, w)
	if explain.Is(err, explain.Denied) {
		return "", "", nil
	}
	prefix := "deleted:serviceAccount:" + s.email + "?uid="
	for _, want := range wantedGrants(s.b, prefix) {
		for _, g := range grantsIn(p) {
			if n, ok := strings.CutPrefix(g.Member, prefix); ok && g.Role == want.Role {
				return n, "the project's policy still names it", nil
			}
		}
	}
	return "", "", err
}

// restore brings the deleted account back. Only now can its mark be read: when it is not ours it is deleted again.
func (s *accountStep) restore(ctx context.Context, w *World, uniqueID string) error {
	op := "undelete service account " + uniqueID
	name := accountName(s.project, uniqueID)
	_, err := write(ctx, op, func(ctx context.Context) (*iam.UndeleteServiceAccountResponse, error) {
		return w.Google.IAM.Projects.ServiceAccounts.Undelete(name, &iam.UndeleteServiceAccountRequest{}).Context(ctx).Do()
	})
	if explain.Is(err, explain.Missing) {
		p, _ := asProblem(err)
		p.Reason = "it is gone for good: more than 30 days have passed"
		p.Do = []string{"drawbridge destroy, then apply: a new account gets a new number, which the role has to trust"}
	}
	if err != nil && !lost(err) {
		return err
	}
	if err := s.visible(ctx, w, uniqueID); err != nil {
		return err
	}
	a, err := readAccount(ctx, w, s.project, s.email)
	if err != nil {
		return err
	}
	if a == nil || byDescription(s.b, a.Description) != ours {
		_, err := write(ctx, "delete service account "+uniqueID+" again", func(ctx context.Context) (*iam.Empty, error) {
			return w.Google.IAM.Projects.ServiceAccounts.Delete(name).Context(ctx).Do()
		})
		if err != nil {
			return err
		}
		return &explain.Problem{Op: op, Kind: explain.Conflict, Reason: "the account was not made by this bridge; it was deleted again"}
	}
	s.fact(w.Facts).Set(uniqueID)
	return nil
}
