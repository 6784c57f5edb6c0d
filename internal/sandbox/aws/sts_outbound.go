package aws

import (
	"encoding/json"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// webIdentityFacts are the condition keys of GetWebIdentityToken. The duration counts only when the caller gave it,
// the stricter of two readings.
func webIdentityFacts(c *call, f judge.Facts) {
	f["sts:identitytokenaudience"] = judge.Many(c.list("Audience")...)
	f.Set("sts:SigningAlgorithm", c.params.Get("SigningAlgorithm"))
	if seconds := c.params.Get("DurationSeconds"); seconds != "" {
		f.Set("sts:DurationSeconds", seconds)
	}
	requestTags(f, c.tags(), nil)
}

// getWebIdentityToken lets a role or user prove to others who it is, with a token of its account's own issuer.
func getWebIdentityToken(c *call) (result, error) {
	audience := c.list("Audience")
	if len(audience) == 0 || len(audience) > 10 {
		return result{}, invalid("Audience", "", "Member must have length between 1 and 10")
	}
	for _, a := range audience {
		if a == "" || len(a) > 1000 {
			return result{}, invalid("Audience", a, "Member must have length between 1 and 1000")
		}
	}
	alg := c.params.Get("SigningAlgorithm")
	if alg != "RS256" && alg != "ES384" {
		return result{}, invalid("SigningAlgorithm", alg, "Member must satisfy enum value set: [ES384, RS256]")
	}
	life, err := c.duration(300, 60, 3600)
	if err != nil {
		return result{}, err
	}
	claims, expires, err := c.webIdentityClaims(audience, life)
	if err != nil {
		return result{}, err
	}
	key := world.IssuerAWS + c.caller.Account
	if alg == "ES384" {
		key = world.IssuerAWSES384 + c.caller.Account
	}
	token, err := c.cloud.world.Sign(key, alg, claims)
	if err != nil {
		return result{}, err
	}
	return nodes(wire.Text("WebIdentityToken", token), wire.Time("Expiration", expires))
}

func (c *call) webIdentityClaims(audience []string, life time.Duration) (map[string]any, time.Time, error) {
	var out world.Outbound
	c.cloud.world.View(func(s *world.State, now time.Time) { out, c.now = s.AWS.Accounts[c.caller.Account].Outbound, now })
	expires := c.now.Add(life).Truncate(time.Second)
	switch {
	case !out.Enabled || c.now.Before(out.Ready):
		return nil, expires, wire.AWSError("OutboundWebIdentityFederationDisabledException",
			"The outbound web identity federation feature is not enabled for this account.")
	case c.caller.session != nil && expires.After(c.caller.session.Expires):
		return nil, expires, wire.AWSError("SessionDurationEscalationException",
			"The requested token duration would extend the session beyond its original expiration time.")
	}
	details := map[string]any{
		"aws_account": c.caller.Account, "source_region": c.region, "org_id": "o-acme000001", "ou_path": []string{"o-acme000001/r-acme/"},
	}
	addTags(details, "principal_tags", c.caller.entity.Tags)
	addTags(details, "request_tags", c.tags())
	if s := c.caller.session; s != nil {
		details["original_session_exp"] = s.Expires.Format(time.RFC3339)
		if s.Instance != "" {
			details["ec2_source_instance_arn"] = s.Instance
		}
		if s.Source != "" {
			details["source_identity"] = s.Source
		}
	}
	var aud any = audience
	if len(audience) == 1 {
		aud = audience[0]
	}
	return map[string]any{
		"iss": out.Issuer(), "aud": aud, "sub": c.caller.arns[len(c.caller.arns)-1],
		"iat": c.now.Unix(), "exp": expires.Unix(), "jti": requestID(), "https://sts.amazonaws.com/": details,
	}, expires, nil
}

func addTags(details map[string]any, name string, tags []world.Tag) {
	if len(tags) == 0 {
		return
	}
	all := map[string]string{}
	for _, tag := range tags {
		all[tag.Key] = tag.Value
	}
	details[name] = all
}

// decodeAuthorization opens what a refused EC2 call came with.
func (c *Cloud) decodeAuthorization(message string) (string, error) {
	var content json.RawMessage
	if err := c.world.Open("authorization", message, &content); err != nil {
		return "", err
	}
	return string(content), nil
}

// IssuerKeys answers the JWKS that the issuer of an account's own tokens publishes, or false when no account has that
// issuer.
func (c *Cloud) IssuerKeys(issuer string) ([]byte, bool) {
	var number string
	c.world.View(func(s *world.State, _ time.Time) {
		if account, ok := s.AWS.ByIssuer(issuer); ok {
			number = account.ID
		}
	})
	if number == "" {
		return nil, false
	}
	rsa, err := c.world.JWKS(world.IssuerAWS+number, "RS256")
	if err != nil {
		return nil, false
	}
	ec, err := c.world.JWKS(world.IssuerAWSES384+number, "ES384")
	if err != nil {
		return nil, false
	}
	rsa.Keys = append(rsa.Keys, ec.Keys...)
	text, err := json.Marshal(rsa)
	return text, err == nil
}
