package google_test

import (
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

// The signed request of cloud.google.com/go/auth, google-auth (Python) and google-auth-library (Node) with the same
// example key. Go signs the target; the other two append it to a request signed without it.
const (
	vectorSecret   = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" // AWS's published example
	vectorTarget   = "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov"
	vectorScope    = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/sts/aws4_request, SignedHeaders="
	signedTarget   = vectorScope + "host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource, Signature=46286c66078d6be2316ac02e51a3bf64f3940ed6051e7bd71c7dc40df2d673d9"
	appendedTarget = vectorScope + "host;x-amz-date;x-amz-security-token, Signature=e3f79afabbebc56b5c0281cf543bbab5e0a1955a75488b2e8dd3ce253a3db735"
	vectorURL      = "https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
)

func header(key, value string) string { return `{"key":"` + key + `","value":"` + value + `"}` }

// dialects are the subject tokens as the libraries write them, percent-encoded their way.
func dialects() map[string]string {
	goJSON := `{"url":"` + strings.Replace(vectorURL, "&", `\u0026`, 1) + `","method":"POST","headers":[` + strings.Join([]string{
		header("Authorization", signedTarget), header("Host", "sts.us-east-1.amazonaws.com"), header("X-Amz-Date", "20250102T030405Z"),
		header("X-Amz-Security-Token", "SESSION+TOKEN/EXAMPLE=="), header("X-Goog-Cloud-Target-Resource", vectorTarget),
	}, ",") + `]}`
	lower := strings.Join([]string{
		header("Authorization", appendedTarget), header("host", "sts.us-east-1.amazonaws.com"), header("x-amz-date", "20250102T030405Z"),
		header("x-amz-security-token", "SESSION+TOKEN/EXAMPLE=="), header("x-goog-cloud-target-resource", vectorTarget),
	}, ",")
	python := `{"headers":[` + lower + `],"method":"POST","url":"` + vectorURL + `"}`
	node := `{"url":"` + vectorURL + `","method":"POST","headers":[` + strings.ReplaceAll(lower, "Authorization", "authorization") + `]}`
	percent := strings.NewReplacer("+", "%20").Replace
	return map[string]string{
		"go":     url.QueryEscape(goJSON),
		"python": strings.ReplaceAll(percent(url.QueryEscape(python)), "%2F", "/"),
		"node":   percent(url.QueryEscape(node)),
	}
}

// atVector is Google Cloud at the vectors' time with their provider and an AWS that knows their key; seen receives what is
// handed to AWS.
func atVector(t *testing.T, seen *wire.SignedRequest) *google.Cloud {
	t.Helper()
	w := world.New(1, world.Knobs{Now: func() time.Time { return time.Date(2025, 1, 2, 3, 5, 0, 0, time.UTC) }})
	err := w.Change(func(s *world.State, now time.Time) error {
		p := s.Google.Projects[project]
		p.Number = "123456789012"
		p.Services["sts.googleapis.com"] = &world.Settled[bool]{Value: true}
		p.Pools["aws-pool"] = &world.Pool{ID: "aws-pool", Providers: map[string]*world.Provider{"aws-prov": {ID: "aws-prov", AWSAccount: account}}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := google.New(w, func() string { return "" })
	c.Replay = func(r wire.SignedRequest) (wire.Caller, error) {
		*seen = r
		sig, err := wire.ParseSignature(r)
		if err == nil {
			err = sig.Check(vectorSecret, w.Now())
		}
		if err != nil {
			return wire.Caller{}, err
		}
		return wire.Caller{Arn: "arn:aws:sts::" + account + ":assumed-role/app/s1", Account: account, UserID: "AROA:s1"}, nil
	}
	return c
}

func serve(t *testing.T, c *google.Cloud, r *http.Request) (int, string) {
	t.Helper()
	_, h, ok := c.Route(r)
	if !ok {
		t.Fatalf("no route for %s %s", r.Method, r.URL)
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w.Code, w.Body.String()
}

const awsKind = "urn:ietf:params:aws:token-type:aws4_request"

func TestEveryLibrarysDialectIsUnderstood(t *testing.T) {
	for name, token := range dialects() {
		var seen wire.SignedRequest
		c := atVector(t, &seen)
		if code, body := serve(t, c, form(exchangeForm(vectorTarget, awsKind, token))); code != http.StatusOK {
			t.Errorf("%s: got %d %s, want a token", name, code, body)
			continue
		}
		got := map[string]string{}
		for _, h := range seen.Headers {
			got[strings.ToLower(h.Name)] = h.Value
		}
		if seen.Method != "POST" || seen.URL != vectorURL || got["x-amz-security-token"] != "SESSION+TOKEN/EXAMPLE==" || got["x-goog-cloud-target-resource"] != vectorTarget {
			t.Errorf("%s: got %s %s %v, want the request as it was signed", name, seen.Method, seen.URL, got)
		}
	}
}

func TestOnlyTheProtocolsOwnRequestIsReplayed(t *testing.T) {
	good, _ := url.QueryUnescape(dialects()["node"])
	for name, tc := range map[string]struct{ old, new, want string }{
		"another header":        {`"headers":[`, `"headers":[{"key":"x-amz-content-sha256","value":"x"},`, "AWS request has invalid format."},
		"a header twice":        {`"headers":[`, `"headers":[{"key":"Host","value":"sts.us-east-1.amazonaws.com"},`, "AWS request has invalid format."},
		"the global host":       {"sts.us-east-1.amazonaws.com", "sts.amazonaws.com", "AWS request has invalid format."},
		"somebody's host":       {"sts.us-east-1.amazonaws.com", "sts.us-east-1.amazonaws.com.evil.example", "AWS request has invalid format."},
		"another action":        {"GetCallerIdentity", "AssumeRole", "AWS request has invalid format."},
		"one more parameter":    {"&Version", "&DurationSeconds=900&Version", "AWS request has invalid format."},
		"GET":                   {`"method":"POST"`, `"method":"GET"`, "AWS request has invalid format."},
		"plain http":            {"https://sts", "http://sts", "AWS request has invalid format."},
		"no date":               {`{"key":"x-amz-date","value":"20250102T030405Z"},`, "", "AWS request has invalid format."},
		"no authorization":      {`"key":"authorization"`, `"key":"x-amz-security-token2"`, "AWS request has invalid format."},
		"no target":             {`,{"key":"x-goog-cloud-target-resource","value":"` + vectorTarget + `"}`, "", "does not match the audience"},
		"target of another":     {`resource","value":"` + vectorTarget, `resource","value":"` + vectorTarget + "2", "does not match the audience"},
		"an unknown member":     {`"method"`, `"extra":1,"method"`, "Invalid format of AWS credentials"},
		"something behind it":   {`]}`, `]}{}`, "Invalid format of AWS credentials"},
		"not an object":         {good, `[]`, "Invalid format of AWS credentials"},
		"another time":          {"20250102T030405Z", "20250102T030406Z", "type SignatureDoesNotMatch"},
		"another day":           {"20250102", "20250101", "type SignatureDoesNotMatch"},
		"https target, allowed": {`resource","value":"`, `resource","value":"https:`, ""},
		"empty body, allowed":   {`"method"`, `"body":"","method"`, ""},
	} {
		var seen wire.SignedRequest
		token := url.QueryEscape(strings.ReplaceAll(good, tc.old, tc.new))
		code, body := serve(t, atVector(t, &seen), form(exchangeForm(vectorTarget, awsKind, token)))
		switch {
		case tc.want == "" && code != http.StatusOK:
			t.Errorf("%s: got %d %s, want a token", name, code, body)
		case tc.want != "" && (code != http.StatusBadRequest || !strings.Contains(body, tc.want) || (seen.URL != "") != strings.HasPrefix(tc.want, "type ")):
			t.Errorf("%s: got %d %s (replayed %q), want a refusal with %q, and AWS asked only about a whole request", name, code, body, seen.URL, tc.want)
		}
	}
}
