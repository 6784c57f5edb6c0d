package steps

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// poolStep is the workload identity pool. A principal names the pool but not the provider, so whoever controls a second
// provider of the pool could produce our principal: one pool and one provider per bridge.
type poolStep struct {
	b     spec.Bridge
	about About
	name  string // with the project's id
	id    string
}

func newPool(b spec.Bridge) Step {
	id := b.ToGoogle.Pool
	return &poolStep{b: b, name: b.PoolName(b.Google.Project), id: id, about: About{
		ID: "google.pool", Cloud: "google", Kind: "pool", Name: id, Title: "pool " + id,
		Scope: "bridge", Direction: "to-google", Needs: []string{"google.apis"},
		Why: "identities from outside live in a pool, under which Google's policies name them",
		Permissions: []string{
			"iam.googleapis.com/workloadIdentityPools.get", "iam.googleapis.com/workloadIdentityPools.create", "iam.googleapis.com/workloadIdentityPools.list",
			"iam.googleapis.com/workloadIdentityPools.update", "iam.googleapis.com/workloadIdentityPools.delete", "iam.googleapis.com/workloadIdentityPools.undelete",
			"iam.googleapis.com/workloadIdentityPoolProviders.list",
		},
	}}
}

// About says which pool this is.
func (s *poolStep) About() About { return s.about }

// poolSeen is what a plan saw of a pool.
type poolSeen struct {
	State, Description string
	Disabled           bool
	Providers          []string // id, state and description of each, sorted
}

func (s *poolStep) look(ctx context.Context, w *World) (*iam.WorkloadIdentityPool, []*iam.WorkloadIdentityPoolProvider, error) {
	var p *iam.WorkloadIdentityPool
	var providers []*iam.WorkloadIdentityPoolProvider
	err := all(
		into(&p, func() (*iam.WorkloadIdentityPool, error) { return readPool(ctx, w, s.name) }),
		into(&providers, func() ([]*iam.WorkloadIdentityPoolProvider, error) { return readProviders(ctx, w, s.name) }),
	)
	return p, providers, err
}

func poolSeenOf(p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) poolSeen {
	if p == nil {
		return poolSeen{}
	}
	out := poolSeen{State: p.State, Description: p.Description, Disabled: p.Disabled}
	for _, v := range providers {
		out.Providers = append(out.Providers, leaf(v.Name)+" "+v.State+" "+v.Description)
	}
	slices.Sort(out.Providers)
	return out
}

// Plan looks at the pool and at its providers.
func (s *poolStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	p, providers, err := s.look(ctx, w)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(ctx, w, p, providers)
	case p == nil:
		return s.planCreate(), nil
	case deleted(p.State):
		return s.planRestore(ctx, w, p, providers)
	case byDescription(s.b, p.Description) == ours:
		return s.planOurs(p, providers), nil
	}
	return s.planStranger(p, providers), nil
}

func (s *poolStep) planCreate() Change {
	c := s.about.change(Create, "it is not there")
	return c.with(poolSeen{}, command("gcloud", "iam", "workload-identity-pools", "create", s.id, "--project", s.b.Google.Project,
		"--location", "global", "--display-name", s.displayName(), "--description", s.b.Description()),
		set("name", s.name), set("displayName", s.displayName()), set("description", s.b.Description()))
}

func (s *poolStep) displayName() string { return PoolDisplayName(s.b) }

// short cuts a display name to its limit.
func short(s string, limit int) string { return s[:min(len(s), limit)] }

// planOurs refuses a second living provider that is not ours, and opens a pool that somebody disabled.
func (s *poolStep) planOurs(p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) Change {
	if others := s.others(providers); len(others) > 0 {
		return s.about.blocked("delete that provider, or choose another toGoogle.pool",
			"the pool has another provider, which could let others in under our name: %s", strings.Join(others, ", "))
	}
	if p.Disabled {
		return s.about.change(Update, "somebody disabled it").with(poolSeenOf(p, providers),
			command("gcloud", "iam", "workload-identity-pools", "update", s.id, "--project", s.b.Google.Project, "--location", "global", "--no-disabled"),
			turn("disabled", true, false))
	}
	return s.about.keep("as the file asks")
}

// others are the living providers of the pool that this bridge did not make.
func (s *poolStep) others(providers []*iam.WorkloadIdentityPoolProvider) []string {
	var out []string
	for _, v := range providers {
		if !deleted(v.State) && leaf(v.Name) != s.b.ToGoogle.Provider && byDescription(s.b, v.Description) != ours {
			out = append(out, leaf(v.Name))
		}
	}
	return out
}

// planRestore brings a deleted pool back only when it and all of its providers are ours: they come back with it. So does
// what was ever granted to its principals, and the plan says so.
func (s *poolStep) planRestore(ctx context.Context, w *World, p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) (Change, error) {
	const way = "choose another toGoogle.pool; this id is free again on "
	if byDescription(s.b, p.Description) != ours {
		return s.about.blocked(way+day(p.ExpireTime), "a deleted pool that is not ours still has this id"), nil
	}
	fields := []Field{turn("state", "DELETED", "ACTIVE")}
	for _, v := range providers {
		if byDescription(s.b, v.Description) != ours {
			return s.about.blocked(way+day(p.ExpireTime), "bringing the deleted pool back would bring back provider %s, which is not ours", leaf(v.Name)), nil
		}
		fields = append(fields, set("comes alive", "provider "+leaf(v.Name)))
	}
	if p.Disabled {
		fields = append(fields, turn("disabled", true, false))
	}
	reason := "it was deleted and is kept until " + day(p.ExpireTime)
	stale, err := otherPoolMembers(ctx, w, s.b, p.Name)
	for _, g := range stale {
		fields = append(fields, set("comes alive", g))
	}
	if len(stale) > 0 {
		reason += "; what was granted to it before comes alive with it: " + strings.Join(stale, ", ")
	}
	c := s.about.change(Restore, reason).noticed(len(stale) > 0)
	return c.with(poolSeenOf(p, providers),
		command("gcloud", "iam", "workload-identity-pools", "undelete", s.id, "--project", s.b.Google.Project, "--location", "global"), fields...), err
}

