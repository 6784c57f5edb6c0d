package steps

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// permissions asks for what a purpose takes, on both sides at the same time.
func (p *preflight) permissions(ctx context.Context, need Rights, purpose Purpose) []Check {
	var google, amazon []Check
	_ = all(
		func() error { google = p.googlePermissions(ctx, need.Google, purpose); return nil },
		func() error { amazon = p.awsPermissions(ctx, need.AWS, purpose); return nil },
	)
	return append(google, amazon...)
}

// printPolicy is the command that prints what a purpose takes.
func printPolicy(purpose Purpose) string {
	return command("drawbridge", "preflight", "--print-policy", string(purpose))
}

// needed are the rights that the planned changes take, and those that looking takes whatever is planned.
func (p *preflight) needed() Rights {
	var need Rights
	need.Google = []string{useProject}
	for _, s := range p.graph.Steps() {
		a := s.About()
		c, planned := p.plan.Change(a.ID)
		for _, permission := range a.Permissions {
			if p.takes(c, planned, permission) {
				need.add(p.Bridge, a, permission)
			}
		}
	}
	need.lookAround(p.Bridge, ForSetup)
	return need.sorted().without(onlyPreflight)
}

// onlyPreflight are rights that nothing but these checks uses: who lacks one is told by the check that is blind without
// it, and may go on.
var onlyPreflight = []string{"iam:SimulatePrincipalPolicy", "iam:GetAccountSummary", "orgpolicy.policy.get", "iam.roles.get"}

// takes reports whether a change needs a permission that its step names.
func (p *preflight) takes(c Change, planned bool, permission string) bool {
	switch {
	case looksOnly(permission) && !strings.Contains(permission, "Operations"):
		return true
	case planned && c.Action == Keep:
		return false
	case planned && (c.Action == Update || c.Action == Restore) && makesAnew(permission):
		return false
	case takesDown(permission):
		return c.Action == Restore && strings.HasSuffix(permission, ".undelete") || c.Action == Update && strings.HasSuffix(permission, ".enable")
	}
	return true
}

// makesAnew holds for permissions that only making a thing takes.
func makesAnew(permission string) bool {
	return strings.HasSuffix(permission, ".create") || strings.Contains(permission, ":Create")
}

// useProject lets a person's calls be billed to the project, which then is their quota project.
const useProject = "serviceusage.services.use"

// takesDown holds for permissions that only removing or mending takes.
func takesDown(permission string) bool {
	for _, word := range []string{"elete", "Detach", "Remove", "Disassociate", "serviceAccounts.enable"} {
		if strings.Contains(permission, word) {
			return true
		}
	}
	return false
}

// googlePermissions asks which permissions are held on the project. Names of pool permissions are spelled in two ways,
// and which of them is taken is not documented: either counts. A name that cannot be tested spoils a whole question, so
// then each is asked alone.
func (p *preflight) googlePermissions(ctx context.Context, perms []string, purpose Purpose) []Check {
	c := check("google.permissions", "google", "permissions in the project", "all that are needed")
	quota := check("google.quota-project", "google", "calls may be billed to the project", "project "+p.Bridge.Google.Project)
	var mu sync.Mutex
	held, unknown := map[string]bool{}, []string{}
	err := each([]bool{false, true}, func(short bool) error {
		got, strange, err := p.held(ctx, perms, short)
		mu.Lock()
		defer mu.Unlock()
		for _, perm := range got {
			held[perm] = true
		}
		unknown = append(unknown, strange...)
		return err
	})
	if err != nil {
		return []Check{c.not(CheckUnknown, err.Error(), "", ""), refusedQuota(quota, err)}
	}
	missing := slices.DeleteFunc(slices.Clone(perms), func(perm string) bool { return held[perm] })
	unclear := slices.DeleteFunc(slices.Clone(missing), func(perm string) bool { return !slices.Contains(unknown, perm) })
	missing = slices.DeleteFunc(missing, func(perm string) bool { return slices.Contains(unclear, perm) })
	missing = p.heldOnAccounts(ctx, perms, missing)
	if slices.Contains(missing, useProject) {
		missing = slices.DeleteFunc(missing, func(perm string) bool { return perm == useProject })
		quota = quota.not(CheckBlocked, "missing: "+useProject, quotaFix, "")
	}
	switch {
	case len(missing) > 0:
		c = c.not(CheckBlocked, "missing: "+strings.Join(missing, ", "), "have a project owner grant roles that hold them", printPolicy(purpose))
	case len(unclear) > 0:
		c = c.not(CheckUnknown, "cannot be tested: "+strings.Join(unclear, ", "), "", "")
	}
	return []Check{c, quota}
}

const quotaFix = "have a project owner grant roles/serviceusage.serviceUsageConsumer, or set GOOGLE_CLOUD_QUOTA_PROJECT to a project of yours"

// refusedQuota judges a question that was refused as a whole: asking for permissions takes none, so that what a caller
// who is refused lacks is the right to be billed to the project.
func refusedQuota(quota Check, err error) Check {
	if explain.Is(err, explain.Denied) {
		return quota.not(CheckBlocked, err.Error(), quotaFix, "")
	}
	return quota.not(CheckUnknown, err.Error(), "", "")
}

// held asks with one spelling, and answers with the names as given.
func (p *preflight) held(ctx context.Context, perms []string, short bool) (held, unknown []string, err error) {
	asked := map[string]string{}
	var names []string
	for _, perm := range perms {
		name := strings.Replace(perm, "iam.googleapis.com/", "iam.", 1)
		if !short {
			name = perm
		} else if name == perm {
			continue
		}
		asked[name] = perm
		names = append(names, name)
	}
	got, err := cloud.TestProjectPermissions(ctx, p.Google, "", p.Bridge.Google.Project, names)
	if bad, ok := asProblem(err); ok && bad.Status == 400 {
		return p.heldOneByOne(ctx, names, asked) // one name that the project does not know fails the whole call
	}
	for _, name := range got {
		held = append(held, asked[name])
	}
	return held, nil, err
}

// heldOneByOne asks for each name alone. A name that is refused is unknown, never missing.
func (p *preflight) heldOneByOne(ctx context.Context, names []string, asked map[string]string) (held, unknown []string, err error) {
	var mu sync.Mutex
	err = each(names, func(name string) error {
		one, err := cloud.TestProjectPermissions(ctx, p.Google, "", p.Bridge.Google.Project, []string{name})
		mu.Lock()
		defer mu.Unlock()
		if q, ok := asProblem(err); ok && q.Status == 400 {
			unknown = append(unknown, asked[name])
			return nil
		}
		for range one {
			held = append(held, asked[name])
		}
		return err
	})
	return held, unknown, err
}
