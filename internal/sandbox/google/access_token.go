package google

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// tokenSeal is what access tokens are sealed for, so that no other sealed text passes for one.
const tokenSeal = "google access token"

// issue makes an access token that holds its own content: giving one out changes nothing and costs no memory.
func (c *Cloud) issue(t *world.GoogleToken) (string, error) {
	kind := "ya29.c."
	if t.Pool != "" {
		kind = "ya29.d."
	}
	sealed, err := c.world.Seal(tokenSeal, t)
	if err != nil {
		return "", err
	}
	token := kind + strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(sealed)
	c.world.Issued(token)
	return token, nil
}

// accessToken is what a token says: one of those that the world was seeded with, or one that was issued. Whether it has
// expired and whom it means is for the caller to find.
func (q *call) accessToken(token string) (*world.GoogleToken, bool) {
	if t, ok := q.g.Tokens[token]; ok {
		return t, true
	}
	sealed, ok := strings.CutPrefix(token, "ya29.c.")
	if !ok {
		sealed, ok = strings.CutPrefix(token, "ya29.d.")
	}
	if !ok {
		return nil, false
	}
	sealed = strings.NewReplacer("-", "+", "_", "/").Replace(sealed)
	sealed += strings.Repeat("=", (4-len(sealed)%4)%4)
	var t world.GoogleToken
	if q.cloud.world.Open(tokenSeal, sealed, &t) != nil {
		return nil, false
	}
	return &t, true
}
