package cloud

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/iamcredentials/v1"
)

// The kinds of subject token that Google STS takes from AWS.
const (
	AWS4Request = "urn:ietf:params:aws:token-type:aws4_request"
	JWT         = "urn:ietf:params:oauth:token-type:jwt"
)

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

// MintIDToken asks IAM Credentials, as the operator, for an ID token of a service account, its e-mail included. It needs
// iam.serviceAccounts.getOpenIdToken on that account, which an owner does not have.
func MintIDToken(ctx context.Context, g *Google, email, audience string) (Secret, error) {
	op := "mint an ID token of " + email
	got, err := g.Credentials.Projects.ServiceAccounts.GenerateIdToken("projects/-/serviceAccounts/"+email,
		&iamcredentials.GenerateIdTokenRequest{Audience: audience, IncludeEmail: true}).Context(ctx).Do()
	if err != nil {
		return "", Problem(op, err)
	}
	if got.Token == "" {
		return "", Problem(op, &strangeReply{Status: got.HTTPStatusCode, Host: g.Endpoints.IAMCredentials, What: "no token"})
	}
	return Secret(got.Token), nil
}

// Exchange swaps a subject token for a federated access token at Google STS. The audience is the provider's full name,
// beginning with //iam.googleapis.com/. It is sent without credentials and without a project to charge.
func Exchange(ctx context.Context, g *Google, audience, tokenType string, subject Secret) (Secret, time.Time, error) {
	const op = "exchange the subject token at Google STS"
	asked := time.Now()
	var got struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	err := ask{url: g.Endpoints.STS + "v1/token", form: url.Values{
		"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
		"audience":             {audience},
		"scope":                {cloudPlatform},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		"subject_token_type":   {tokenType},
		"subject_token":        {subject.Reveal()},
	}}.send(ctx, g.HTTP, &got)
	if err == nil && got.AccessToken == "" {
		err = &strangeReply{Status: 200, Host: g.Endpoints.STS, What: "no token"}
	}
	if err != nil {
		return "", time.Time{}, Problem(op, err)
	}
	return Secret(got.AccessToken), asked.Add(time.Duration(got.ExpiresIn) * time.Second), nil
}

// Impersonate turns a token into an access token of a service account. It needs iam.serviceAccounts.getAccessToken on that
// account, which roles/iam.workloadIdentityUser contains. Without scopes it asks for those that let the holder be told.
func Impersonate(ctx context.Context, g *Google, token Secret, email string, scopes []string, lifetime time.Duration) (Secret, time.Time, error) {
	if len(scopes) == 0 {
		scopes = operatorScopes
	}
	t, expires, err := generateAccessToken(ctx, g, token, "", email, scopes, lifetime)
	return t, expires, Problem("impersonate "+email, err)
}

func generateAccessToken(ctx context.Context, g *Google, token Secret, payer, email string, scopes []string, lifetime time.Duration) (Secret, time.Time, error) {
	var got struct {
		AccessToken string    `json:"accessToken"`
		ExpireTime  time.Time `json:"expireTime"`
	}
	err := ask{
		url:    g.Endpoints.IAMCredentials + "v1/projects/-/serviceAccounts/" + url.PathEscape(email) + ":generateAccessToken",
		bearer: token, payer: payer,
		json: map[string]any{"scope": scopes, "lifetime": strconv.Itoa(int(lifetime.Seconds())) + "s"},
	}.send(ctx, g.HTTP, &got)
	if err == nil && got.AccessToken == "" {
		err = &strangeReply{Status: 200, Host: g.Endpoints.IAMCredentials, What: "no token"}
	}
	return Secret(got.AccessToken), got.ExpireTime, err
}

// TokenInfo is what Google says about an access token. Email is empty when the token lacks the userinfo.email scope.
type TokenInfo struct {
	Email    string
	Subject  string // the unique id
	Audience string
	Expires  time.Duration // from now
	Scopes   []string
}

// AskTokenInfo asks Google whose token this is. The token travels in the body, because URLs are logged.
func AskTokenInfo(ctx context.Context, g *Google, token Secret) (TokenInfo, error) {
	var got map[string]any
	err := ask{url: g.Endpoints.OAuth2 + "tokeninfo", form: url.Values{"access_token": {token.Reveal()}}}.send(ctx, g.HTTP, &got)
	if err != nil {
		return TokenInfo{}, Problem("ask Google whose token it is", err)
	}
	first := func(names ...string) string {
		for _, n := range names {
			if v, ok := got[n]; ok {
				return clean(fmt.Sprint(v))
			}
		}
		return ""
	}
	if first("email", "sub", "user_id", "aud", "audience") == "" {
		return TokenInfo{}, Problem("ask Google whose token it is", &strangeReply{Status: 200, Host: g.Endpoints.OAuth2, What: "nothing about the token"})
	}
	seconds, _ := strconv.ParseFloat(first("expires_in"), 64)
	return TokenInfo{
		Email: first("email"), Subject: first("sub", "user_id"), Audience: first("aud", "audience"),
		Expires: time.Duration(seconds) * time.Second, Scopes: strings.Fields(first("scope")),
	}, nil
}
