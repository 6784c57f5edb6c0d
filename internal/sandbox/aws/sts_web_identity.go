package aws

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const (
	googleIssuer = "https://accounts.google.com"
	googleHost   = "accounts.google.com"
	rolesClaim   = "https://aws.amazon.com/roles"
	tokenLeeway  = 5 * time.Minute // STS accepts a token for so long after it has expired
)

// webIdentity is a token as STS reads it.
type webIdentity struct {
	token    string
	claims   map[string]any
	issuer   string
	host     string   // issuer without https://
	audience string   // azp when there is one, else aud
	wanted   []string // aud
	subject  string
	provider string // "accounts.google.com", or the explicit provider's ARN
}

func badToken(message string) error { return wire.AWSError("InvalidIdentityToken", message) }

// assumeWithWebIdentity checks in this order: parameters, the token's issuer, its signature, its time and audience,
// and only then the role. A bad token is InvalidIdentityToken, a role that does not want it AccessDenied.
func assumeWithWebIdentity(c *call) (result, error) {
	w, err := c.wish()
	if err != nil {
		return result{}, err
	}
	c.partition = w.arn.partition // the call is not signed, so only the role says which partition is meant
	id, err := c.webIdentity(w)
	if err != nil {
		return result{}, err
	}
	var role world.Role
	c.cloud.world.View(func(s *world.State, now time.Time) {
		c.state, c.now = s, now
		role, err = c.mayAssumeAs(w, id)
	})
	if err != nil {
		return result{}, err
	}
	ses, token, err := w.grant(c, role, session{Claims: id.lasting()})
	if err != nil {
		return result{}, err
	}
	return nodes(ses.credentials(token), w.assumedUser(role), wire.Text("Provider", id.provider),
		wire.Text("Audience", id.audience), wire.Text("SubjectFromWebIdentityToken", id.subject))
}

func (c *call) webIdentity(w wish) (*webIdentity, error) {
	token, err := c.need("WebIdentityToken")
	if err != nil {
		return nil, err
	}
	if len(token) < 4 || len(token) > 20000 {
		return nil, invalid("WebIdentityToken", "", "Member must have length between 4 and 20000")
	}
	id, err := readToken(token)
	if err != nil {
		return nil, err
	}
	if err := c.cloud.vouch(id, w, c.partition); err != nil {
		return nil, err
	}
	if err := id.current(c.cloud.world.Now()); err != nil {
		return nil, err
	}
	if list, ok := id.claims[rolesClaim]; ok && !slices.Contains(texts(list), c.params.Get("RoleArn")) {
		return nil, badToken("The target role ARN is not present in the roles claim of the identity token")
	}
	return id, nil
}

