package steps

import (
	"context"
	"slices"
	"strings"

	googleiam "google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// leftoverAccount is a service account of ours that the file no longer names.
type leftoverAccount struct{ *accountStep }

func newLeftoverAccount(b spec.Bridge, a *googleiam.ServiceAccount, want Want) Step {
	id := firstPart(a.Email)
	return &leftoverAccount{&accountStep{
		b: b, project: b.Google.Project, email: a.Email, id: id, direction: directionOf(a), leftover: true, fallen: want == Present,
		about: About{
			ID: "google.service-account:" + id, Cloud: "google", Kind: "service-account", Name: a.Email,
			Title: "service account " + id + " of an earlier file", Scope: "bridge", Needs: []string{"google.grants"}, Why: noLongerNamed,
		},
	}}
}

func (s *leftoverAccount) leftover() {}

// Plan removes the account unless others hang on it.
func (s *leftoverAccount) Plan(ctx context.Context, w *World, _ Want) (Change, error) {
	return s.accountStep.Plan(ctx, w, Absent)
}

// leftoverPool is a pool of ours that the file no longer names.
type leftoverPool struct {
	b     spec.Bridge
	about About
	name  string // with the project's id
	full  string // with its number
}

func newLeftoverPool(b spec.Bridge, p *googleiam.WorkloadIdentityPool) Step {
	id := leaf(p.Name)
	return &leftoverPool{b: b, name: "projects/" + b.Google.Project + "/locations/global/workloadIdentityPools/" + id, full: p.Name, about: About{
		ID: "google.pool:" + id, Cloud: "google", Kind: "pool", Name: id, Title: "pool " + id + " of an earlier file",
		Scope: "bridge", Needs: []string{"google.grants"}, Why: noLongerNamed,
	}}
}

func (s *leftoverPool) leftover() {}

// About says which pool this is.
func (s *leftoverPool) About() About { return s.about }

// Plan removes the pool when every living provider in it is ours.
func (s *leftoverPool) Plan(ctx context.Context, w *World, _ Want) (Change, error) {
	list, err := readProviders(ctx, w, s.name)
	if err != nil {
		return Change{}, err
	}
	var others []string
	for _, p := range list {
		if !deleted(p.State) && byDescription(s.b, p.Description) != ours {
			others = append(others, "provider "+leaf(p.Name))
		}
	}
	if len(others) > 0 {
		return s.about.held("%s; others hang on it: %s", noLongerNamed, strings.Join(others, ", ")), nil
	}
	c := s.about.change(Remove, noLongerNamed)
	c.Until, c.Lasts = until(w.Now().Add(reserved)), "its id stays reserved, and so long it can be brought back"
	c.Undo = command("gcloud", "iam", "workload-identity-pools", "undelete", s.about.Name, "--project", s.b.Google.Project, "--location", "global")
	return c.with(nil, command("gcloud", "iam", "workload-identity-pools", "delete", s.about.Name, "--project", s.b.Google.Project,
		"--location", "global", "--quiet"), drop("name", s.full)), nil
}

// Apply deletes the pool, after looking again at whose it and its providers are.
func (s *leftoverPool) Apply(ctx context.Context, w *World, _ Change) error {
	p, err := readPool(ctx, w, s.name)
	if err != nil || p == nil || deleted(p.State) {
		return err
	}
	list, err := readProviders(ctx, w, s.name)
	if err != nil {
		return err
	}
	foreign := slices.ContainsFunc(list, func(v *googleiam.WorkloadIdentityPoolProvider) bool {
		return !deleted(v.State) && byDescription(s.b, v.Description) != ours
	})
	if foreign || byDescription(s.b, p.Description) != ours {
		return moved(s.about.Title)
	}
	return deletePool(ctx, w, s.name)
}

// leftoverProvider is a provider of ours in the file's pool, under an id that the file no longer names.
type leftoverProvider struct {
	b     spec.Bridge
	about About
	name  string
}

func newLeftoverProvider(b spec.Bridge, id string) Step {
	return &leftoverProvider{b: b, name: b.PoolName(b.Google.Project) + "/providers/" + id, about: About{
		ID: "google.provider:" + id, Cloud: "google", Kind: "provider", Name: id, Title: "provider " + id + " of an earlier file",
		Scope: "bridge", Why: noLongerNamed,
	}}
}

func (s *leftoverProvider) leftover() {}

// About says which provider this is.
func (s *leftoverProvider) About() About { return s.about }

// Plan removes the provider.
func (s *leftoverProvider) Plan(_ context.Context, w *World, _ Want) (Change, error) {
	c := s.about.change(Remove, noLongerNamed)
	c.Until, c.Lasts = until(w.Now().Add(reserved)), "its id stays reserved, and so long it can be brought back"
	words := []string{s.about.Name, "--workload-identity-pool", s.b.ToGoogle.Pool, "--project", s.b.Google.Project, "--location", "global"}
	c.Undo = command(append([]string{"gcloud", "iam", "workload-identity-pools", "providers", "undelete"}, words...)...)
	return c.with(nil, command(append([]string{"gcloud", "iam", "workload-identity-pools", "providers", "delete", "--quiet"}, words...)...), drop("name", s.name)), nil
}

// Apply deletes the provider, after looking again at whose it is.
func (s *leftoverProvider) Apply(ctx context.Context, w *World, _ Change) error {
	p, err := w.Google.IAM.Projects.Locations.WorkloadIdentityPools.Providers.Get(s.name).Context(ctx).Do()
	if err != nil {
		return err
	}
	if byDescription(s.b, p.Description) != ours {
		return moved(s.about.Title)
	}
	return deleteProvider(ctx, w, s.name)
}
