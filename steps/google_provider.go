package steps

import (
	"context"
	"maps"
	"strings"

	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// providerStep is the pool's only provider: which account or issuer may come in, how those who do are called, and the
// condition that only the one role meets.
type providerStep struct {
	b     spec.Bridge
	about About
	pool  string
	name  string // with the project's id
	id    string
}

func newProvider(b spec.Bridge) Step {
	id := b.ToGoogle.Provider
	needs := []string{"google.pool"}
	if b.ToGoogle.Token == spec.TokenJWT {
		needs = append(needs, "aws.outbound-federation") // whose issuer it trusts
	}
	return &providerStep{b: b, pool: b.PoolName(b.Google.Project), name: b.ProviderName(b.Google.Project), id: id, about: About{
		ID: "google.provider", Cloud: "google", Kind: "provider", Name: id, Title: "provider " + id,
		Scope: "bridge", Direction: "to-google", Needs: needs,
		Why: "it admits sessions of the one role and gives them their name in Google",
		Permissions: []string{
			"iam.googleapis.com/workloadIdentityPoolProviders.get", "iam.googleapis.com/workloadIdentityPoolProviders.create",
			"iam.googleapis.com/workloadIdentityPoolProviders.list", "iam.googleapis.com/workloadIdentityPoolProviders.update",
			"iam.googleapis.com/workloadIdentityPoolProviders.delete", "iam.googleapis.com/workloadIdentityPoolProviders.undelete",
		},
	}}
}

// About says which provider this is.
func (s *providerStep) About() About { return s.about }

// admission is what a provider admits, as far as we care.
type admission struct {
	State, Description, Condition string
	Disabled                      bool
	Mapping                       map[string]string
	Account                       string // AWS kind
	Issuer                        string // OIDC kind
	Audiences                     int
	Other                         bool // SAML or X.509
}

func admissionOf(p *iam.WorkloadIdentityPoolProvider) admission {
	if p == nil {
		return admission{}
	}
	out := admission{
		State: p.State, Description: p.Description, Condition: p.AttributeCondition, Disabled: p.Disabled, Mapping: p.AttributeMapping,
		Other: p.Saml != nil || p.X509 != nil,
	}
	if p.Aws != nil {
		out.Account = p.Aws.AccountId
	}
	if p.Oidc != nil {
		out.Issuer, out.Audiences = p.Oidc.IssuerUri, len(p.Oidc.AllowedAudiences)
	}
	return out
}

func (s *providerStep) jwt() bool { return s.b.ToGoogle.Token == spec.TokenJWT }

// find takes the provider out of the list that the pool's step reads too.
func (s *providerStep) find(ctx context.Context, w *World) (*iam.WorkloadIdentityPoolProvider, error) {
	list, err := readProviders(ctx, w, s.pool)
	for _, p := range list {
		if leaf(p.Name) == s.id {
			return p, err
		}
	}
	return nil, err
}

// Plan looks at the provider.
func (s *providerStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	var p *iam.WorkloadIdentityPoolProvider
	var pool *iam.WorkloadIdentityPool
	issuer := ""
	err := all(
		into(&p, func() (*iam.WorkloadIdentityPoolProvider, error) { return s.find(ctx, w) }),
		into(&pool, func() (*iam.WorkloadIdentityPool, error) { return readPool(ctx, w, s.pool) }),
		into(&issuer, func() (string, error) { return s.issuer(ctx, w) }),
	)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(ctx, w, p, pool)
	case p == nil:
		return s.planCreate(issuer), nil
	}
	return s.planThere(p, pool, issuer), nil
}

// issuer is the account's own token issuer, "" until it is switched on.
func (s *providerStep) issuer(ctx context.Context, w *World) (string, error) {
	if !s.jwt() {
		return "", nil
	}
	o, err := readOutbound(ctx, w)
	return o.Issuer, err
}

func (s *providerStep) planThere(p *iam.WorkloadIdentityPoolProvider, pool *iam.WorkloadIdentityPool, issuer string) Change {
	have := admissionOf(p)
	if owner := byDescription(s.b, p.Description); owner != ours {
		return s.planStranger(have, owner, issuer)
	}
	if c, blocked := s.immovable(have, issuer); blocked {
		return c
	}
	fields := s.differences(have)
	switch {
	case deleted(p.State) || pool != nil && deleted(pool.State):
		fields = append([]Field{turn("state", "DELETED", "ACTIVE")}, fields...)
		return s.about.change(Restore, "it was deleted and is ours").with(have, s.command("undelete"), fields...)
	case len(fields) == 0:
		return s.about.keep("as the file asks")
	}
	return s.about.change(Update, "it differs from the file").with(have, s.command(s.verb("update")), fields...)
}

