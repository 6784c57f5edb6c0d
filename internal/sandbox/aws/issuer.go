package aws

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
)

// issuerSuffix ends the names under which the accounts' own token issuers publish themselves. Only behind a proxy do
// requests carry them.
const issuerSuffix = ".tokens.sts.global.api.aws"

func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return strings.ToLower(host)
}

// issuer serves an account's discovery document and keys.
func (c *Cloud) issuer(w http.ResponseWriter, r *http.Request) {
	name := "https://" + hostOf(r)
	keys, ok := c.IssuerKeys(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		body, _ := json.Marshal(map[string]any{
			"issuer": name, "jwks_uri": name + "/.well-known/jwks.json", "response_types_supported": []string{"id_token"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES384"},
		})
		_, _ = w.Write(body)
	case "/.well-known/jwks.json":
		_, _ = w.Write(keys)
	default:
		http.NotFound(w, r)
	}
}
