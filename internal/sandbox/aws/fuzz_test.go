package aws

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// FuzzRequest throws requests of a stranger at the router and whatever it chooses. None may be answered with a fault of
// the server's, and nobody may get in.
func FuzzRequest(f *testing.F) {
	form := "application/x-www-form-urlencoded"
	signed := "AWS4-HMAC-SHA256 Credential=AKIAX/20261101/us-east-1/iam/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"
	f.Add("POST", "/", signed, form, "Action=CreateRole&Version=2010-05-08&RoleName=x")
	f.Add("POST", "/", "", form, "Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::123456789012:role/x&RoleSessionName=ab&WebIdentityToken=e30.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJzdWIiOiIxIiwiYXVkIjoiYSJ9.e30")
	f.Add("GET", "/?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/sts/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Date=20261101T000000Z", "", "", "")
	f.Add("PUT", "/latest/api/token", "", "", "")
	f.Add("GET", "/latest/meta-data/iam/security-credentials/web-server", "", "", "")
	f.Add("GET", "/v2/credentials/web-server", "", "", "")
	c := New(world.New(1, world.Knobs{}), func() string { return "http://127.0.0.1" })
	f.Fuzz(func(t *testing.T, method, target, authorization, kind, body string) {
		if strings.ContainsAny(method, " \r\n\t") || method == "" {
			t.Skip()
		}
		r, err := http.NewRequest(method, "http://127.0.0.1"+target, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Skip()
		}
		r.RemoteAddr = "192.0.2.1:1"
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Content-Type", kind)
		_, h, ok := c.Route(r)
		if !ok {
			return
		}
		w := httptest.NewRecorder()
		h(w, r)
		if w.Code >= http.StatusInternalServerError || w.Code == http.StatusOK && r.URL.Path == "/" {
			t.Errorf("%s %s: got %d %s", method, target, w.Code, w.Body)
		}
	})
}

// FuzzToken reads identity tokens of strangers.
func FuzzToken(f *testing.F) {
	f.Add("e30.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJzdWIiOiIxIiwiYXVkIjpbImEiLCJiIl0sImF6cCI6ImMifQ.e30")
	f.Add("e30.eyJpc3MiOjEsImF1ZCI6e319.")
	f.Fuzz(func(t *testing.T, token string) {
		id, err := readToken(token)
		if err != nil {
			return
		}
		if id.issuer == "" || id.subject == "" || id.audience == "" {
			t.Errorf("a token without issuer, subject or audience was read: %+v", id.claims)
		}
	})
}
