package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// revivable finds the number of a deleted account that may be brought back. The mark of a deleted account cannot be read,
// and what the project's policy still says of a dead number tells nothing about whose it was. Only the trust of our own
// role is evidence: it pins the number of the account that it was made for. So an account on the way to Google is never
// brought back: its name is free for a new one.
func (s *accountStep) revivable(ctx context.Context, w *World) (uniqueID, why string, err error) {
	if s.direction != "to-aws" {
		return "", "", nil
	}
	var r *role
	var alive []*iam.ServiceAccount
	err = all(
		into(&r, func() (*role, error) { return readRole(ctx, w, s.b.ToAWS.Role.Name) }),
		into(&alive, func() ([]*iam.ServiceAccount, error) { return readAccounts(ctx, w) }),
	)
	if err != nil || r == nil || byTags(s.b, r.Tags) != ours {
		return "", "", err
	}
	n := numbersIn(r.Trust)
	lives := func(a *iam.ServiceAccount) bool { return a.UniqueId == n[0] }
	if len(n) != 1 || slices.ContainsFunc(alive, lives) {
		return "", "", nil
	}
	return n[0], "the role of this bridge trusts its number", nil
}

// planRestore shows what comes alive with the account: roles in the project that were given to its number.
func (s *accountStep) planRestore(ctx context.Context, w *World, uniqueID, why string) (Change, error) {
	p, err := readProjectPolicy(ctx, w)
	if err != nil && !explain.Is(err, explain.Denied) {
		return Change{}, err
	}
	fields := []Field{set("uniqueId", uniqueID), set("email", s.email)}
	reason, stale := "it was deleted; "+why, []string{}
	for _, g := range grantsIn(p) {
		if g.Member == "deleted:serviceAccount:"+s.email+"?uid="+uniqueID {
			stale = append(stale, g.Role)
			fields = append(fields, set("comes alive", g.Role+" in the project"))
		}
	}
	if len(stale) > 0 {
		reason += "; what was granted to it before comes alive with it: " + strings.Join(stale, ", ")
	}
	c := s.about.change(Restore, reason).noticed(len(stale) > 0)
	return c.with(accountSeen{Revive: uniqueID}, command("gcloud", "iam", "service-accounts", "undelete", uniqueID, "--project", s.project), fields...), nil
}

// restore brings back the deleted account whose number our role pins.
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
	s.fact(w.Facts).Set(uniqueID)
	return nil
}
