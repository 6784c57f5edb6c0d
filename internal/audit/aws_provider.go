package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

const refProvider = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html"

// awsProviderRules read the account's OIDC providers.
func awsProviderRules() []Rule {
	providers := []inventory.Part{inventory.PartOIDCProviders}
	both := []inventory.Part{inventory.PartIdentities, inventory.PartOIDCProviders}
	return []Rule{
		{ID: "AWS-P01", Severity: Medium, Title: "an explicit provider for Google takes over from the built-in one", Reference: refProvider, Needs: providers, find: explicitGoogle},
		{ID: "AWS-P02", Severity: Medium, Title: "the provider's client ids and the roles disagree", Reference: refProvider, Needs: both, find: clientIDs},
		{ID: "AWS-P03", Severity: Info, Title: "thumbprints on the provider for Google have no effect", Reference: refProvider, Needs: providers, find: thumbprints},
		{ID: "AWS-P04", Severity: Medium, Title: "a trust policy names a provider that is not there", Reference: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html", Needs: both, find: missingProvider},
		{ID: "AWS-P05", Severity: Info, Title: "another identity provider may send people and programs in", Reference: refProvider, Needs: providers, find: otherProviders},
	}
}

func (s *sight) googleProvider() (inventory.OIDCProvider, bool) {
	for _, p := range s.Account.OIDCProviders {
		if strings.HasSuffix(p.ARN, ":oidc-provider/"+spec.GoogleIssuer) {
			return p, true
		}
	}
	return inventory.OIDCProvider{}, false
}

func explicitGoogle(s *sight) []Finding {
	p, ok := s.googleProvider()
	wanted := slices.ContainsFunc(s.Bridges, func(b spec.Bridge) bool { return b.ToAWS != nil && b.ToAWS.Provider == spec.ProviderExplicit })
	if !ok || wanted {
		return nil
	}
	return one(Finding{
		Resource: p.ARN, Evidence: fmt.Sprintf("made %s, client ids %s", p.Created.UTC().Format("2006-01-02"), strings.Join(p.ClientIDs, ", ")),
		Fix:     "move the roles that name it to the built-in principal accounts.google.com, then delete it",
		Command: command("aws", "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", p.ARN), about: []string{"aws"},
	})
}

func clientIDs(s *sight) []Finding {
	p, ok := s.googleProvider()
	if !ok {
		return nil
	}
	var used []string
	var out []Finding
	for _, r := range s.roles {
		for _, g := range r.google {
			if g.principal != p.ARN {
				continue
			}
			used = append(append(used, g.uniqueIDs()...), append(slices.Clone(g.exact("aud")), g.exact("oaud")...)...)
			for _, id := range g.uniqueIDs() {
				if !slices.Contains(p.ClientIDs, id) {
					out = append(out, s.clientFinding(p, "add-client-id-to-open-id-connect-provider", id, "role "+r.Name+" pins "+id+", which is not among the client ids", "role:"+r.Name))
				}
			}
		}
	}
	for _, id := range p.ClientIDs {
		if !slices.Contains(used, id) {
			out = append(out, s.clientFinding(p, "remove-client-id-from-open-id-connect-provider", id, "client id "+id+" is pinned by no role's trust policy", "aws"))
		}
	}
	return out
}

func (s *sight) clientFinding(p inventory.OIDCProvider, verb, id, evidence, about string) Finding {
	return Finding{
		Resource: p.ARN, Evidence: evidence, Fix: "let the client ids be exactly the numbers that roles pin",
		Command: command("aws", "iam", verb, "--open-id-connect-provider-arn", p.ARN, "--client-id", id), about: []string{about},
	}
}

func thumbprints(s *sight) []Finding {
	p, ok := s.googleProvider()
	if !ok || len(p.Thumbprints) == 0 {
		return nil
	}
	return one(Finding{
		Resource: p.ARN, Evidence: "thumbprints " + strings.Join(p.Thumbprints, ", "),
		Fix: "nothing: AWS verifies Google by its own trust store, and the list cannot be emptied", about: []string{"aws"},
	})
}

func missingProvider(s *sight) []Finding {
	var out []Finding
	for _, r := range s.roles {
		for _, st := range r.statements {
			for _, p := range st.Principals {
				if p.Kind != "Federated" || !strings.Contains(p.Value, ":oidc-provider/") || s.hasProvider(p.Value) {
					continue
				}
				out = append(out, Finding{
					Resource: r.ARN, Evidence: st.Name + ": Federated " + p.Value,
					Fix:     "take the statement out: whoever can make that provider would decide who gets in",
					Command: updateTrust(r.Name), about: []string{"role:" + r.Name},
				})
			}
		}
	}
	return out
}

func (s *sight) hasProvider(arn string) bool {
	return slices.ContainsFunc(s.Account.OIDCProviders, func(p inventory.OIDCProvider) bool { return p.ARN == arn })
}

func otherProviders(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Account.OIDCProviders {
		if strings.HasSuffix(p.ARN, ":oidc-provider/"+spec.GoogleIssuer) {
			continue
		}
		out = append(out, Finding{
			Resource: p.ARN, Evidence: fmt.Sprintf("made %s, %d days ago", p.Created.UTC().Format("2006-01-02"), s.age(p.Created)),
			Fix: "make sure that you know who put it there", Command: command("aws", "iam", "get-open-id-connect-provider", "--open-id-connect-provider-arn", p.ARN),
			about: []string{"aws"},
		})
	}
	return out
}
