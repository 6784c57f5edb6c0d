package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
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

// stayingVM names the bridge's own VM when it is there and is not to be removed.
func (s *accountStep) stayingVM(ctx context.Context, w *World) (string, error) {
	if s.direction != "to-aws" || s.leftover || s.b.ToAWS.VM == nil || w.Consent.WithVM {
		return "", nil
	}
	vm, err := readVM(ctx, w)
	if vm == nil || err != nil {
		return "", err
	}
	return vm.Name, nil
}

// hanging lists what uses the account and is not the bridge's.
func (s *accountStep) hanging(ctx context.Context, w *World, a *iam.ServiceAccount) ([]string, error) {
	var members, keys, grants, vms, roles []string
	err := all(
		into(&members, func() ([]string, error) { return s.otherMembers(ctx, w) }),
		into(&keys, func() ([]string, error) {
			list, err := readKeys(ctx, w, s.project, s.email)
			return countOf(len(list), "key made by somebody"), err
		}),
		into(&grants, func() ([]string, error) { return s.otherGrants(ctx, w) }),
		into(&vms, func() ([]string, error) { return s.otherVMs(ctx, w) }),
		into(&roles, func() ([]string, error) { return s.otherRoles(ctx, w, a.UniqueId) }),
	)
	return slices.Concat(members, keys, grants, vms, roles), err
}

func countOf(n int, what string) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d %s", n, what)}
}

// otherMembers lists who may use the account besides the members that the bridge put there.
func (s *accountStep) otherMembers(ctx context.Context, w *World) ([]string, error) {
	var p *iam.Policy
	var own []grant
	err := all(
		into(&p, func() (*iam.Policy, error) { return readAccountPolicy(ctx, w, s.project, s.email) }),
		into(&own, func() ([]grant, error) { return s.ownMembers(ctx, w) }),
	)
	if err != nil {
		return nil, err
	}
	pools, err := markedPools(ctx, w)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, g := range grantsIn(p) {
		if !contains(own, g) && !borrowed(g) && !namesAny(g.Member, pools) && !s.earlierPod(g) {
			out = append(out, g.String())
		}
	}
	return out, nil
}

// earlierPod holds for the Kubernetes account that an earlier file bound: on an account that is left over nobody else's
// pods have any business.
func (s *accountStep) earlierPod(g grant) bool {
	return s.leftover && g.Role == workloadUser("").Role && strings.HasPrefix(g.Member, "serviceAccount:"+s.project+".svc.id.goog[")
}

// ownMembers are the grants that the file asks for on the account.
func (s *accountStep) ownMembers(ctx context.Context, w *World) ([]grant, error) {
	switch {
	case s.leftover:
		return nil, nil
	case s.direction == "to-google":
		n, err := number(ctx, w)
		return []grant{workloadUser(s.b.Member(n))}, err
	case s.b.ToAWS.GKE != nil:
		return []grant{workloadUser(s.b.GKEMember())}, nil
	}
	return nil, nil
}

// otherGrants lists the account's roles in the project that the file does not ask for. Those of a leftover account go
// with it.
func (s *accountStep) otherGrants(ctx context.Context, w *World) ([]string, error) {
	if s.leftover {
		return nil, nil
	}
	p, err := readProjectPolicy(ctx, w)
	if explain.Is(err, explain.Denied) && s.direction == "to-aws" {
		return nil, nil // nothing is ever granted on this way, and who may not read the policy has not granted either
	}
	var asked []grant
	if s.direction == "to-google" {
		asked = wantedGrants(s.b, "serviceAccount:"+s.email)
	}
	var out []string
	for _, g := range grantsIn(p) {
		if sameMember(g.Member, "serviceAccount:"+s.email) && !contains(asked, g) {
			out = append(out, g.Role+" in the project")
		}
	}
	return out, err
}

// otherVMs lists the machines that run as the account. Where compute was never turned on there are none.
func (s *accountStep) otherVMs(ctx context.Context, w *World) ([]string, error) {
	own := ""
	if !s.leftover && s.b.ToAWS != nil && s.b.ToAWS.VM != nil {
		own = s.b.ToAWS.VM.Name
	}
	return read(ctx, w, "VMs of "+s.email, func(ctx context.Context) ([]string, error) {
		var out []string
		err := w.Google.Compute.Instances.AggregatedList(s.project).Pages(ctx, func(r *compute.InstanceAggregatedList) error {
			for _, zone := range r.Items {
				for _, vm := range zone.Instances {
					if runsAs(vm, s.email) && vm.Name != own {
						out = append(out, "VM "+vm.Name)
					}
				}
			}
			return nil
		})
		if err = cloud.Problem("list the VMs of "+s.project, err); explain.Is(err, explain.Denied) {
			return []string{"perhaps VMs, which we may not list"}, nil
		}
		return nothingWhenOff(out, err)
	})
}

func runsAs(vm *compute.Instance, email string) bool {
	return slices.ContainsFunc(vm.ServiceAccounts, func(a *compute.ServiceAccount) bool { return a.Email == email })
}

// otherRoles lists AWS roles that trust the account's number and are not this bridge's.
func (s *accountStep) otherRoles(ctx context.Context, w *World, uniqueID string) ([]string, error) {
	if s.direction != "to-aws" {
		return nil, nil
	}
	list, err := readRoles(ctx, w, "/")
	var out []string
	for _, r := range list {
		if !slices.Contains(numbersIn(r.Trust), uniqueID) {
			continue
		}
		full, err := readRole(ctx, w, r.Name)
		if err != nil {
			return nil, err
		}
		_, adopted := statementOf(r.Trust, s.b.TrustSid())
		if full != nil && byTags(s.b, full.Tags) != ours && !adopted {
			out = append(out, "role "+r.Name+" trusts it")
		}
	}
	return out, err
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
	_, err = write(ctx, op, func(ctx context.Context) (*iam.Empty, error) {
		return w.Google.IAM.Projects.ServiceAccounts.Delete(accountName(s.project, s.email)).Context(ctx).Do()
	})
	if err != nil && !lost(err) && !explain.Is(err, explain.Missing) {
		return err
	}
	if s.fact != nil {
		s.fact(w.Facts).Forget()
	}
	return untilGone(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		a, err := readAccount(ctx, w, s.project, s.email)
		return a != nil, err
	})
}

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
