package judge

import (
	"slices"
	"strings"
)

// tenancyClaims are the claims that a trust policy must read of an issuer whom many customers share: IAM refuses to
// write a policy that does not. Google is not among them.
var tenancyClaims = map[string]string{
	"agent.buildkite.com":                   "sub",
	"api.pulumi.com/oidc":                   "aud",
	"app.terraform.io":                      "sub",
	"cognito-identity.amazonaws.com":        "aud",
	"gitlab.com":                            "sub",
	"oidc.codefresh.io":                     "sub",
	"oidc.vercel.com":                       "aud",
	"token.actions.githubusercontent.com":   "sub",
	"vstoken.actions.githubusercontent.com": "sub",
}

// checkTenancy refuses a statement that lets in every customer of a shared issuer.
func (s Statement) checkTenancy() error {
	if s.Effect != "Allow" || s.Principal == nil {
		return nil
	}
	for _, name := range s.Principal.Kinds["Federated"] {
		host := name
		if _, rest, ok := strings.Cut(name, ":oidc-provider/"); ok {
			host = rest
		}
		claim, shared := tenancyClaims[host]
		key := host + ":" + claim
		if shared && !slices.ContainsFunc(s.Clauses, func(c Clause) bool { return strings.EqualFold(c.Key, key) }) {
			return malformed("Trust policies for the identity provider %s must evaluate the condition key %s", host, key)
		}
	}
	return nil
}
