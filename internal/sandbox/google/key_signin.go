package google

import (
	"crypto/x509"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// keyGrant is how whoever holds a key of an account signs in: a JWT signed with it, for an access or an ID token.
const keyGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

func keySignInRoutes() []route {
	var out []route
	for _, path := range []string{"token", "oauth2/v4/token", "o/oauth2/token"} {
		rt := post(path, "oauth2.token", (*call).keySignIn).public()
		rt.oauth = true
		out = append(out, rt)
	}
	return append(out, get("service_accounts/v1/jwk/{account}", "oauth2.serviceAccounts.jwk", (*call).accountKeys).public())
}

// assertion is a JWT that somebody with a key of an account has signed.
type assertion struct {
	jwt.Claims
	Scope    string `json:"scope"`
	Audience string `json:"target_audience"`
	Email    string `json:"email"`
}

const (
	badAssertion  = "Invalid JWT Signature."
	staleText     = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
	wrongAudience = "Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token"
)

// readAssertion believes a JWT when a living key of a living account has signed it. The last value is false for a text that
// is no such JWT.
func (q *call) readAssertion(token string) (*world.ServiceAccount, assertion, bool) {
	var claims assertion
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(parsed.Headers) != 1 || parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return nil, claims, false
	}
	a := q.accountAnywhere(claims.Issuer)
	if a == nil {
		return nil, claims, true
	}
	k := a.Keys[parsed.Headers[0].KeyID]
	if a.Disabled || k == nil || k.Disabled || k.Public == nil || !q.now.Before(k.Expires) {
		return nil, claims, true
	}
	public, err := x509.ParsePKIXPublicKey(k.Public)
	if err != nil || parsed.Claims(public, &claims) != nil {
		return nil, claims, true
	}
	return a, claims, true
}

func (in assertion) fresh(now time.Time) bool {
	if in.Expiry == nil || in.IssuedAt == nil {
		return false
	}
	issued, expires := in.IssuedAt.Time(), in.Expiry.Time()
	return !issued.After(now.Add(time.Minute)) && expires.After(now) && expires.Sub(issued) <= time.Hour
}

// keySignIn is OAuth's JWT bearer grant.
func (q *call) keySignIn() (any, error) {
	form := q.parameters()
	if grant := form.Get("grant_type"); grant != keyGrant {
		return nil, oauth("unsupported_grant_type", "Invalid grant_type: "+grant)
	}
	a, in, ok := q.readAssertion(form.Get("assertion"))
	switch {
	case !ok:
		return nil, oauth("invalid_grant", "Invalid JWT")
	case q.accountAnywhere(in.Issuer) == nil:
		return nil, oauth("invalid_grant", "Invalid grant: account not found")
	case a == nil:
		return nil, oauth("invalid_grant", badAssertion)
	case !in.fresh(q.now):
		return nil, oauth("invalid_grant", staleText)
	case len(in.Claims.Audience) != 1 || !slices.Contains(q.tokenEndpoints(), in.Claims.Audience[0]):
		return nil, oauth("invalid_grant", wrongAudience)
	case in.Subject != "" && in.Subject != a.Email:
		return nil, oauth("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
	}
	return q.grant(a, in)
}

func (q *call) tokenEndpoints() []string {
	return []string{
		"https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v4/token", "https://accounts.google.com/o/oauth2/token", q.cloud.base() + "/token",
	}
}

func (q *call) grant(a *world.ServiceAccount, in assertion) (any, error) {
	if in.Audience != "" {
		claims := q.idClaims(a, in.Audience)
		claims["azp"], claims["email"], claims["email_verified"] = a.Email, a.Email, true // a key's tokens name the address, not the number
		return q.signed(claims, "id_token"), nil
	}
	scopes := strings.Fields(in.Scope)
	if len(scopes) == 0 || slices.ContainsFunc(scopes, badScope) {
		return nil, oauth("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
	}
	token, err := q.cloud.issue(&world.GoogleToken{Account: a.UniqueID, Email: a.Email, Scopes: scopes, Expires: q.now.Add(usualLifetime)})
	return map[string]any{"access_token": token, "expires_in": int(usualLifetime.Seconds()) - 1, "token_type": "Bearer"}, err
}

// selfSigned takes a JWT of an account's key itself for an access token: of one API, or with scopes.
func (q *call) selfSigned(token string) (*world.GoogleToken, bool) {
	if strings.Count(token, ".") != 2 {
		return nil, false
	}
	a, in, ok := q.readAssertion(token)
	if !ok || a == nil || !in.fresh(q.now) || in.Subject != a.Email {
		return nil, false
	}
	scopes := strings.Fields(in.Scope)
	if len(in.Claims.Audience) == 1 && q.route.service != "" && in.Claims.Audience[0] == "https://"+q.route.service+"/" {
		scopes = []string{scopePlatform}
	}
	return &world.GoogleToken{Account: a.UniqueID, Email: a.Email, Scopes: scopes, Expires: in.Expiry.Time()}, len(scopes) > 0
}

// accountKeys publishes the keys with which an account signs: those of its holders and the one that Google keeps.
func (q *call) accountKeys() (any, error) {
	a := q.accountAnywhere(q.vars["account"])
	if a == nil {
		return nil, entityNotFound()
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for id, k := range a.Keys {
		if public, err := x509.ParsePKIXPublicKey(k.Public); err == nil && !k.Disabled {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: public, KeyID: id, Algorithm: "RS256", Use: "sig"})
		}
	}
	w, id := q.cloud.world, systemKey(a)
	return later(func() (any, error) {
		system, err := w.JWKS(world.IssuerAccount+id, "RS256")
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, system.Keys...)
		raw, err := json.Marshal(set)
		return json.RawMessage(raw), err
	}), nil
}