// planStranger accepts the provider of an adopted pool when it already says exactly what we would write.
func (s *providerStep) planStranger(have admission, owner whose, issuer string) Change {
	if !s.b.Adopts("toGoogle.pool") && !s.b.Adopts("toGoogle.provider") {
		return s.about.blocked("choose another toGoogle.provider and toGoogle.pool, or list toGoogle.provider under adopt if it already admits the role",
			"%s", stranger(owner)).unless("toGoogle.provider")
	}
	c, wrongKind := s.immovable(have, issuer)
	switch fields := s.differences(have); {
	case deleted(have.State):
		return s.about.blocked("have its owner bring it back", "the provider of the adopted pool is deleted")
	case wrongKind:
		return c
	case len(fields) > 0:
		names := make([]string, 0, len(fields))
		for _, f := range fields {
			names = append(names, f.Path)
		}
		c := s.about.blocked("write its mapping and condition into the file, or choose another pool",
			"an adopted pool is never edited, and its provider does not admit the role as the file says (%s)", strings.Join(names, ", "))
		return c.with(have, "", fields...)
	}
	return s.about.keep("adopted, and it admits the role")
}

// immovable blocks what cannot change in place: the kind, the account and the issuer.
func (s *providerStep) immovable(have admission, issuer string) (Change, bool) {
	const way = "choose another toGoogle.provider; the id of a deleted provider stays reserved for 30 days"
	switch {
	case s.jwt() != (have.Issuer != "") || have.Other:
		return s.about.blocked(way, "toGoogle.token cannot change in place: the provider is of another kind"), true
	case !s.jwt() && have.Account != s.b.AWS.Account:
		return s.about.blocked(way, "aws.account cannot change in place: the provider admits account %s", have.Account), true
	case s.jwt() && issuer != "" && have.Issuer != issuer:
		return s.about.blocked(way, "the issuer cannot change in place: the provider trusts %s", have.Issuer), true
	}
	return Change{}, false
}

// differences are the fields in which the provider is not as the file asks and which can be changed in place.
func (s *providerStep) differences(have admission) []Field {
	var out []Field
	if !maps.Equal(have.Mapping, s.b.Mapping()) {
		out = append(out, turn("attributeMapping", have.Mapping, s.b.Mapping()))
	}
	if have.Condition != s.b.Condition() {
		out = append(out, turn("attributeCondition", have.Condition, s.b.Condition()))
	}
	if have.Disabled {
		out = append(out, turn("disabled", true, false))
	}
	if have.Audiences > 0 {
		out = append(out, turn("oidc.allowedAudiences", have.Audiences, 0))
	}
	return out
}

func (s *providerStep) planCreate(issuer string) Change {
	fields := []Field{
		set("name", s.name), set("description", s.b.Description()),
		set("attributeMapping", s.b.Mapping()), set("attributeCondition", s.b.Condition()),
	}
	if s.jwt() {
		fields = append(fields, set("oidc.issuerUri", orUnknown(issuer, issuer != "")))
	} else {
		fields = append(fields, set("aws.accountId", s.b.AWS.Account))
	}
	return s.about.change(Create, "it is not there").with(admission{}, s.createCommand(issuer), fields...)
}

func (s *providerStep) verb(stem string) string {
	if s.jwt() {
		return stem + "-oidc"
	}
	return stem + "-aws"
}

func (s *providerStep) createCommand(issuer string) string {
	kind := []string{"--account-id", s.b.AWS.Account}
	if s.jwt() {
		if issuer == "" {
			issuer = "ISSUER"
		}
		kind = []string{"--issuer-uri", issuer}
	}
	return s.command(s.verb("create"), append(kind, "--description", s.b.Description())...)
}

func (s *providerStep) command(verb string, more ...string) string {
	words := []string{
		"gcloud", "iam", "workload-identity-pools", "providers", verb, s.id, "--workload-identity-pool", s.b.ToGoogle.Pool,
		"--project", s.b.Google.Project, "--location", "global",
	}
	if strings.HasPrefix(verb, "create") || strings.HasPrefix(verb, "update") {
		var pairs []string
		for _, k := range sortedKeys(s.b.Mapping()) {
			pairs = append(pairs, k+"="+s.b.Mapping()[k])
		}
		words = append(words, "--attribute-mapping", DelimitedList(pairs), "--attribute-condition", s.b.Condition())
	}
	return command(append(words, more...)...)
}

// planAbsent deletes our provider, unless others come in through it.
func (s *providerStep) planAbsent(ctx context.Context, w *World, p *iam.WorkloadIdentityPoolProvider, pool *iam.WorkloadIdentityPool) (Change, error) {
	switch {
	case p == nil || pool == nil:
		return s.about.gone(), nil
	case byDescription(s.b, p.Description) != ours:
		return s.about.keep("it was not made by this bridge"), nil
	case deleted(p.State) || deleted(pool.State):
		c := s.about.keep("it is deleted; its id stays reserved")
		c.Until, c.Undo = p.ExpireTime, s.command("undelete")
		return c, nil
	}
	members, err := otherPoolMembers(ctx, w, s.b, pool.Name)
	if err != nil {
		return Change{}, err
	}
	if len(members) > 0 {
		return s.about.held("others come in through it: %s", strings.Join(members, ", ")), nil
	}
	c := s.about.change(Remove, "it was made by this bridge")
	c.Until, c.Undo, c.Lasts = until(w.Now().Add(reserved)), s.command("undelete"), "its id stays reserved, and so long it can be brought back"
	return c.with(admissionOf(p), s.command("delete", "--quiet"), drop("name", p.Name)), nil
}
