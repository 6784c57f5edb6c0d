package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// hanging lists what uses the account and is not the bridge's.
func (s *accountStep) hanging(ctx context.Context, w *World, a *iam.ServiceAccount) ([]string, error) {
	var members, keys, grants, vms, roles []string
	err := all(
		into(&members, func() ([]string, error) { return s.otherMembers(ctx, w) }),
		into(&keys, func() ([]string, error) {
			list, err := readKeys(ctx, w, s.project, s.email)
			return countOf(len(list), "key made by somebody", "keys made by somebody"), err
		}),
		into(&grants, func() ([]string, error) { return s.otherGrants(ctx, w) }),
		into(&vms, func() ([]string, error) { return s.otherVMs(ctx, w) }),
		into(&roles, func() ([]string, error) { return s.otherRoles(ctx, w, a.UniqueId) }),
	)
	return slices.Concat(members, keys, grants, vms, roles), err
}

func countOf(n int, one, many string) []string {
	switch n {
	case 0:
		return nil
	case 1:
		return []string{"1 " + one}
	}
	return []string{fmt.Sprintf("%d %s", n, many)}
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

// otherVMs lists the machines that run as the account and do not carry our labels, nor are adopted.
func (s *accountStep) otherVMs(ctx context.Context, w *World) ([]string, error) {
	adopted := ""
	if !s.leftover && s.b.ToAWS != nil && s.b.ToAWS.VM != nil {
		adopted = s.b.ToAWS.VM.Name
	}
	list, err := readVMs(ctx, w, s.project)
	if w.planning() && explain.Is(err, explain.Denied) {
		return []string{"perhaps VMs, which we may not list"}, nil
	}
	var out []string
	for _, vm := range list {
		if runsAs(vm, s.email) && vm.Name != adopted && byLabels(s.b, vm.Labels) != ours {
			out = append(out, "VM "+vm.Name)
		}
	}
	return out, err
}

func runsAs(vm *compute.Instance, email string) bool {
	return slices.ContainsFunc(vm.ServiceAccounts, func(a *compute.ServiceAccount) bool { return a.Email == email })
}

// otherRoles lists AWS roles that trust the account's number and are not this bridge's.
func (s *accountStep) otherRoles(ctx context.Context, w *World, uniqueID string) ([]string, error) {
	if s.direction != "to-aws" {
		return nil, nil
	}
	list, err := readRoles(ctx, w)
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
