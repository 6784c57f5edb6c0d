package credential

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// ask makes one request of an endpoint, under a host and with an authorization of the caller's choice.
func ask(t *testing.T, method, url, host, authorization string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("Authorization", authorization)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestEndpointAnswersToItsTokenAndItsAddressOnly(t *testing.T) {
	s, _ := source(t, kept(t, at(59)), at(0))
	e, err := ServeAWS(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	own := strings.Trim(strings.TrimPrefix(e.URL, "http://"), "/")
	port := own[strings.LastIndex(own, ":"):]
	for name, tt := range map[string]struct {
		method, host, token string
		want                int
	}{
		"as it should be":                {"GET", own, e.Token, 200},
		"without a token":                {"GET", own, "", 403},
		"with another":                   {"GET", own, e.Token + "x", 403},
		"with a part":                    {"GET", own, e.Token[:8], 403},
		"under a name that leads here":   {"GET", "evil.example" + port, e.Token, 421},
		"under localhost":                {"GET", "localhost" + port, e.Token, 421},
		"under no port":                  {"GET", "127.0.0.1", e.Token, 421},
		"with a method that changes":     {"POST", own, e.Token, 405},
		"as a browser asks for a leave":  {"OPTIONS", own, e.Token, 405},
		"without a token, a wrong world": {"GET", "evil.example", "", 421},
	} {
		status, body := ask(t, tt.method, e.URL, tt.host, tt.token)
		if status != tt.want || strings.Contains(body, "secret") != (tt.want == 200) {
			t.Errorf("%s: got %d %q, want %d, and the session only with 200", name, status, body, tt.want)
		}
	}
}

func TestEndpointOfAnInstanceHidesBehindItsToken(t *testing.T) {
	e, err := serve(t.Context(), Subject{AWS: &cloud.AWS{Region: "eu-west-1"}}.instance)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	own := strings.Trim(strings.TrimPrefix(e.URL, "http://"), "/")
	if status, body := ask(t, "GET", e.URL+e.Token+zonePath, own, ""); status != 200 || body != "eu-west-1a" {
		t.Errorf("got %d %q, want the zone", status, body)
	}
	for _, path := range []string{"", "zone", "x/zone", e.Token, e.Token + "/../" + e.Token + "x" + zonePath} {
		if status, _ := ask(t, "GET", e.URL+path, own, ""); status != 404 {
			t.Errorf("%s: got %d, want 404", path, status)
		}
	}
	if status, _ := ask(t, "GET", e.URL+e.Token+zonePath, "evil.example", ""); status != 421 {
		t.Errorf("under another name: got %d, want 421", status)
	}
}

func TestEndpointGivesWhatItHoldsWhenNoNewerCanBeHad(t *testing.T) {
	now := at(0)
	s, opened := source(t, kept(t, at(40)), now)
	h := &holder{source: s, held: cloud.Credentials{AccessKeyID: "ASIA1", SecretAccessKey: "s", SessionToken: "t", Expires: at(10)}}
	h.source.Cache = nil
	got, err := h.fresh(t.Context())
	if err != nil || got.AccessKeyID != "ASIA1" || opened.Load() != 1 {
		t.Errorf("got %s, %v after asking %d times, want the old session after one", got.AccessKeyID, err, opened.Load())
	}
	h.held.Expires = at(0)
	if _, err := h.fresh(t.Context()); !explain.Is(err, explain.Other) {
		t.Errorf("got %v, want the error once the session has ended", err)
	}
}

func TestLoopbackIsAskedPastAnyProxy(t *testing.T) {
	for _, tt := range []struct{ environ, want []string }{
		{[]string{"A=1"}, []string{"A=1"}},
		{[]string{"HTTP_PROXY=http://p"}, []string{"HTTP_PROXY=http://p", "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1"}},
		{[]string{"http_proxy=http://p", "no_proxy=x"}, []string{"http_proxy=http://p", "NO_PROXY=x,127.0.0.1", "no_proxy=x,127.0.0.1"}},
		{[]string{"ALL_PROXY=p", "NO_PROXY=a", "no_proxy=b"}, []string{"ALL_PROXY=p", "NO_PROXY=a,127.0.0.1", "no_proxy=b,127.0.0.1"}},
	} {
		if got := besideProxy(slices.Clone(tt.environ)); !cmp.Equal(got, tt.want) {
			t.Errorf("%v: got %v, want %v", tt.environ, got, tt.want)
		}
	}
}
