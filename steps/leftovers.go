package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/compute/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Leftovers are things that carry this bridge's mark and that its file no longer names: a direction that was dropped, a
// role that was renamed. They are found by listing, never remembered. Who may not list finds none.

// defaultPath is where roles live unless a file says otherwise.
const defaultPath = "/drawbridge/"

// leftoverStep is a step that only removes. What it needs comes before it whichever way the graph runs.
type leftoverStep interface {
	Step
	leftover()
}

// leftovers looks for them in both clouds at the same time.
func leftovers(ctx context.Context, w *World, want Want) ([]Step, error) {
	var vms, roles, empty, accounts, pools, providers, explicit []Step
	err := all(
		may(&roles, func() ([]Step, error) { return leftoverRoles(ctx, w) }),
		may(&empty, func() ([]Step, error) { return emptyProfiles(ctx, w) }),
		may(&vms, func() ([]Step, error) { return leftoverVMs(ctx, w, want) }),
		may(&accounts, func() ([]Step, error) { return leftoverAccounts(ctx, w, want) }),
		may(&pools, func() ([]Step, error) { return leftoverPools(ctx, w) }),
		may(&providers, func() ([]Step, error) { return leftoverProviders(ctx, w) }),
		may(&explicit, func() ([]Step, error) { return findExplicit(ctx, w) }),
	)
	for _, a := range accounts { // a role that trusts an account, and a VM that runs as it, go before it
		for _, r := range slices.Concat(vms, roles) {
			a.(*leftoverAccount).about.Needs = append(a.(*leftoverAccount).about.Needs, r.About().ID)
		}
	}
	return slices.Concat(vms, roles, empty, explicit, providers, pools, accounts), err
}

// may is into for a listing that the operator need not be allowed.
func may(place *[]Step, call func() ([]Step, error)) func() error {
	return func() error {
		v, err := call()
		if explain.Is(err, explain.Denied) {
			return nil
		}
		*place = v
		return err
	}
}

// leftoverRoles are roles with our tag that the file does not name, each after the instance profiles of ours that hold it.
func leftoverRoles(ctx context.Context, w *World) ([]Step, error) {
	marked, err := markedRoles(ctx, w)
	if err != nil {
		return nil, err
	}
	found := make([][]Step, len(marked))
	err = each(indexes(marked), func(i int) error {
		list, err := leftoverProfiles(ctx, w, marked[i].Name)
		if err == nil && !namesRole(w.Bridge, marked[i].Name) {
			list = append(list, newLeftoverRole(w.Bridge, *marked[i], list))
		}
		found[i] = list
		return err
	})
	return slices.Concat(found...), err
}

// markedRoles are the roles with our tag, besides the file's own on the way to AWS. Who may not list roles sees none.
func markedRoles(ctx context.Context, w *World) ([]*role, error) {
	names, err := candidateRoles(ctx, w)
	if explain.Is(err, explain.Denied) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	roles := make([]*role, len(names))
	err = each(indexes(names), func(i int) (err error) {
		roles[i], err = readRole(ctx, w, names[i])
		return err
	})
	return slices.DeleteFunc(roles, func(r *role) bool { return r == nil || byTags(w.Bridge, r.Tags) != ours }), err
}

// candidateRoles are the names of roles that may bear our tag, which lists do not show: those below our paths, those that
// say in their description that this program made them, and the file's own on the way to Google. Asking every role of the
// account for its tags would be a call a role.
func candidateRoles(ctx context.Context, w *World) ([]string, error) {
	paths := []string{defaultPath}
	var names []string
	if w.Bridge.ToAWS != nil {
		paths = append(paths, w.Bridge.ToAWS.Role.Path)
	}
	if w.Bridge.ToGoogle != nil {
		paths = append(paths, w.Bridge.ToGoogle.Role.Path)
		names = append(names, w.Bridge.ToGoogle.Role.Name)
	}
	list, err := readRoles(ctx, w)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		below := func(path string) bool { return path != "/" && strings.HasPrefix(r.Path, path) }
		if slices.ContainsFunc(paths, below) || strings.HasSuffix(r.Description, "(drawbridge)") {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(n string) bool { return w.Bridge.ToAWS != nil && n == w.Bridge.ToAWS.Role.Name }), nil
}

func namesRole(b spec.Bridge, name string) bool {
	return b.ToAWS != nil && b.ToAWS.Role.Name == name || b.ToGoogle != nil && b.ToGoogle.Role.Name == name
}

