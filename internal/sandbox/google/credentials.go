package google

import (
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const iamCredentials = "iamcredentials.googleapis.com"

func credentialRoutes() []route {
	const one = "v1/projects/{project}/serviceAccounts/{account}"
	const id = "iamcredentials.projects.serviceAccounts."
	return of(iamCredentials,
		post(one+":generateAccessToken", id+"generateAccessToken", (*call).generateAccessToken),
		post(one+":generateIdToken", id+"generateIdToken", (*call).generateIDToken),
		post(one+":signJwt", id+"signJwt", (*call).signJWT),
		post(one+":signBlob", id+"signBlob", (*call).signBlob),
		get(one+"/allowedLocations", id+"getAllowedLocations", (*call).allowedLocations),
	)
}

// target finds the account to act as and walks the chain of delegates to it: each link may act as the next. Whoever
// is refused is told the permission and nothing about what exists.
func (q *call) target(permission string, delegates []string) (*world.ServiceAccount, error) {
	if q.vars["project"] != "-" {
		return nil, invalidArgument("Invalid form of service account name: projects/%s/serviceAccounts/%s. The project must be the wildcard '-'.", q.vars["project"], q.vars["account"])
	}
	a := q.accountAnywhere(q.vars["account"])
	if a == nil || !q.visible(a) {
		return nil, denied(permission, "")
	}
	if a.Disabled {
		return nil, precondition("The service account is disabled.").With(wire.ErrorInfo("SERVICE_ACCOUNT_DISABLED", iamCredentials, nil))
	}
	who := q.who
	defer func() { q.who = who }()
	for _, name := range delegates {
		next, err := q.delegate(name)
		if err != nil {
			return nil, err
		}
		if err := q.needAccount("iam.serviceAccounts.implicitDelegation", next); err != nil {
			return nil, err
		}
		q.who.names = q.withGroups("serviceAccount:"+next.Email, "allAuthenticatedUsers")
	}
	return a, q.needAccount(permission, a)
}

var delegateName = shape.Parts(`^projects/-/serviceAccounts/([^/]+)$`)

func (q *call) delegate(name string) (*world.ServiceAccount, error) {
	m := delegateName(name)
	if m == nil {
		return nil, invalidArgument("Invalid form of delegate: %q. Want projects/-/serviceAccounts/{account}.", name)
	}
	a := q.accountAnywhere(m[1])
	if a == nil || a.Disabled || !q.visible(a) {
		return nil, denied("iam.serviceAccounts.implicitDelegation", "")
	}
	return a, nil
}

// Lifetimes of access tokens.
const (
	usualLifetime    = time.Hour
	extendedLifetime = 12 * time.Hour
)

func (q *call) generateAccessToken() (any, error) {
	var in struct {
		Delegates []string
		Scope     []string
		Lifetime  string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.target("iam.serviceAccounts.getAccessToken", in.Delegates)
	if err != nil {
		return nil, err
	}
	if len(in.Scope) == 0 || slices.ContainsFunc(in.Scope, badScope) {
		return nil, invalidArgument("Request contains an invalid argument.")
	}
	life, err := q.lifetime(in.Lifetime, a)
	if err != nil {
		return nil, err
	}
	expires := q.now.Add(life)
	token, err := q.cloud.issue(&world.GoogleToken{Account: a.UniqueID, Email: a.Email, Scopes: in.Scope, Expires: expires})
	return map[string]string{"accessToken": token, "expireTime": expires.UTC().Truncate(time.Second).Format(time.RFC3339)}, err
}

func badScope(s string) bool {
	return s != "openid" && s != "email" && s != "profile" && !strings.HasPrefix(s, "https://")
}

// lifetime reads "3600s". An hour is the most, unless the organisation lets this account have twelve.
func (q *call) lifetime(text string, a *world.ServiceAccount) (time.Duration, error) {
	if text == "" {
		return usualLifetime, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || !strings.HasSuffix(text, "s") || strings.ContainsAny(text, "hmnuµ") || d <= 0 {
		return 0, invalidArgument("Invalid value at 'lifetime' (type.googleapis.com/google.protobuf.Duration), %q", text)
	}
	most := usualLifetime
	if c := q.g.Projects[a.Project].Constraints["iam.allowServiceAccountCredentialLifetimeExtension"]; c != nil && slices.Contains(c.Allowed, a.Email) {
		most = extendedLifetime
	}
	if d > most {
		return 0, invalidArgument("The access token lifetime cannot exceed %d seconds.", int(most.Seconds()))
	}
	return d, nil
}

func (q *call) generateIDToken() (any, error) {
	var in struct {
		Delegates                  []string
		Audience                   string
		IncludeEmail               bool
		UseEmailAzp                bool
		OrganizationNumberIncluded bool
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	a, err := q.target("iam.serviceAccounts.getOpenIdToken", in.Delegates)
	if err != nil {
		return nil, err
	}
	if in.Audience == "" {
		return nil, invalidArgument("Request contains an invalid argument.")
	}
	claims := q.idClaims(a, in.Audience)
	if in.UseEmailAzp {
		claims["azp"] = a.Email
	}
	if in.IncludeEmail {
		claims["email"], claims["email_verified"] = a.Email, true
	}
	if in.OrganizationNumberIncluded {
		claims["google"] = map[string]any{"organization_number": q.g.Organization.ID}
	}
	return q.signed(claims, "token"), nil
}

// idClaims are what every ID token of an account says: azp and sub are its number.
func (q *call) idClaims(a *world.ServiceAccount, audience string) map[string]any {
	return map[string]any{
		"iss": "https://accounts.google.com", "aud": audience, "azp": a.UniqueID, "sub": a.UniqueID,
		"iat": q.now.Unix(), "exp": q.now.Add(time.Hour).Unix(),
	}
}

func (q *call) signed(claims map[string]any, field string) later {
	w := q.cloud.world
	return func() (any, error) {
		token, err := w.Sign(world.IssuerGoogle, "RS256", claims)
		return map[string]string{field: token}, err
	}
}

func (q *call) allowedLocations() (any, error) {
	return map[string]any{"locations": []string{}, "encodedLocations": "0x0"}, nil
}
