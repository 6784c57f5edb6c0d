package google

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func tokenInfoRoutes() []route {
	var out []route
	for _, path := range []string{"tokeninfo", "oauth2/v3/tokeninfo"} {
		out = append(out, get(path, "oauth2.tokeninfo", (*call).tokenInfoV3), post(path, "oauth2.tokeninfo", (*call).tokenInfoV3))
	}
	for _, path := range []string{"oauth2/v2/tokeninfo", "oauth2/v1/tokeninfo"} {
		out = append(out, get(path, "oauth2.tokeninfo", (*call).tokenInfoV2), post(path, "oauth2.tokeninfo", (*call).tokenInfoV2))
	}
	for i := range out {
		out[i] = out[i].public()
		out[i].oauth = true
	}
	for _, path := range []string{"v1/userinfo", "oauth2/v3/userinfo"} {
		out = append(out, get(path, "oauth2.userinfo.get", (*call).userInfoV3), post(path, "oauth2.userinfo.get", (*call).userInfoV3))
	}
	return append(out, get("oauth2/v2/userinfo", "oauth2.userinfo.get", (*call).userInfoV2), get("userinfo/v2/me", "oauth2.userinfo.v2.me.get", (*call).userInfoV2))
}

// parameters are the query and, for a form, the body.
func (q *call) parameters() url.Values {
	out := url.Values{}
	maps.Copy(out, q.query)
	if strings.HasPrefix(q.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(q.body)); err == nil {
			maps.Copy(out, form)
		}
	}
	return out
}

func invalidToken() error {
	return &wire.OAuthError{Code: 400, Word: "invalid_token", Description: "Invalid Value"}
}

// known finds a live access token of a person or an account. Federated tokens are not told about here.
func (q *call) known(token string) (*world.GoogleToken, identity, bool) {
	t, ok := q.accessToken(token)
	if !ok || !q.now.Before(t.Expires) || t.Pool != "" {
		return nil, identity{}, false
	}
	if _, reason := q.callerOf(t); reason != "" {
		return nil, identity{}, false
	}
	if t.User != "" {
		return t, identity{q.g.Users[t.User].Sub, t.User, "32555940559.apps.googleusercontent.com"}, true
	}
	return t, identity{t.Account, t.Email, t.Account}, true
}

type identity struct{ sub, email, client string }

func mayTellEmail(t *world.GoogleToken) bool {
	return slices.Contains(t.Scopes, scopeEmail) || slices.Contains(t.Scopes, "email")
}

func (q *call) tokenInfoV3() (any, error) {
	form := q.parameters()
	if id := form.Get("id_token"); id != "" {
		return q.idTokenInfo(id), nil
	}
	t, who, ok := q.known(form.Get("access_token"))
	if !ok {
		return nil, invalidToken()
	}
	out := map[string]string{
		"azp": who.client, "aud": who.client, "sub": who.sub, "scope": strings.Join(t.Scopes, " "), "access_type": "online",
		"exp": strconv.FormatInt(t.Expires.Unix(), 10), "expires_in": strconv.Itoa(int(t.Expires.Sub(q.now).Seconds())),
	}
	if mayTellEmail(t) {
		out["email"], out["email_verified"] = who.email, "true"
	}
	return out, nil
}

// idTokenInfo checks an ID token of Google's and prints its claims, all as strings.
func (q *call) idTokenInfo(token string) later {
	w, now := q.cloud.world, q.now.Unix()
	return func() (any, error) {
		body, err := w.Verify(world.IssuerGoogle, "RS256", token)
		if err != nil {
			return nil, invalidToken()
		}
		var claims map[string]any
		if err := json.Unmarshal(body, &claims); err != nil {
			return nil, invalidToken()
		}
		if exp, ok := claims["exp"].(float64); !ok || int64(exp) <= now {
			return nil, invalidToken()
		}
		out := map[string]any{"alg": "RS256", "typ": "JWT"}
		for name, value := range claims {
			switch v := value.(type) {
			case float64:
				out[name] = strconv.FormatInt(int64(v), 10)
			case bool:
				out[name] = strconv.FormatBool(v)
			default:
				out[name] = v
			}
		}
		return out, nil
	}
}

func (q *call) tokenInfoV2() (any, error) {
	t, who, ok := q.known(q.parameters().Get("access_token"))
	if !ok {
		return nil, invalidToken()
	}
	out := map[string]any{
		"issued_to": who.client, "audience": who.client, "user_id": who.sub, "scope": strings.Join(t.Scopes, " "),
		"expires_in": int(t.Expires.Sub(q.now).Seconds()), "access_type": "online",
	}
	if mayTellEmail(t) {
		out["email"], out["verified_email"] = who.email, true
	}
	return out, nil
}

// user is the caller of userinfo, which needs a scope that reveals who it is.
func (q *call) user() (*world.GoogleToken, identity, error) {
	bearer, _ := cutFold(q.r.Header.Get("Authorization"), "Bearer ")
	t, who, ok := q.known(bearer)
	if !ok || !mayTellEmail(t) && !slices.Contains(t.Scopes, "openid") {
		return nil, identity{}, q.unauthenticated(invalidCredentials, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
	}
	return t, who, nil
}

func (q *call) userInfoV3() (any, error) {
	t, who, err := q.user()
	if err != nil {
		return nil, err
	}
	out := map[string]any{"sub": who.sub}
	if mayTellEmail(t) {
		out["email"], out["email_verified"] = who.email, true
	}
	return out, nil
}

func (q *call) userInfoV2() (any, error) {
	t, who, err := q.user()
	if err != nil {
		return nil, err
	}
	out := map[string]any{"id": who.sub}
	if mayTellEmail(t) {
		out["email"], out["verified_email"] = who.email, true
	}
	return out, nil
}
