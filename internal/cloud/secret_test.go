package cloud

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSecretsAreNeverShown(t *testing.T) {
	const plain = "SESSION+TOKEN/EXAMPLE=="
	c := Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: plain, SessionToken: plain}
	w := WebIdentity{Credentials: c}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10.3s"} {
		shown["secret "+verb] = fmt.Sprintf(verb, Secret(plain))
		shown["credentials "+verb] = fmt.Sprintf(verb, c)
		shown["pointer "+verb] = fmt.Sprintf(verb, &w)
		shown["map "+verb] = fmt.Sprintf(verb, map[Secret]Secret{plain: plain})
	}
	j, err := json.Marshal(struct {
		A Secret
		B Credentials
	}{plain, c})
	if err != nil {
		t.Fatal(err)
	}
	shown["json"] = string(j)
	y, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	shown["yaml"] = string(y)
	for name, h := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"slog json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(h(&b)).InfoContext(t.Context(), "got", "secret", Secret(plain), "credentials", c, "pointer", &c)
		shown[name] = b.String()
	}
	for name, s := range shown {
		if strings.Contains(s, plain) || strings.Contains(s, fmt.Sprintf("%x", plain)) || strings.Contains(s, fmt.Sprintf("%X", plain)) {
			t.Errorf("%s shows the secret: %s", name, s)
		}
	}
	if Secret(plain).Reveal() != plain {
		t.Error("Reveal does not give the plain text")
	}
}

func TestMessagesLoseSecretsAndEscapes(t *testing.T) {
	jwt := "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMTIyMzM0NDU1In0.c2lnbmF0dXJlLXBhcnQ"
	for name, c := range map[string]struct{ in, leaks string }{
		"a JSON web token":     {"token " + jwt + " refused", "c2lnbmF0dXJl"},
		"its payload alone":    {"token " + jwt[:40] + " refused", "eyJzdWIi"},
		"a Google token":       {"bad ya29.a0AfB_byC-secret-secret here", "a0AfB"},
		"an authorization":     {"Authorization: Bearer abc.def.ghi was sent", "abc.def"},
		"a signature":          {"AWS4-HMAC-SHA256 Credential=AKID/x, Signature=46286c66078d6be2", "46286c66"},
		"a form value":         {"POST subject_token=%7B%22url%22 failed", "%7B%22url"},
		"a canonical request":  {"The request signature we calculated does not match. The Canonical String for this request should have been 'POST x-amz-security-token:FwoGZXIvYXdzE'", "FwoGZX"},
		"an encoded message":   {"Encoded authorization failure message: " + strings.Repeat("aB3_", 60), "aB3_aB3_"},
		"a query in a URL":     {`Post "https://x/?access_token=abcdefgh&y=1": EOF`, "abcdefgh"},
		"a proxy's password":   {`invalid proxy address "http://user:hunter2@proxy:3128"`, "hunter2"},
		"a colour":             {"\x1b[31mred\x1b[0m", "\x1b"},
		"a title":              {"\x1b]0;owned\x07x", "\x07"},
		"a carriage return":    {"ok\rDENIED\nnew line", "\r"},
		"a direction override": {"abc\u202edcba", "\u202e"},
		"a C1 control":         {"x\u009b31mred", "\u009b"},
	} {
		t.Run(name, func(t *testing.T) {
			got := clean(c.in)
			if strings.Contains(got, c.leaks) || strings.Contains(got, "\n") {
				t.Errorf("got %q, which still holds %q", got, c.leaks)
			}
			p := Problem("try", errors.New(c.in))
			for _, s := range []string{p.Error(), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), errors.Unwrap(p).Error()} {
				if strings.Contains(s, c.leaks) && c.leaks != "\n" {
					t.Errorf("the problem shows %q: %q", c.leaks, s)
				}
			}
		})
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	if got := clean(strings.Repeat("word ", 5000)); len(got) > 700 {
		t.Errorf("got %d bytes, want at most 700", len(got))
	}
}

func TestOrdinaryMessagesStayWhole(t *testing.T) {
	for _, s := range []string{
		"User: arn:aws:iam::123456789012:user/operator is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/drawbridge/ci-runner because no identity-based policy allows the iam:CreateRole action",
		"Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
		`Invalid value for "audience". This value should be the full resource name of the Identity Provider. //iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/aws-pool/providers/aws-prov`,
	} {
		if got := clean(s); got != s {
			t.Errorf("got  %q\nwant %q", got, s)
		}
	}
}
