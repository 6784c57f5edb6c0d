package google_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/google"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// bare is Google Cloud without a network, with one provider of each kind and a machine.
func bare(f *testing.F) *google.Cloud {
	f.Helper()
	w := world.New(1, world.Knobs{})
	c := google.New(w, func() string { return "http://127.0.0.1:1" })
	c.Replay = func(wire.SignedRequest) (wire.Caller, error) {
		return wire.Caller{}, &wire.Failure{Code: "SignatureDoesNotMatch", Message: "no"}
	}
	err := w.Change(func(s *world.State, now time.Time) error {
		p := s.Google.Projects[project]
		p.Services["sts.googleapis.com"] = &world.Settled[bool]{Value: true}
		p.Pools["live-pool"] = &world.Pool{ID: "live-pool", Providers: map[string]*world.Provider{
			"aws-prov": {ID: "aws-prov", AWSAccount: account},
			"aws-jwt":  {ID: "aws-jwt", OIDC: &world.OIDCIssuer{Issuer: "https://x.example"}, Mapping: map[string]string{"google.subject": "assertion.sub"}},
		}}
		p.Instances["z/vm"] = &world.ComputeInstance{Name: "vm", Zone: "z", Account: number + "-compute@developer.gserviceaccount.com", Scopes: []string{"openid"}, Created: now}
		return nil
	})
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// ask sends a request to c and fails on a server error or on a token that nobody earned.
func ask(t *testing.T, c *google.Cloud, r *http.Request) {
	t.Helper()
	_, h, ok := c.Route(r)
	if !ok {
		return
	}
	w := httptest.NewRecorder()
	h(w, r)
	if w.Code >= 500 {
		t.Fatalf("got %d %s, want no server error", w.Code, w.Body)
	}
	if strings.HasPrefix(r.URL.Path, "/v1/") && strings.Contains(w.Body.String(), "access_token\":") {
		t.Fatalf("got a token for %s", r.URL)
	}
}

func form(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/token", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func exchangeForm(audience, kind, token string) string {
	return url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "audience": {audience}, "scope": {"https://www.googleapis.com/auth/cloud-platform"},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"}, "subject_token": {token}, "subject_token_type": {kind},
	}.Encode()
}

func FuzzTokenForm(f *testing.F) {
	c := bare(f)
	f.Add(exchangeForm(awsAud, "urn:ietf:params:aws:token-type:aws4_request", "x"))
	f.Add("a=%zz&b;c")
	f.Fuzz(func(t *testing.T, body string) { ask(t, c, form(body)) })
}

func FuzzTokenJSON(f *testing.F) {
	c := bare(f)
	f.Add(`{"grantType":"urn:ietf:params:oauth:grant-type:token-exchange","audience":"x"}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/v1/token", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		ask(t, c, r)
	})
}

func FuzzAWSSubjectToken(f *testing.F) {
	c := bare(f)
	f.Add(url.QueryEscape(`{"url":"https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15","method":"POST","headers":[{"key":"Authorization","value":"AWS4-HMAC-SHA256 Credential=a/20250102/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=b"},{"key":"host","value":"sts.us-east-1.amazonaws.com"},{"key":"x-amz-date","value":"20250102T030405Z"},{"key":"x-goog-cloud-target-resource","value":"` + awsAud + `"}]}`))
	f.Add("%7B%7D")
	f.Fuzz(func(t *testing.T, token string) {
		ask(t, c, form(exchangeForm(awsAud, "urn:ietf:params:aws:token-type:aws4_request", token)))
	})
}

func FuzzJWTSubjectToken(f *testing.F) {
	c := bare(f)
	f.Add(`{"alg":"RS256","kid":"k"}`, `{"iss":"https://x.example","sub":"a","aud":"https:`+jwtAud+`","iat":1,"exp":99999999999}`)
	f.Add(`{"alg":"none"}`, `{"aud":["a","b"]}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		b64 := base64.RawURLEncoding.EncodeToString
		token := b64([]byte(header)) + "." + b64([]byte(payload)) + ".AAAA"
		ask(t, c, form(exchangeForm(jwtAud, "urn:ietf:params:oauth:token-type:jwt", token)))
	})
}

func FuzzMetadataPath(f *testing.F) {
	c := bare(f)
	f.Add("project/project-id", "audience=x&format=full")
	f.Add("instance/service-accounts/default/", "recursive=true")
	f.Fuzz(func(t *testing.T, path, query string) {
		u := &url.URL{Path: "/computeMetadata/v1/" + path, RawQuery: query}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL = u
		r.Header.Set("Metadata-Flavor", "Google")
		ask(t, c, r)
	})
}

func FuzzAnyPath(f *testing.F) {
	c := bare(f)
	f.Add("POST", "/v1/projects/acme-build:testIamPermissions", "{}")
	f.Add("GET", "/tokeninfo?id_token=a.b.c", "")
	f.Fuzz(func(t *testing.T, method, target, body string) {
		u, err := url.Parse(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Authorization", "Bearer x")
		ask(t, c, r)
	})
}

// FuzzIDToken asks what tokens of strangers say: nothing, unless Google signed them.
func FuzzIDToken(f *testing.F) {
	c := bare(f)
	f.Add(`{"alg":"RS256","kid":"k"}`, `{"iss":"https://accounts.google.com","sub":"a","aud":"b","exp":99999999999}`)
	f.Add(`{"alg":"none"}`, `{}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		b64 := base64.RawURLEncoding.EncodeToString
		r := httptest.NewRequest(http.MethodGet, "/tokeninfo?id_token="+url.QueryEscape(b64([]byte(header))+"."+b64([]byte(payload))+".AAAA"), nil)
		_, h, _ := c.Route(r)
		w := httptest.NewRecorder()
		h(w, r)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s %s: got %d %s, want 400", header, payload, w.Code, w.Body)
		}
	})
}

// FuzzAccessToken offers bearer tokens of strangers: nobody gets in.
func FuzzAccessToken(f *testing.F) {
	c := bare(f)
	f.Add("ya29.c.AAAA")
	f.Add("ya29.d.")
	f.Fuzz(func(t *testing.T, token string) {
		r := httptest.NewRequest(http.MethodGet, "/v1/projects/"+project, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		_, h, _ := c.Route(r)
		w := httptest.NewRecorder()
		h(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%q: got %d %s, want 401", token, w.Code, w.Body)
		}
	})
}

// FuzzAssertion signs in with JWTs of keys that nobody has.
func FuzzAssertion(f *testing.F) {
	c := bare(f)
	f.Add(`{"alg":"RS256","kid":"k"}`, `{"iss":"deploy@acme-legacy.iam.gserviceaccount.com","aud":"https://oauth2.googleapis.com/token","iat":1,"exp":2}`)
	f.Add(`{"alg":"none"}`, `{"iss":"a"}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		b64 := base64.RawURLEncoding.EncodeToString
		r := form(url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {b64([]byte(header)) + "." + b64([]byte(payload)) + ".AAAA"},
		}.Encode())
		r.URL.Path = "/token"
		_, h, _ := c.Route(r)
		w := httptest.NewRecorder()
		h(w, r)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s %s: got %d %s, want 400", header, payload, w.Code, w.Body)
		}
	})
}
