package google

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// provider turns a request into a provider of exactly one kind.
func (in providerJSON) provider(id string) (*world.Provider, error) {
	v := &world.Provider{
		ID: id, DisplayName: in.DisplayName, Description: in.Description, Disabled: in.Disabled,
		Mapping: in.AttributeMapping, Condition: in.AttributeCond, SAML: in.SAML, X509: in.X509,
	}
	kinds := 0
	if in.AWS != nil {
		kinds++
		v.AWSAccount = in.AWS.AccountID
		if v.AWSAccount == "" {
			return nil, badAWSAccount("")
		}
	}
	if in.OIDC != nil {
		kinds++
		v.OIDC = &world.OIDCIssuer{Issuer: in.OIDC.IssuerURI, Audiences: in.OIDC.AllowedAudiences, JWKS: in.OIDC.JWKSJSON}
	}
	for _, other := range []json.RawMessage{in.SAML, in.X509} {
		if len(other) > 0 {
			kinds++
		}
	}
	if kinds != 1 {
		return nil, invalidArgument("Exactly one of aws, oidc, saml or x509 must be set in the workload identity pool provider.")
	}
	return v, nil
}

var awsAccount = shape.Of(`^[0-9]{12}$`)

func badAWSAccount(id string) error {
	text := "The AWS account ID must be 12 digits, got: " + id
	return invalidArgument("%s", text).With(wire.BadRequest("workload_identity_pool_provider.aws.account_id", text))
}

// checkProvider checks a provider as it would stand after the write: texts, kind, mapping, condition and what the
// organisation allows.
func (q *call) checkProvider(pool *world.Pool, v *world.Provider) error {
	if err := checkPoolText(v.DisplayName, v.Description); err != nil {
		return err
	}
	if v.AWSAccount != "" && !awsAccount(v.AWSAccount) {
		return badAWSAccount(v.AWSAccount)
	}
	if v.OIDC != nil {
		if err := checkOIDC(v); err != nil {
			return err
		}
	}
	if v.AWSAccount == "" && v.Mapping["google.subject"] == "" {
		return invalidArgument("The attribute mapping must contain 'google.subject'.")
	}
	federation, err := judge.CompileFederation(v.Mapping, v.Condition)
	if err != nil {
		return invalidArgument("%s", err)
	}
	if v.OIDC != nil && sharedIssuer(v.OIDC.Issuer) && !federation.ReadsClaims() {
		return invalidArgument("The attribute condition must reference one of the provider's claims. For more information, see https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions")
	}
	return q.checkProviderPolicy(pool, v)
}

func checkOIDC(v *world.Provider) error {
	u, err := url.Parse(v.OIDC.Issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return invalidArgument("The issuer URI must be an https URL, got: %q.", v.OIDC.Issuer)
	}
	if len(v.OIDC.Audiences) > 10 {
		return invalidArgument("At most 10 audiences may be configured, got %d.", len(v.OIDC.Audiences))
	}
	for _, audience := range v.OIDC.Audiences {
		if audience == "" || len(audience) > 256 {
			return invalidArgument("An allowed audience must be between 1 and 256 characters long.")
		}
	}
	return checkJWKS(v.OIDC.JWKS)
}

// checkJWKS refuses keys that carry certificates, and what is not a set of RSA or EC keys.
func checkJWKS(text string) error {
	if text == "" {
		return nil
	}
	bad := invalidArgument("Input JWK is not in a valid json format.")
	var set struct{ Keys []map[string]any }
	if json.Unmarshal([]byte(text), &set) != nil || len(set.Keys) == 0 {
		return bad
	}
	for _, key := range set.Keys {
		_, chain := key["x5c"]
		_, thumb := key["x5t"]
		if kty := key["kty"]; chain || thumb || kty != "RSA" && kty != "EC" {
			return bad
		}
	}
	return nil
}

// sharedIssuers serve many tenants, so a provider for them must say which one it means.
var sharedIssuers = []string{
	"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "oidc.circleci.com", "agent.buildkite.com",
	"api.pulumi.com/oidc", "oidc.vercel.com", "accounts.google.com",
}

func sharedIssuer(issuer string) bool {
	rest := strings.TrimSuffix(strings.TrimPrefix(issuer, "https://"), "/")
	return slices.Contains(sharedIssuers, rest)
}

// checkProviderPolicy applies the organisation's lists of issuers and AWS accounts.
func (q *call) checkProviderPolicy(pool *world.Pool, v *world.Provider) error {
	issuer := ""
	switch {
	case v.AWSAccount != "":
		issuer = "https://sts.amazonaws.com"
	case v.OIDC != nil:
		issuer = v.OIDC.Issuer
	}
	subject := "orgpolicy:projects/" + q.project.ID + "/locations/global/workloadIdentityPools/" + pool.ID
	if issuer != "" && !permits(q.project, "iam.workloadIdentityPoolProviders", issuer) {
		return violation("Precondition check failed.", "iam.workloadIdentityPoolProviders", subject, "Org Policy violated for value: '"+issuer+"'.")
	}
	if v.AWSAccount != "" && !permits(q.project, "iam.workloadIdentityPoolAwsAccounts", v.AWSAccount) {
		return violation("Precondition check failed.", "iam.workloadIdentityPoolAwsAccounts", subject, "Org Policy violated for value: '"+v.AWSAccount+"'.")
	}
	return nil
}
