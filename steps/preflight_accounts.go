package steps

import (
	"context"
	"slices"
	"strings"
	"sync"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// onAccounts are the permissions that may be held on a service account instead of on its whole project.
var onAccounts = []string{
	"iam.serviceAccounts.actAs", "iam.serviceAccounts.delete", "iam.serviceAccounts.enable", "iam.serviceAccounts.get",
	"iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy",
}

// account is a service account of the bridge with the permissions that this purpose takes on it.
type account struct {
	project, email string
	perms          []string
}

// accounts lists those that stand already. On one that is still to be made nothing can be held.
func (p *preflight) accounts(perms []string) (standing []account, making bool) {
	perms = slices.DeleteFunc(slices.Clone(perms), func(s string) bool { return !slices.Contains(onAccounts, s) })
	add := func(id, project, email string) {
		c, planned := p.plan.Change(id)
		if planned && (c.Action == Create || c.Action == Restore || c.gone) {
			making = making || !c.gone
			return
		}
		standing = append(standing, account{project, email, perms})
	}
	if b := p.Bridge; b.ToAWS != nil {
		add("google.service-account.to-aws", b.ToAWSAccountProject(), b.ToAWSEmail())
	}
	if b := p.Bridge; b.ToGoogle != nil && b.ToGoogle.ServiceAccount != "" {
		add("google.service-account.to-google", b.ToGoogleAccountProject(), b.ToGoogleEmail())
	}
	return standing, making
}

// heldOnAccounts takes out of missing what is held on each account instead, and adds what is missing on accounts of other
// projects, about which the bridge's project says nothing.
func (p *preflight) heldOnAccounts(ctx context.Context, perms, missing []string) []string {
	standing, making := p.accounts(perms)
	var mu sync.Mutex
	lacking, elsewhere := map[string]bool{}, []string{}
	err := each(standing, func(a account) error {
		away := a.project != p.Bridge.Google.Project
		if len(a.perms) == 0 || !away && !slices.ContainsFunc(missing, func(s string) bool { return slices.Contains(a.perms, s) }) {
			return nil
		}
		got, err := p.Google.IAM.Projects.ServiceAccounts.TestIamPermissions("projects/"+a.project+"/serviceAccounts/"+a.email,
			&iam.TestIamPermissionsRequest{Permissions: a.perms}).Context(ctx).Do()
		if err != nil {
			return cloud.Problem("test permissions on "+a.email, err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, perm := range a.perms {
			switch {
			case slices.Contains(got.Permissions, perm):
			case away && !strings.HasSuffix(perm, ".delete") && !strings.HasSuffix(perm, ".enable"):
				elsewhere = append(elsewhere, perm+" on "+a.email)
			case !away:
				lacking[perm] = true
			}
		}
		return nil
	})
	if err != nil || making || !p.inProject(standing) {
		return append(missing, elsewhere...)
	}
	missing = slices.DeleteFunc(missing, func(perm string) bool { return slices.Contains(onAccounts, perm) && !lacking[perm] })
	return append(missing, elsewhere...)
}

// inProject reports whether an account of the bridge's own project was asked.
func (p *preflight) inProject(standing []account) bool {
	return slices.ContainsFunc(standing, func(a account) bool { return a.project == p.Bridge.Google.Project })
}