func leftoverProfiles(ctx context.Context, w *World, role string) ([]Step, error) {
	names, err := readProfilesOf(ctx, w, role)
	var out []Step
	for _, n := range names {
		if to := w.Bridge.ToGoogle; to != nil && to.Role.InstanceProfile && to.Role.Name == n {
			continue
		}
		p, err := readProfile(ctx, w, n)
		if err != nil {
			return nil, err
		}
		if p != nil && byTags(w.Bridge, p.Tags) == ours {
			out = append(out, newLeftoverProfile(w.Bridge, *p))
		}
	}
	return out, err
}

// emptyProfiles are instance profiles of ours from which the role was taken out, so that no role leads to them, and that
// the file does not name.
func emptyProfiles(ctx context.Context, w *World) ([]Step, error) {
	list, err := readEmptyProfiles(ctx, w)
	var out []Step
	for _, name := range list {
		if to := w.Bridge.ToGoogle; to != nil && to.Role.InstanceProfile && to.Role.Name == name {
			continue
		}
		p, err := readProfile(ctx, w, name)
		if err != nil {
			return nil, err
		}
		if p != nil && len(p.Roles) == 0 && byTags(w.Bridge, p.Tags) == ours {
			out = append(out, newLeftoverProfile(w.Bridge, *p))
		}
	}
	return out, err
}

// leftoverAccounts are service accounts with our description that the file does not name.
func leftoverAccounts(ctx context.Context, w *World, want Want) ([]Step, error) {
	list, err := readAccounts(ctx, w)
	var out []Step
	for _, a := range list {
		if byDescription(w.Bridge, a.Description) == ours && !namesAccount(w.Bridge, a.Email) {
			out = append(out, newLeftoverAccount(w.Bridge, a, want))
		}
	}
	return out, err
}

func namesAccount(b spec.Bridge, email string) bool {
	return b.ToAWS != nil && b.ToAWSEmail() == email || b.ToGoogle != nil && b.ToGoogleEmail() == email
}

// leftoverPools are living pools with our description that the file does not name.
func leftoverPools(ctx context.Context, w *World) ([]Step, error) {
	list, err := readPools(ctx, w)
	var out []Step
	for _, p := range list {
		named := w.Bridge.ToGoogle != nil && leaf(p.Name) == w.Bridge.ToGoogle.Pool
		if !named && !deleted(p.State) && byDescription(w.Bridge, p.Description) == ours {
			out = append(out, newLeftoverPool(w.Bridge, p))
		}
	}
	return out, err
}

// leftoverProviders are living providers of ours in the file's pool under another id than the file's.
func leftoverProviders(ctx context.Context, w *World) ([]Step, error) {
	if w.Bridge.ToGoogle == nil {
		return nil, nil
	}
	var pool *iam.WorkloadIdentityPool
	var list []*iam.WorkloadIdentityPoolProvider
	name := w.Bridge.PoolName(w.Bridge.Google.Project)
	err := all(
		into(&pool, func() (*iam.WorkloadIdentityPool, error) { return readPool(ctx, w, name) }),
		into(&list, func() ([]*iam.WorkloadIdentityPoolProvider, error) { return readProviders(ctx, w, name) }),
	)
	if err != nil || pool == nil || deleted(pool.State) {
		return nil, err
	}
	var out []Step
	for _, p := range list {
		if leaf(p.Name) != w.Bridge.ToGoogle.Provider && !deleted(p.State) && byDescription(w.Bridge, p.Description) == ours {
			out = append(out, newLeftoverProvider(w.Bridge, leaf(p.Name)))
		}
	}
	return out, nil
}

// findExplicit finds our OIDC provider for Google when the file no longer goes to AWS. A file that goes there with the
// built-in one is refused while it exists.
func findExplicit(ctx context.Context, w *World) ([]Step, error) {
	if w.Bridge.ToAWS != nil {
		return nil, nil
	}
	p, err := readGoogleProvider(ctx, w)
	if err != nil || p == nil || byTags(w.Bridge, p.Tags) != ours {
		return nil, err
	}
	return []Step{newLeftoverExplicit(w.Bridge)}, nil
}

// leftoverForms are the ids that leftovers take.
func leftoverForms() []About {
	b := everything()[0]
	return []About{
		newLeftoverRole(b, role{Name: "NAME", Path: defaultPath}, nil).About(),
		newLeftoverProfile(b, profile{Name: "NAME"}).About(),
		newLeftoverProvider(b, "ID").About(),
		newLeftoverPool(b, &iam.WorkloadIdentityPool{Name: "ID"}).About(),
		newLeftoverAccount(b, &iam.ServiceAccount{Email: "ID@PROJECT.iam.gserviceaccount.com"}, Present).About(),
		newLeftoverVM(b, &compute.Instance{Name: "NAME"}, Present).About(),
	}
}

// firstPart is what stands before the @ of an e-mail.
func firstPart(email string) string {
	id, _, _ := strings.Cut(email, "@")
	return id
}