// day is the date in a timestamp.
func day(timestamp string) string {
	date, _, _ := strings.Cut(timestamp, "T")
	if date == "" {
		return "its last day"
	}
	return date
}

// planStranger keeps an adopted pool as it is: it must already admit the role, through the provider that the file names.
func (s *poolStep) planStranger(p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) Change {
	owner := byDescription(s.b, p.Description)
	switch {
	case p.Mode != "" && p.Mode != "FEDERATION_ONLY" && p.Mode != "MODE_UNSPECIFIED":
		return s.about.blocked("choose another toGoogle.pool", "it is another product's pool (%s)", p.Mode)
	case owner == anothers:
		return s.about.blocked("choose another toGoogle.pool", "%s", stranger(owner))
	case !s.b.Adopts("toGoogle.pool"):
		return s.about.blocked("choose another toGoogle.pool, or list toGoogle.pool under adopt if it already admits the role", "%s", stranger(owner)).
			unless("toGoogle.pool")
	case p.Disabled:
		return s.about.blocked("have its owner enable it", "the pool to be adopted is disabled, and an adopted pool is never edited")
	}
	for _, v := range providers {
		if leaf(v.Name) == s.b.ToGoogle.Provider && !deleted(v.State) {
			return s.about.keep("adopted; an adopted pool is never edited")
		}
	}
	return s.about.blocked("name one of its providers in toGoogle.provider", "the pool to be adopted has no provider %s", s.b.ToGoogle.Provider)
}

// planAbsent deletes our pool when nobody else's provider is in it and no grant of others names it.
func (s *poolStep) planAbsent(ctx context.Context, w *World, p *iam.WorkloadIdentityPool, providers []*iam.WorkloadIdentityPoolProvider) (Change, error) {
	switch {
	case p == nil:
		return s.about.gone(), nil
	case byDescription(s.b, p.Description) != ours:
		return s.about.keep("it was not made by this bridge"), nil
	case deleted(p.State):
		c := s.about.keep("it is deleted; its id stays reserved")
		c.Until, c.Undo = p.ExpireTime, s.undelete()
		return c, nil
	}
	others := s.others(providers)
	for i, id := range others {
		others[i] = "provider " + id
	}
	members, err := otherPoolMembers(ctx, w, s.b, p.Name)
	if err != nil {
		return Change{}, err
	}
	if others = append(others, members...); len(others) > 0 {
		return s.about.held("others hang on it: %s", strings.Join(others, ", ")), nil
	}
	c := s.about.change(Remove, "it was made by this bridge")
	c.Until, c.Undo, c.Lasts = until(w.Now().Add(reserved)), s.undelete(), "its id stays reserved, and so long it can be brought back"
	return c.with(poolSeenOf(p, providers), command("gcloud", "iam", "workload-identity-pools", "delete", s.id, "--project", s.b.Google.Project,
		"--location", "global", "--quiet"), drop("name", p.Name)), nil
}

func (s *poolStep) undelete() string {
	return command("gcloud", "iam", "workload-identity-pools", "undelete", s.id, "--project", s.b.Google.Project, "--location", "global")
}

// otherPoolMembers lists grants in the project to principals of the pool that the file does not ask for.
func otherPoolMembers(ctx context.Context, w *World, b spec.Bridge, pool string) ([]string, error) {
	p, err := readProjectPolicy(ctx, w)
	if w.planning() && explain.Is(err, explain.Denied) {
		return []string{"perhaps grants in the project, whose policy we may not read"}, nil
	}
	if err != nil {
		return nil, err
	}
	var asked []grant
	if b.ToGoogle != nil {
		n, err := number(ctx, w)
		if err != nil {
			return nil, err
		}
		asked = wantedGrants(b, b.GrantMember(n))
	}
	var out []string
	for _, g := range grantsIn(p) {
		if namesAny(g.Member, []string{pool}) && !contains(asked, g) {
			out = append(out, g.String())
		}
	}
	return out, nil
}

// namesAny reports whether a member is a principal of one of the pools, given by their names with the project's number.
func namesAny(member string, pools []string) bool {
	_, rest, ok := strings.Cut(member, "://iam.googleapis.com/")
	return ok && slices.ContainsFunc(pools, func(pool string) bool { return strings.HasPrefix(rest, pool+"/") })
}

// markedPools names the pools of the project that carry this bridge's mark, deleted ones too.
func markedPools(ctx context.Context, w *World) ([]string, error) {
	list, err := readPools(ctx, w)
	var out []string
	for _, p := range list {
		if byDescription(w.Bridge, p.Description) == ours {
			out = append(out, p.Name)
		}
	}
	return out, err
}
