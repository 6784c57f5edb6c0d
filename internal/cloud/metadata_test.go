package cloud

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func machine(w http.ResponseWriter, r *http.Request) {
	const keys = "/latest/meta-data/iam/security-credentials/"
	switch {
	case strings.HasPrefix(r.URL.Path, "/computeMetadata/"):
		if r.Header.Get("Metadata-Flavor") != "Google" {
			w.WriteHeader(403)
			return
		}
		w.Header().Set("Metadata-Flavor", "Google")
		if strings.HasSuffix(r.URL.Path, "/identity") {
			_, _ = io.WriteString(w, tokenFor(r.URL.Query().Get("audience"), r.URL.Query().Get("format")))
			return
		}
		_, _ = io.WriteString(w, "ci-runner@acme-build.iam.gserviceaccount.com\n")
	case r.URL.Path == "/latest/api/token" && r.Method == http.MethodPut && r.Header.Get("X-aws-ec2-metadata-token-ttl-seconds") != "":
		_, _ = io.WriteString(w, "session")
	case r.Header.Get("X-aws-ec2-metadata-token") != "session":
		w.WriteHeader(401)
	case r.URL.Path == keys:
		_, _ = io.WriteString(w, "report-reader")
	case r.URL.Path == keys+"report-reader":
		_, _ = io.WriteString(w, `{"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}`)
	default:
		w.WriteHeader(404)
	}
}

// tokenFor has the shape of a token and says what was asked for.
func tokenFor(audience, format string) string {
	return "aGVhZA." + base64.RawURLEncoding.EncodeToString([]byte(audience+" "+format)) + ".c2lnbg"
}

func TestMachinesTellTheirIdentity(t *testing.T) {
	f := opened(t, machine)
	token, err := MetadataIDToken(f.ctx, f.g, "https://a.example/x y")
	if err != nil || token.Reveal() != tokenFor("https://a.example/x y", "full") {
		t.Errorf("token: got %q, %v", token.Reveal(), err)
	}
	email, err := MetadataEmail(f.ctx, f.g)
	if err != nil || email != "ci-runner@acme-build.iam.gserviceaccount.com" {
		t.Errorf("e-mail: got %q, %v", email, err)
	}
	role, c, err := InstanceCredentials(f.ctx, f.a)
	if err != nil || role != "report-reader" || c.AccessKeyID != "ASIA1" || c.SessionToken.Reveal() != "t" || c.Expires.Year() != 2099 {
		t.Errorf("instance: got %q %+v, %v", role, c, err)
	}
}

func TestSomethingElseAtTheMetadataAddressIsRefused(t *testing.T) {
	f := opened(t, status(200, "welcome"))
	if _, err := MetadataIDToken(f.ctx, f.g, "x"); err == nil || !strings.Contains(err.Error(), "not Google's metadata server") {
		t.Errorf("got %v, want it refused: it lacks the Metadata-Flavor header", err)
	}
}

func TestInstanceWithoutAProfileIsMissing(t *testing.T) {
	f := opened(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			_, _ = io.WriteString(w, "session")
			return
		}
		w.WriteHeader(404)
	})
	_, _, err := InstanceCredentials(f.ctx, f.a)
	if !explain.Is(err, explain.Missing) {
		t.Errorf("got %v, want missing", err)
	}
}

func TestInstanceErrorWithStatus200IsAnError(t *testing.T) {
	_, err := instanceDocument(`{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role report-reader."}`)
	e, ok := errors.AsType[*apiError](err)
	if !ok || e.Code != "AssumeRoleUnauthorizedAccess" {
		t.Errorf("got %v", err)
	}
}

func TestMetadataIsNotAskedThroughAFarProxy(t *testing.T) {
	proxies := func(proxy string) func(string) string {
		return of(map[string]string{"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy})
	}
	for _, c := range []struct {
		proxy, target string
		used          bool
	}{
		{"http://proxy.corp.example:3128", "https://iam.googleapis.com/", true},
		{"http://proxy.corp.example:3128", "http://169.254.169.254/latest/", false},
		{"http://proxy.corp.example:3128", "http://metadata.google.internal/x", false},
		{"http://127.0.0.1:3128", "http://169.254.169.254/latest/", true},
		{"http://proxy.corp.example:3128", "http://127.0.0.1:8080/", false},
	} {
		u, err := url.Parse(c.target)
		if err != nil {
			t.Fatal(err)
		}
		got, err := proxyFrom(proxies(c.proxy))(&http.Request{URL: u})
		if err != nil || (got != nil) != c.used {
			t.Errorf("%s through %s: got %v, %v, want used %v", c.target, c.proxy, got, err, c.used)
		}
	}
}

func TestProxyOfTheEnvironmentIsUsed(t *testing.T) {
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		_, _ = io.WriteString(w, `{}`)
	}))
	defer proxy.Close()
	env := environ(t, "http://clouds.lab.example:8080")
	env["HTTP_PROXY"] = proxy.URL
	g, _, err := Open(t.Context(), Options{Env: of(env), AllowEndpoint: []string{"clouds.lab.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := readGoogle(&far{g: g, ctx: quick(t.Context())}); err != nil {
		t.Fatal(err)
	}
	if got, _ := asked.Load().(string); !strings.HasPrefix(got, "http://clouds.lab.example:8080/v1/projects/") {
		t.Errorf("the proxy was asked for %q", got)
	}
}
