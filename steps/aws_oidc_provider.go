package steps

import (
	"context"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// googleProviderStep is an explicit IAM OIDC provider for Google, for those who ask for one. Its client ids must hold the
// account's number, because a Google token carries that number as azp and AWS compares azp when there is one. Client ids
// of others are left alone.
type googleProviderStep struct{ b spec.Bridge }

func newGoogleProvider(b spec.Bridge) Step { return googleProviderStep{b} }

// About says which provider this is.
func (s googleProviderStep) About() About {
	return About{
		ID: "aws.oidc-provider", Cloud: "aws", Kind: "oidc-provider", Name: spec.GoogleIssuer, Title: "OIDC provider " + spec.GoogleIssuer,
		Scope: "account", Direction: "to-aws", Needs: []string{"google.service-account.to-aws"},
		Why: "the file asks for an explicit provider in place of the one that AWS has built in",
		Permissions: []string{
			"iam:GetOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider",
			"iam:AddClientIDToOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider", "iam:ListRoles",
		},
	}
}

// providerSeen is what a plan saw of the provider and which numbers come and go.
type providerSeen struct {
	Provider  *oidcProvider
	Add, Drop string
	Whole     bool // destroy: the provider goes with its last client id
}

// Plan looks at the provider and at every role that depends on it.
func (s googleProviderStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	var p *oidcProvider
	var roles []role
	live := ""
	err := all(
		into(&p, func() (*oidcProvider, error) { return readGoogleProvider(ctx, w) }),
		into(&roles, func() ([]role, error) { return readRoles(ctx, w) }),
		into(&live, func() (string, error) { return newRoleToAWS(s.b).(*roleStep).liveNumber(ctx, w) }),
	)
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(p, roles, live), nil
	case p == nil:
		return s.planCreate(roles, live), nil
	}
	return s.planClientID(p, roles, live, w.Consent), nil
}

// planCreate blocks while a role trusts the built-in principal: AWS may stop to let those in once an explicit provider
// is there.
func (s googleProviderStep) planCreate(roles []role, live string) Change {
	var builtin []string
	for _, r := range roles {
		if trustsBuiltin(r.Trust) {
			builtin = append(builtin, r.Name)
		}
	}
	if len(builtin) > 0 {
		return s.About().blocked("set toAWS.provider: builtin", "an explicit provider may lock out roles that trust the built-in one: %s", strings.Join(builtin, ", "))
	}
	id := "NUMBER"
	if live != "" {
		id = live
	}
	c := s.About().change(Create, "it is not there")
	words := append([]string{"aws", "iam", "create-open-id-connect-provider", "--url", "https://" + spec.GoogleIssuer, "--client-id-list", id, "--tags"}, tagWords(s.b.Tags())...)
	return c.with(providerSeen{}, command(words...), set("clientIds", orUnknown([]string{live}, live != "")), set("tags", s.b.Tags()))
}

func trustsBuiltin(trust string) bool {
	return slices.ContainsFunc(statementsIn(trust), func(t trustStatement) bool {
		return t.ofGoogle() && slices.Contains(t.Principal["Federated"], spec.GoogleIssuer)
	})
}

// planClientID adds the account's number, and takes out the number of the account that was accepted as re-created.
func (s googleProviderStep) planClientID(p *oidcProvider, roles []role, live string, consent Consent) Change {
	owner := byTags(s.b, p.Tags)
	if owner != ours && !s.b.Adopts("toAWS.provider") {
		return s.About().blocked("list toAWS.provider under adopt, or set toAWS.provider: builtin once nobody needs it", "%s", stranger(owner)).unless("toAWS.provider")
	}
	seen := providerSeen{Provider: p}
	if live == "" || !slices.Contains(p.ClientIDs, live) {
		seen.Add = live
	} else if seen.Drop = s.outdated(p, roles, live, consent); seen.Drop == "" {
		return s.About().keep("it holds the account's number")
	}
	seen.Drop = s.outdated(p, roles, live, consent)
	action, reason := Update, "its client ids lack the account's number"
	if owner != ours {
		action, reason = Adopt, "it exists and the file allows it to be adopted; only the account's number is added"
	}
	return s.About().change(action, reason).with(seen, clientIDCommand(p.ARN, live, seen.Drop),
		turn("clientIds", p.ClientIDs, orUnknown(swapped(p.ClientIDs, live, seen.Drop), live != "")))
}

// outdated is the number that our own role trusted before a person accepted the re-created account.
func (s googleProviderStep) outdated(p *oidcProvider, roles []role, live string, consent Consent) string {
	if live == "" || consent.AcceptAccount != live {
		return ""
	}
	for _, r := range roles {
		if r.Name != s.b.ToAWS.Role.Name {
			continue
		}
		for _, old := range numbersIn(r.Trust) {
			if old != live && slices.Contains(p.ClientIDs, old) {
				return old
			}
		}
	}
	return ""
}

func swapped(ids []string, add, drop string) []string {
	out := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == drop })
	if !slices.Contains(out, add) {
		out = append(out, add)
	}
	slices.Sort(out)
	return out
}

func clientIDCommand(arn, add, drop string) string {
	put := command("aws", "iam", "add-client-id-to-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--client-id", add)
	if drop == "" {
		return put
	}
	return lines(put, command("aws", "iam", "remove-client-id-from-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--client-id", drop))
}

// planAbsent takes our number out, and the provider with it when it is ours, holds no other and no role names it.
func (s googleProviderStep) planAbsent(p *oidcProvider, roles []role, live string) Change {
	if p == nil {
		return s.About().gone()
	}
	seen := providerSeen{Provider: p}
	if slices.Contains(p.ClientIDs, live) {
		seen.Drop = live
	}
	var users []string
	for _, r := range roles {
		if r.Name != s.b.ToAWS.Role.Name && strings.Contains(r.Trust, `"`+p.ARN+`"`) {
			users = append(users, "role "+r.Name)
		}
	}
	others := len(slices.DeleteFunc(slices.Clone(p.ClientIDs), func(id string) bool { return id == live }))
	mine := byTags(s.b, p.Tags) == ours
	seen.Whole = mine && len(users) == 0 && others == 0
	hanging := strings.Join(append(users, countOf(others, "client id", "client ids")...), ", ")
	switch {
	case seen.Whole:
		return s.About().change(Remove, "it was made by this bridge").with(seen,
			command("aws", "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", p.ARN), drop("arn", p.ARN))
	case seen.Drop != "":
		about := s.About()
		about.Title = "our client id in OIDC provider " + spec.GoogleIssuer
		c := about.change(Remove, "only our client id goes: others use the provider")
		c.Lasts, c.Held = "OIDC provider "+spec.GoogleIssuer+" was not made by this bridge and stays", false
		if mine {
			c.Lasts, c.Held = "OIDC provider "+spec.GoogleIssuer+" stays; others hang on it: "+hanging, true
		}
		return c.with(seen, command("aws", "iam", "remove-client-id-from-open-id-connect-provider",
			"--open-id-connect-provider-arn", p.ARN, "--client-id", live), drop("clientIds", live))
	case mine:
		return s.About().held("others hang on it: %s", hanging)
	}
	return s.About().keep("it was not made by this bridge")
}
