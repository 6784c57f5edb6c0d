package google

import (
	"net/http"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Scopes that the served APIs take.
const (
	scopePlatform = "https://www.googleapis.com/auth/cloud-platform"
	scopeReadOnly = "https://www.googleapis.com/auth/cloud-platform.read-only"
	scopeIAM      = "https://www.googleapis.com/auth/iam"
	scopeEmail    = "https://www.googleapis.com/auth/userinfo.email"
	scopeCompute  = "https://www.googleapis.com/auth/compute"
)

// caller is who a bearer token speaks for.
type caller struct {
	token   world.GoogleToken
	account *world.ServiceAccount // of a service account's token
	home    *world.Project        // the account's or the pool's project; nil for a person
	names   judge.Principals      // every member string that means this caller
}

// authenticate finds the caller of a bearer token that is known, not expired, of a living identity, and fit for this API.
func (q *call) authenticate() error {
	header := q.r.Header.Get("Authorization")
	if token := q.system("access_token"); header == "" && token != "" && q.route.service != "" {
		header = "Bearer " + token
	}
	if header == "" {
		return q.unauthenticated(missingCredentials, "CREDENTIALS_MISSING")
	}
	bearer, ok := cutFold(header, "Bearer ")
	if !ok {
		return q.unauthenticated(invalidCredentials, "CREDENTIALS_UNSUPPORTED")
	}
	token, ok := q.accessToken(bearer)
	if !ok {
		token, ok = q.selfSigned(bearer)
	}
	if !ok {
		return q.unauthenticated(invalidCredentials, "ACCESS_TOKEN_TYPE_UNSUPPORTED")
	}
	if !q.now.Before(token.Expires) {
		return q.unauthenticated(invalidCredentials, "ACCESS_TOKEN_EXPIRED")
	}
	who, reason := q.callerOf(token)
	if reason != "" {
		return q.unauthenticated(invalidCredentials, reason)
	}
	q.who = who
	return q.checkScope()
}

func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return "", false
	}
	return strings.TrimSpace(text[len(prefix):]), true
}

// callerOf looks the token's identity up as it is now: a token of a disabled account or of a disabled or deleted pool
// stops working at once.
func (q *call) callerOf(t *world.GoogleToken) (caller, string) {
	who := caller{token: *t}
	switch {
	case t.User != "":
		who.names = q.userNames(t.User)
	case t.Account != "":
		a := q.accountByID(t.Account)
		if a == nil {
			return who, "ACCOUNT_STATE_INVALID"
		}
		if a.Disabled {
			return who, "ACCOUNT_STATE_INVALID"
		}
		who.account, who.home = a, q.g.Projects[a.Project]
		who.names = q.withGroups("serviceAccount:"+a.Email, "allAuthenticatedUsers")
	default:
		pool, p := q.poolOf(t.Pool)
		if pool == nil || pool.Disabled || !pool.Deleted.IsZero() {
			return who, "ACCESS_TOKEN_TYPE_UNSUPPORTED"
		}
		who.home, who.names = p, federatedNames(t)
	}
	return who, ""
}

func (q *call) userNames(email string) judge.Principals {
	_, domain, _ := strings.Cut(email, "@")
	return q.withGroups("user:"+email, "domain:"+domain, "allAuthenticatedUsers")
}

// withGroups adds allUsers and the groups that hold the first name.
func (q *call) withGroups(names ...string) judge.Principals {
	out := append(names, "allUsers")
	for group, members := range q.g.Groups {
		if slices.Contains(members, names[0]) {
			out = append(out, "group:"+group)
		}
	}
	return out
}

// federatedNames are the principals of a workload: its subject, its groups, each mapped attribute, and the pool.
// allAuthenticatedUsers does not mean workloads.
func federatedNames(t *world.GoogleToken) judge.Principals {
	set := "principalSet://iam.googleapis.com/" + t.Pool + "/"
	out := judge.Principals{"principal://iam.googleapis.com/" + t.Pool + "/subject/" + t.Subject, set + "*", "allUsers"}
	for _, group := range t.Groups {
		out = append(out, set+"group/"+group)
	}
	for name, value := range t.Custom {
		out = append(out, set+"attribute."+name+"/"+value)
	}
	return out
}

// checkScope refuses a token whose scopes do not cover the API.
func (q *call) checkScope() error {
	enough := []string{scopePlatform}
	switch q.route.service {
	case "iamcredentials.googleapis.com", "iam.googleapis.com":
		enough = append(enough, scopeIAM)
	case "compute.googleapis.com":
		enough = append(enough, scopeCompute)
	case "":
		return nil
	}
	if q.route.method == http.MethodGet || strings.HasSuffix(q.route.id, ".getIamPolicy") || strings.HasSuffix(q.route.id, ".testIamPermissions") {
		enough = append(enough, scopeReadOnly)
	}
	if slices.ContainsFunc(enough, q.who.hasScope) {
		return nil
	}
	return forbidden("Request had insufficient authentication scopes.").With(wire.ErrorInfo(
		"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com", map[string]string{"service": q.route.service, "method": q.route.id}))
}

func (w caller) hasScope(scope string) bool { return slices.Contains(w.token.Scopes, scope) }

// label is how the caller is written in operations: an e-mail or a principal.
func (w caller) label() string {
	switch {
	case w.token.User != "":
		return w.token.User
	case w.account != nil:
		return w.account.Email
	}
	return w.names[0]
}
