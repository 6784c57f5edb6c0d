package google

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// introspect tells a client that authenticates itself whom a federated token means.
func (q *call) introspect() (any, error) {
	form := q.parameters()
	if q.r.Header.Get("Authorization") == "" && form.Get("client_id") == "" {
		return nil, &wire.OAuthError{Code: 401, Word: "invalid_client", Description: "The OAuth client was not found."}
	}
	t, ok := q.accessToken(form.Get("token"))
	if !ok || t.Pool == "" || !q.now.Before(t.Expires) {
		return map[string]any{"active": false}, nil
	}
	if _, reason := q.callerOf(t); reason != "" {
		return map[string]any{"active": false}, nil
	}
	return map[string]any{
		"active": true, "username": federatedNames(t)[0], "scope": strings.Join(t.Scopes, " "), "exp": t.Expires.Unix(),
		"client_id": "32555940559.apps.googleusercontent.com", "iss": "https://sts.googleapis.com/", "sub": federatedNames(t)[0],
	}, nil
}
