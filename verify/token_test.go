package verify

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

func fakeToken(payload string) cloud.Secret {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return cloud.Secret(part(`{"alg":"RS256","kid":"k"}`) + "." + part(payload) + "." + part("the-signature-of-nobody"))
}

func TestShownClaimsAreReadableAndUnsigned(t *testing.T) {
	claims, err := decode(fakeToken(`{"aud":"https://a","azp":"104290111222333444555","exp":1735787045,"email_verified":true,"x":{"y":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"aud": "https://a", "azp": "104290111222333444555", "exp": "2025-01-02T03:04:05Z", "email_verified": "true", "x": `{"y":1}`}
	if diff := cmp.Diff(want, show(claims, "aud", "azp", "exp", "email_verified", "x", "missing")); diff != "" {
		t.Errorf("shown claims (-want +got):\n%s", diff)
	}
}

func TestForgedTokenDiffersInItsSignatureAlone(t *testing.T) {
	token := fakeToken(`{"aud":"a"}`)
	was, is := strings.Split(token.Reveal(), "."), strings.Split(forged(token).Reveal(), ".")
	if was[0] != is[0] || was[1] != is[1] {
		t.Error("header or claims of the forged token differ; want them untouched")
	}
	if was[2] == is[2] || len(was[2]) != len(is[2]) {
		t.Error("the forged signature is the same or has another length; want one character changed")
	}
}

func TestForgedRequestDiffersInItsSignatureAlone(t *testing.T) {
	creds := cloud.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "not-a-key", SessionToken: "not-a-session"}
	request, err := cloud.SignCallerIdentity(creds, "us-east-1", "//iam.googleapis.com/x", time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	broken, ok := forgedRequest(request)
	if !ok {
		t.Fatal("no signature found in a signed request")
	}
	was, is := unescaped(t, request), unescaped(t, broken)
	at := strings.Index(was, "Signature=") + len("Signature=")
	if was[:at] != is[:at] || was[at+1:] != is[at+1:] {
		t.Errorf("more than the first character of the signature differs: %s", cmp.Diff(len(was), len(is)))
	}
	if was[at] == is[at] {
		t.Error("the signature is unchanged; want its first character changed")
	}
}

func unescaped(t *testing.T, s cloud.Secret) string {
	t.Helper()
	plain, err := url.QueryUnescape(s.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestForgedRequestNeedsASignature(t *testing.T) {
	for _, in := range []cloud.Secret{"", "no such word", "Signature", "Signature="} {
		if _, ok := forgedRequest(in); ok {
			t.Errorf("forgedRequest(%q) = ok; want none found", in.Reveal())
		}
	}
}

func FuzzDecodeNeverRepeatsTheToken(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJSUzI1NiJ9.e30.c2ln")
	f.Add(strings.Repeat(".", 9))
	f.Fuzz(func(t *testing.T, in string) {
		claims, err := decode(cloud.Secret(in))
		if err == nil && claims == nil {
			t.Fatal("decode gave neither claims nor an error")
		}
		if err != nil && len(in) > 12 && strings.Contains(fmt.Sprint(err), in) {
			t.Fatal("the error repeats the token")
		}
	})
}
