package google_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	iam "google.golang.org/api/iam/v1"
)

const jwtAud = poolRoot + "live-pool/providers/aws-jwt"

// outbound switches the account's issuer on and answers it.
func (c *cloud) outbound() string {
	c.t.Helper()
	out, err := awsiam.NewFromConfig(c.awsConfig()).EnableOutboundWebIdentityFederation(c.t.Context(), &awsiam.EnableOutboundWebIdentityFederationInput{})
	if err != nil {
		c.t.Fatal(err)
	}
	return *out.IssuerIdentifier
}

// vend asks AWS for a token as w.
func (c *cloud) vend(w workload, alg string, audience ...string) string {
	c.t.Helper()
	config := c.awsConfig()
	config.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: w.id, SecretAccessKey: w.secret, SessionToken: w.session}, nil
	})
	out, err := sts.NewFromConfig(config).GetWebIdentityToken(c.t.Context(), &sts.GetWebIdentityTokenInput{Audience: audience, SigningAlgorithm: aws.String(alg)})
	if err != nil {
		c.t.Fatal(err)
	}
	return *out.WebIdentityToken
}

// exchangeJWT posts a JWT to the token service.
func (c *cloud) exchangeJWT(token, audience string) (int, string) {
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "audience": {audience}, "scope": {crm.CloudPlatformScope},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"}, "subject_token": {token},
		"subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
	}
	r, _ := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.URL()+"/v1/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("client", "secret")
	res, body := do(c.t, r)
	return res.StatusCode, body
}

func (c *cloud) mayVend(role string) {
	c.t.Helper()
	_, err := awsiam.NewFromConfig(c.awsConfig()).PutRolePolicy(c.t.Context(), &awsiam.PutRolePolicyInput{
		RoleName: aws.String(role), PolicyName: aws.String("vend"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}]}`),
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func TestTokenIssuedByAWSIsJudgedByItsClaims(t *testing.T) {
	c := start(t)
	c.enable("sts.googleapis.com")
	c.pool("live-pool")
	c.provider("live-pool", "aws-jwt", &iam.WorkloadIdentityPoolProvider{
		Oidc:               &iam.Oidc{IssuerUri: c.outbound()},
		AttributeMapping:   map[string]string{"google.subject": "assertion.sub", "attribute.aws_role": "assertion.sub"},
		AttributeCondition: "assertion.sub == 'arn:aws:iam::" + account + ":role/app'",
	})
	app, other := c.assume("app", "s1"), c.assume("other", "s1")
	c.mayVend("app")
	c.mayVend("other")
	good := c.vend(app, "RS256", "https:"+jwtAud)
	for name, tc := range map[string]struct {
		token string
		code  int
		text  string
	}{
		"good":             {good, 200, `"token_type": "Bearer"`},
		"without https":    {c.vend(app, "RS256", jwtAud), 200, "access_token"},
		"other audience":   {c.vend(app, "RS256", "https://elsewhere.example"), 400, "The audience in ID Token [https://elsewhere.example] does not match the expected audience https:" + jwtAud},
		"two audiences":    {c.vend(app, "RS256", "https:"+jwtAud, "https://elsewhere.example"), 400, "The audience in ID Token"},
		"other role":       {c.vend(other, "RS256", "https:"+jwtAud), 400, "rejected by the attribute condition"},
		"es384":            {c.vend(app, "ES384", "https:"+jwtAud), 400, "unsupported algorithm"},
		"broken signature": {good[:len(good)-6] + "AAAAAA", 400, "Invalid signature"},
		"not a token":      {"x.y.z", 400, "malformed"},
	} {
		if code, body := c.exchangeJWT(tc.token, jwtAud); code != tc.code || !strings.Contains(body, tc.text) {
			t.Errorf("%s: got %d %s, want %d with %q", name, code, body, tc.code, tc.text)
		}
	}
	c.World().Advance(3600e9)
	if code, body := c.exchangeJWT(good, jwtAud); code != 400 || !strings.Contains(body, "is stale to sign-in") {
		t.Errorf("got %d %s, want a stale token", code, body)
	}
}
