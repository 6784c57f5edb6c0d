package google

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// maxTokenLife is the longest validity that a subject token may claim.
const maxTokenLife = 24 * time.Hour

// jwtAssertion believes a JWT of the provider's issuer. RS256 and ES256 are the algorithms that Google documents.
func (c *Cloud) jwtAssertion(token string, at target, now time.Time) (map[string]any, time.Duration, error) {
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil || len(parsed.Headers) != 1 || parsed.Headers[0].KeyID == "" {
		return nil, 0, oauth("invalid_grant", "The given ID Token is malformed or signed with an unsupported algorithm.")
	}
	var claims jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return nil, 0, oauth("invalid_grant", "The given ID Token is malformed.")
	}
	if err := checkClaims(claims, at, now); err != nil {
		return nil, 0, err
	}
	all, err := c.verifiedClaims(parsed, at.provider.OIDC)
	if err != nil {
		return nil, 0, err
	}
	return all, min(claims.Expiry.Time().Sub(now), mostLifetime), nil
}

func checkClaims(claims jwt.Claims, at target, now time.Time) error {
	if claims.Issuer != at.provider.OIDC.Issuer {
		return oauth("invalid_grant", fmt.Sprintf("The issuer in ID Token %s does not match the expected ones: %s", claims.Issuer, at.provider.OIDC.Issuer))
	}
	if err := checkAudience(claims.Audience, at); err != nil {
		return err
	}
	if claims.Subject == "" || claims.Expiry == nil || claims.IssuedAt == nil {
		return oauth("invalid_grant", "The given ID Token lacks one of the claims sub, exp and iat.")
	}
	issued, expires := claims.IssuedAt.Time(), claims.Expiry.Time()
	if issued.After(now) || !expires.After(now) || expires.Sub(issued) > maxTokenLife || claims.NotBefore != nil && claims.NotBefore.Time().After(now) {
		return oauth("invalid_grant", fmt.Sprintf("ID Token issued at %d is stale to sign-in.", issued.Unix()))
	}
	return nil
}

// checkAudience wants exactly one audience: an allowed one, or without a list the provider's own name.
func checkAudience(got jwt.Audience, at target) error {
	allowed := at.provider.OIDC.Audiences
	shown := strings.Join(allowed, ", ")
	if len(allowed) == 0 {
		allowed, shown = []string{at.audience, "https:" + at.audience}, "https:"+at.audience
	}
	if len(got) == 1 && slices.Contains(allowed, got[0]) {
		return nil
	}
	return oauth("invalid_grant", fmt.Sprintf("The audience in ID Token [%s] does not match the expected audience %s.", strings.Join(got, ", "), shown))
}

// verifiedClaims checks the signature with the provider's own keys or with those that the issuer publishes.
func (c *Cloud) verifiedClaims(token *jwt.JSONWebToken, issuer *world.OIDCIssuer) (map[string]any, error) {
	raw, ok := []byte(issuer.JWKS), issuer.JWKS != ""
	if !ok {
		raw, ok = c.published(issuer.Issuer)
	}
	var set jose.JSONWebKeySet
	if !ok || json.Unmarshal(raw, &set) != nil {
		return nil, oauth("invalid_grant", "Error connecting to the given credential's issuer.")
	}
	for _, key := range set.Key(token.Headers[0].KeyID) {
		var claims map[string]any
		if key.Algorithm == "" || key.Algorithm == token.Headers[0].Algorithm {
			if token.Claims(key.Public(), &claims) == nil {
				return claims, nil
			}
		}
	}
	return nil, oauth("invalid_grant", "Invalid signature of the given ID Token.")
}

// published are the keys of an issuer that can be reached from here: those that Keys knows, and the outbound issuers
// of the world's AWS accounts.
func (c *Cloud) published(issuer string) ([]byte, bool) {
	if c.Keys != nil {
		if raw, ok := c.Keys(issuer); ok {
			return raw, true
		}
	}
	account := ""
	c.world.View(func(s *world.State, _ time.Time) {
		for id, a := range s.AWS.Accounts {
			if a.Outbound.ID != "" && issuer == "https://"+a.Outbound.ID+".tokens.sts.global.api.aws" {
				account = id
			}
		}
	})
	if account == "" {
		return nil, false
	}
	set, err := c.world.JWKS(world.IssuerAWS+account, "RS256")
	if err != nil {
		return nil, false
	}
	raw, err := json.Marshal(set)
	return raw, err == nil
}
