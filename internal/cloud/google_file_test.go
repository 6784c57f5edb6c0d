package cloud

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

const federatedFile = `{"type":"external_account","audience":"//iam.googleapis.com/x","subject_token_type":"urn:ietf:params:aws:token-type:aws4_request",
"token_url":"https://sts.googleapis.com/v1/token","service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/x:generateAccessToken",
"credential_source":{"environment_id":"aws1","url":"http://169.254.169.254/latest/meta-data/iam/security-credentials","region_url":"http://169.254.169.254/latest/meta-data/placement/availability-zone",
"imdsv2_session_token_url":"http://169.254.169.254/latest/api/token","regional_cred_verification_url":"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"}}`

func TestCredentialFilesFromElsewhereAreCheckedBeforeUse(t *testing.T) {
	for _, c := range []struct{ field, old, evil string }{
		{"token_url", "https://sts.googleapis.com/", "https://sts.googleapis.com.evil.example/"},
		{"token_url", "https://sts.googleapis.com/", "http://sts.googleapis.com/"},
		{"token_url", "https://sts.googleapis.com/", "https://169.254.169.254/"},
		{"service_account_impersonation_url", "https://iamcredentials.googleapis.com/", "https://evil.example/"},
		{"credential_source.url", "http://169.254.169.254/latest/meta-data/iam", "http://169.254.169.253/latest/meta-data/iam"},
		{"credential_source.region_url", "http://169.254.169.254/latest/meta-data/placement", "https://evil.example/placement"},
		{"credential_source.imdsv2_session_token_url", "http://169.254.169.254/latest/api", "http://evil.example/latest/api"},
		{"credential_source.regional_cred_verification_url", "https://sts.{region}.amazonaws.com", "https://sts.{region}.amazonaws.com.evil.example"},
		{"universe_domain", `"type"`, `"universe_domain":"evil.example","type"`},
	} {
		t.Run(c.field+" "+c.evil, func(t *testing.T) {
			content := strings.Replace(federatedFile, c.old, c.evil, 1)
			for _, file := range []string{content, `{"type":"impersonated_service_account","service_account_impersonation_url":"https://iamcredentials.googleapis.com/x","source_credentials":` + content + `}`} {
				var called atomic.Int64
				f := opened(t, func(http.ResponseWriter, *http.Request) { called.Add(1) }, withADC(t, file))
				err := readGoogle(f)
				p, ok := errors.AsType[*explain.Problem](err)
				if !ok || !strings.Contains(p.Reason, c.field) || called.Load() != 0 {
					t.Errorf("got %v after %d calls, want a refusal that names %s and no call", err, called.Load(), c.field)
				}
			}
		})
	}
}

func TestCredentialFilesOfGoogleAndOfAllowedHostsAreUsed(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		allow []string
	}{
		"as Google writes it":      {federatedFile, nil},
		"a host that was allowed":  {strings.Replace(federatedFile, "sts.googleapis.com", "sts.corp.example", 1), []string{"sts.corp.example"}},
		"a build service's issuer": {`{"type":"external_account","token_url":"https://sts.googleapis.com/v1/token","credential_source":{"url":"https://pipelines.actions.githubusercontent.com/x"}}`, nil},
	} {
		f := opened(t, status(200, `{}`), withADC(t, c.file), func(o *Options, _ map[string]string) { o.AllowEndpoint = c.allow })
		if _, err := f.g.tokens.detect(); err != nil && strings.Contains(err.Error(), "is not used") {
			t.Errorf("%s: got %v, want it to be used", name, err)
		}
	}
}
