package cloud

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// vector is a request that cloud.google.com/go/auth signed; the signatures were computed by independent clients.
var vector = struct {
	c        Credentials
	audience string
	at       time.Time
}{
	Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken: "SESSION+TOKEN/EXAMPLE=="},
	"//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov",
	time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC),
}

func TestSubjectTokenMatchesIndependentSigners(t *testing.T) {
	token, err := SignCallerIdentity(vector.c, "us-east-1", vector.audience, vector.at)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := url.QueryUnescape(token.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		URL, Method string
		Headers     []struct{ Key, Value string }
	}
	if err := json.Unmarshal([]byte(plain), &got); err != nil {
		t.Fatalf("token is not percent-encoded JSON: %v", err)
	}
	headers := map[string]string{}
	for _, h := range got.Headers {
		headers[h.Key] = h.Value
	}
	want := map[string]string{
		"host": "sts.us-east-1.amazonaws.com", "x-amz-date": "20250102T030405Z", "x-amz-security-token": "SESSION+TOKEN/EXAMPLE==",
		"x-goog-cloud-target-resource": vector.audience,
		"Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/sts/aws4_request, " +
			"SignedHeaders=host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource, " +
			"Signature=46286c66078d6be2316ac02e51a3bf64f3940ed6051e7bd71c7dc40df2d673d9",
	}
	if diff := cmp.Diff(want, headers); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if got.Method != "POST" || got.URL != "https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15" {
		t.Errorf("got %s %s", got.Method, got.URL)
	}
}

func TestCanonicalRequestMatchesTheVector(t *testing.T) {
	canonical, _ := canonicalRequest(map[string]string{
		"host": "sts.us-east-1.amazonaws.com", "x-amz-date": "20250102T030405Z",
		"x-amz-security-token": "SESSION+TOKEN/EXAMPLE==", "x-goog-cloud-target-resource": vector.audience,
	})
	if got, want := hexSHA256(canonical), "cdef44cb9a1f8276fe837a3bd2d23a8846ddf6e71cdd8ee689e2f8bf094c4cff"; got != want {
		t.Errorf("got %s, want %s of:\n%s", got, want, canonical)
	}
}

func TestUnsignedTargetMatchesTheOtherVector(t *testing.T) {
	headers := map[string]string{"host": "sts.us-east-1.amazonaws.com", "x-amz-date": "20250102T030405Z", "x-amz-security-token": "SESSION+TOKEN/EXAMPLE=="}
	canonical, _ := canonicalRequest(headers)
	if got, want := hexSHA256(canonical), "036380b7e426222b1a1dd546f19d746a7dc8c9fb286c64b54ad38f3a4410e1e8"; got != want {
		t.Errorf("canonical request: got %s, want %s", got, want)
	}
	auth := authorization(vector.c, "us-east-1", "20250102T030405Z", headers)
	if want := "e3f79afabbebc56b5c0281cf543bbab5e0a1955a75488b2e8dd3ce253a3db735"; !strings.HasSuffix(auth, "Signature="+want) {
		t.Errorf("got %s, want signature %s", auth, want)
	}
}

func TestKeysWithoutSessionTokenSignWithoutItsHeader(t *testing.T) {
	c := vector.c
	c.SessionToken = ""
	token, err := SignCallerIdentity(c, "eu-west-1", vector.audience, vector.at)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(token.Reveal(), "security-token") {
		t.Error("an empty session token was signed")
	}
}

func TestNothingIsSignedWithoutARegion(t *testing.T) {
	if _, err := SignCallerIdentity(vector.c, "", vector.audience, vector.at); err == nil {
		t.Error("got no error for an empty region, whose host would be sts..amazonaws.com")
	}
}
