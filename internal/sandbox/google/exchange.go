package google

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const (
	tokenService = "sts.googleapis.com"
	grantType    = "urn:ietf:params:oauth:grant-type:token-exchange"
	accessType   = "urn:ietf:params:oauth:token-type:access_token"
	awsType      = "urn:ietf:params:aws:token-type:aws4_request"
	jwtType      = "urn:ietf:params:oauth:token-type:jwt"
	idType       = "urn:ietf:params:oauth:token-type:id_token"
)

func exchangeRoutes() []route {
	token := post("v1/token", "sts.token", (*call).exchange).public()
	introspect := post("v1/introspect", "sts.introspect", (*call).introspect).public()
	token.oauth, introspect.oauth = true, true
	return of(tokenService, token, introspect)
}

// exchangeRequest is RFC 8693 as Google's token service takes it, as a form or as JSON.
type exchangeRequest struct {
	GrantType          string
	Audience           string
	Scope              string
	RequestedTokenType string
	SubjectToken       string
	SubjectTokenType   string
	Options            string
}

func oauth(word, description string) *wire.OAuthError {
	return &wire.OAuthError{Code: 400, Word: word, Description: description}
}

const (
	audienceText = `Invalid value for "audience". This value should be the full resource name of the Identity Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for the list of possible formats.`
	targetText   = `The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist.`
)

func (q *call) readExchange() (exchangeRequest, error) {
	var in exchangeRequest
	if strings.HasPrefix(q.r.Header.Get("Content-Type"), "application/json") {
		if err := q.decode(&in); err != nil {
			return in, err
		}
		return in, in.check()
	}
	form, err := url.ParseQuery(string(q.body))
	if err != nil {
		return in, oauth("invalid_request", "Request body is not a valid form.")
	}
	for name, values := range form {
		if len(values) > 1 {
			return in, oauth("invalid_request", "Parameter "+name+" must not be repeated.")
		}
	}
	in = exchangeRequest{
		GrantType: form.Get("grant_type"), Audience: form.Get("audience"), Scope: form.Get("scope"),
		RequestedTokenType: form.Get("requested_token_type"), SubjectToken: form.Get("subject_token"),
		SubjectTokenType: form.Get("subject_token_type"), Options: form.Get("options"),
	}
	return in, in.check()
}

func (in exchangeRequest) check() error {
	switch {
	case in.GrantType == "":
		return oauth("invalid_request", "Missing required parameter: grant_type")
	case in.GrantType != grantType:
		return oauth("unsupported_grant_type", "Invalid grant_type: "+in.GrantType)
	case in.Audience == "":
		return oauth("invalid_request", "Missing required parameter: audience")
	case in.RequestedTokenType != accessType:
		return oauth("invalid_request", "Invalid or unsupported requested_token_type: "+in.RequestedTokenType)
	case in.SubjectToken == "":
		return oauth("invalid_request", "Missing required parameter: subject_token")
	case !slices.Contains([]string{awsType, jwtType, idType}, in.SubjectTokenType):
		return oauth("invalid_request", "Invalid or unsupported subject_token_type: "+in.SubjectTokenType)
	case in.Scope == "" || slices.ContainsFunc(strings.Fields(in.Scope), badScope):
		return oauth("invalid_scope", "Invalid or missing scope: "+in.Scope)
	}
	return nil
}

var audience = shape.Parts(`^//iam\.googleapis\.com/projects/([0-9]+)/locations/global/workloadIdentityPools/([a-z0-9-]{4,32})/providers/([a-z0-9-]{4,32})$`)

// target is the provider that a token is exchanged at, copied out of the world.
type target struct {
	audience string
	pool     string // canonical name
	provider world.Provider
}

// exchange checks the request and the provider here and the credential afterwards, with the world unlocked.
func (q *call) exchange() (any, error) {
	in, err := q.readExchange()
	if err != nil {
		return nil, err
	}
	at, err := q.exchangeTarget(in.Audience)
	if err != nil {
		return nil, err
	}
	isAWS := at.provider.AWSAccount != ""
	if isAWS != (in.SubjectTokenType == awsType) || !isAWS && at.provider.OIDC == nil {
		return nil, oauth("invalid_request", "The subject_token_type "+in.SubjectTokenType+" is not supported by the identity provider.")
	}
	c, now := q.cloud, q.now
	return later(func() (any, error) { return c.finishExchange(in, at, now) }), nil
}

func (q *call) exchangeTarget(name string) (target, error) {
	m := audience(name)
	if m == nil {
		return target{}, oauth("invalid_request", audienceText)
	}
	invalid := oauth("invalid_target", targetText)
	p := q.projectNamed(m[1])
	if p == nil || p.Number != m[1] {
		return target{}, invalid
	}
	if err := q.enabled(p); err != nil {
		return target{}, err
	}
	q.project = p
	if err := q.throttle(); err != nil {
		return target{}, err
	}
	pool := q.poolIn(p, m[2])
	if pool == nil || pool.Disabled || !pool.Deleted.IsZero() || !q.settledSince(pool.Created) {
		return target{}, invalid
	}
	v := q.providerIn(pool, m[3])
	if v == nil || v.Disabled || !v.Deleted.IsZero() || !q.settledSince(v.Created) {
		return target{}, invalid
	}
	return target{audience: name, pool: poolName(p, pool.ID), provider: *v}, nil
}

// Lifetimes of federated tokens: a quarter of an hour for AWS, the rest of the credential's own life otherwise.
const (
	awsLifetime  = 15 * time.Minute
	mostLifetime = time.Hour
)

func (c *Cloud) finishExchange(in exchangeRequest, at target, now time.Time) (any, error) {
	assertion, life, err := c.assertion(in, at, now)
	if err != nil {
		return nil, err
	}
	mapping := at.provider.Mapping
	if at.provider.AWSAccount != "" && len(mapping) == 0 {
		mapping = judge.DefaultAWSMapping()
	}
	federation, err := judge.CompileFederation(mapping, at.provider.Condition)
	if err != nil {
		return nil, oauth("invalid_grant", err.Error())
	}
	who, err := federation.Map(assertion)
	if refusal, ok := errors.AsType[*judge.Refusal](err); ok {
		return nil, oauth(refusal.Code, refusal.Reason)
	}
	token, err := c.issue(&world.GoogleToken{
		Pool: at.pool, Provider: at.provider.ID, Subject: who.Subject, Groups: who.Groups, Custom: who.Custom,
		Scopes: strings.Fields(in.Scope), Expires: now.Add(life),
	})
	return map[string]any{
		"access_token": token, "issued_token_type": accessType, "token_type": "Bearer", "expires_in": int(life.Seconds()),
	}, err
}

// assertion is what the credential claims once it is believed, and how long a token for it may live.
func (c *Cloud) assertion(in exchangeRequest, at target, now time.Time) (map[string]any, time.Duration, error) {
	if in.SubjectTokenType == awsType {
		claims, err := c.awsAssertion(in.SubjectToken, at)
		return claims, awsLifetime, err
	}
	return c.jwtAssertion(in.SubjectToken, at, now)
}