// readToken decodes a JWT without believing it.
func readToken(token string) (*webIdentity, error) {
	notJWT := badToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, notJWT
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, notJWT
	}
	id := &webIdentity{token: token}
	if err := json.Unmarshal(body, &id.claims); err != nil || id.claims == nil {
		return nil, notJWT
	}
	id.issuer, _ = id.claims["iss"].(string)
	id.subject, _ = id.claims["sub"].(string)
	id.wanted = texts(id.claims["aud"])
	id.host = strings.TrimPrefix(id.issuer, "https://")
	for claim, missing := range map[string]bool{"iss": id.issuer == "", "sub": id.subject == "", "aud": len(id.wanted) == 0} {
		if missing {
			return nil, badToken("Missing a required claim: " + claim)
		}
	}
	id.audience, _ = id.claims["azp"].(string)
	if id.audience == "" && len(id.wanted) > 1 {
		return nil, badToken("The token has several audiences and no authorized party")
	}
	if id.audience == "" {
		id.audience = id.wanted[0]
	}
	return id, nil
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// vouch finds who answers for the issuer and checks the signature. An explicit provider of the account comes first,
// and takes over from the built-in one: its client ids must hold the token's audience. Partitions of which nobody has
// shown that they know Google by themselves are taken not to.
func (c *Cloud) vouch(id *webIdentity, w wish, partition string) error {
	unknown := badToken("No OpenIDConnect provider found in your account for " + id.issuer)
	var provider world.OIDCProvider
	var explicit bool
	key := world.IssuerGoogle
	c.world.View(func(s *world.State, now time.Time) {
		if account, ok := s.AWS.Accounts[w.arn.account]; ok {
			provider, explicit = account.Providers.Seen(strings.ToLower(id.host), now)
			explicit = explicit && provider.URL == id.host
		}
		if issuer, ok := s.AWS.ByIssuer(id.issuer); ok {
			key = world.IssuerAWS + issuer.ID
		} else if id.issuer != googleIssuer {
			key = ""
		}
	})
	builtIn := id.issuer == googleIssuer && partition != "aws-cn" && partition != "aws-eusc"
	switch {
	case !explicit && !builtIn, !strings.HasPrefix(id.issuer, "https://"):
		return unknown
	case explicit && !slices.Contains(provider.ClientIDs, id.audience):
		return badToken("Incorrect token audience")
	case key == "":
		return badToken("Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements")
	}
	if _, err := c.world.Verify(key, "RS256", id.token); err != nil {
		return badToken("The web identity token that was passed could not be validated by Amazon Web Services. Get a new identity token from the identity provider and then retry the request.")
	}
	id.provider = googleHost
	if explicit {
		id.provider = iamARN(partition, w.arn.account, "oidc-provider", "/", id.host)
	}
	return nil
}

func (id *webIdentity) current(now time.Time) error {
	exp, ok := id.claims["exp"].(float64)
	if !ok {
		return badToken("Missing a required claim: exp")
	}
	if now.After(time.Unix(int64(exp), 0).Add(tokenLeeway)) {
		return wire.AWSError("ExpiredTokenException",
			fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), int64(exp)))
	}
	if iat, ok := id.claims["iat"].(float64); ok && time.Unix(int64(iat), 0).After(now.Add(tokenLeeway)) {
		return badToken("Token issued in the future")
	}
	return nil
}

// mayAssumeAs asks the role's trust policy, and the guardrails, about a token that was found good.
func (c *call) mayAssumeAs(w wish, id *webIdentity) (world.Role, error) {
	no := wire.AWSError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
	account, role, ok := w.target(c.state, c.now)
	if !ok {
		return role, no
	}
	facts := c.facts()
	w.facts(facts)
	id.facts(facts)
	resourceTags(facts, role.Tags)
	access := judge.Access{Action: "sts:AssumeRoleWithWebIdentity", Resource: c.params.Get("RoleArn"), Facts: facts}
	who := judge.Party{Federated: []string{id.provider}}
	if c.guarded(account, access, who) {
		return role, no
	}
	if effect, _ := judge.Trust(access, c.cloud.documents.parse(role.Trust), who, nil); effect != judge.Allow {
		return role, no
	}
	return role, nil
}

// facts are the condition keys of a token: for Google aud means azp, oaud means aud.
func (id *webIdentity) facts(f judge.Facts) {
	f.Set("aws:FederatedProvider", id.provider)
	f.Set(id.host+":aud", id.audience)
	f.Set(id.host+":sub", id.subject)
	f.Set("sts:RoleAuthorizedByIdp", fmt.Sprint(id.claims[rolesClaim] != nil))
	if id.issuer == googleIssuer {
		f[googleHost+":oaud"] = judge.Fact{Values: id.wanted, List: len(id.wanted) > 1}
	}
	if email, ok := id.claims["email"].(string); ok {
		f.Set(id.host+":email", email)
	}
	if amr := texts(id.claims["amr"]); len(amr) > 0 {
		f[id.host+":amr"] = judge.Many(amr...)
	}
}

// lasting are the keys that stay with the session.
func (id *webIdentity) lasting() map[string]string {
	return map[string]string{
		"aws:FederatedProvider": id.provider, id.host + ":aud": id.audience, id.host + ":sub": id.subject,
	}
}
