package google

import (
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func discoveryRoutes() []route {
	return []route{
		get(".well-known/openid-configuration", "oauth2.discovery", (*call).discovery).public(),
		get("oauth2/v3/certs", "oauth2.certs", (*call).certs).public(),
	}
}

// discovery is what accounts.google.com publishes; the keys are read from this server.
func (q *call) discovery() (any, error) {
	base := q.cloud.base()
	return map[string]any{
		"issuer": "https://accounts.google.com", "jwks_uri": base + "/oauth2/v3/certs",
		"authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth", "token_endpoint": base + "/token",
		"userinfo_endpoint": base + "/v1/userinfo", "response_types_supported": []string{"code", "token", "id_token"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported": []string{"openid", "email", "profile"},
		"claims_supported": []string{"aud", "email", "email_verified", "exp", "iat", "iss", "sub"},
	}, nil
}

func (q *call) certs() (any, error) {
	w := q.cloud.world
	return later(func() (any, error) { return w.JWKS(world.IssuerGoogle, "RS256") }), nil
}

// isMetadata tells a request to the metadata server from one to the clouds, where both have the path.
func isMetadata(r *http.Request) bool { return r.Header.Get("Metadata-Flavor") == "Google" }
