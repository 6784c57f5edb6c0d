package sandbox_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// behind is a client that knows the proxy and trusts its authority, and nothing else.
func behind(t *testing.T, s *sandbox.Server) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(must(os.ReadFile(s.Environ()["SSL_CERT_FILE"]))(t)) {
		t.Fatal("the exported authority is no certificate")
	}
	address := must(url.Parse(s.Environ()["HTTPS_PROXY"]))(t)
	transport := &http.Transport{Proxy: http.ProxyURL(address), TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestProxyAnswersUnderTheRealNames(t *testing.T) {
	s := start(t, sandbox.Options{Proxy: true})
	client := behind(t, s)
	id, secret := s.World().OperatorKey()
	cfg := aws.Config{Region: "eu-west-1", HTTPClient: client, Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""), Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	got := must(sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil))(t)
	if want := "arn:aws:iam::123456789012:user/operator"; *got.Arn != want {
		t.Errorf("arn: got %s, want %s", *got.Arn, want)
	}
	issuer := must(iam.NewFromConfig(cfg).EnableOutboundWebIdentityFederation(t.Context(), nil))(t).IssuerIdentifier
	for address, want := range map[string]string{
		*issuer + "/.well-known/openid-configuration":                  `"issuer":"` + *issuer + `"`,
		*issuer + "/.well-known/jwks.json":                             `"kid":"RSA_0"`,
		"https://accounts.google.com/.well-known/openid-configuration": "https://accounts.google.com",
	} {
		res := must(client.Get(address))(t)
		var body strings.Builder
		_ = res.Write(&body)
		_ = res.Body.Close()
		if !strings.Contains(body.String(), want) {
			t.Errorf("%s: got %s, want %s in it", address, body.String(), want)
		}
	}
	r := must(http.NewRequestWithContext(t.Context(), http.MethodPut, "http://169.254.169.254/latest/api/token", nil))(t)
	r.Header.Set("X-aws-ec2-metadata-token-ttl-seconds", "60")
	res := must(client.Do(r))(t)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("metadata: got %s", res.Status)
	}
}

func TestProxyRefusesEveryOtherHost(t *testing.T) {
	s := start(t, sandbox.Options{Proxy: true})
	client := behind(t, s)
	for _, address := range []string{"https://example.com/", "https://amazonaws.com.example.com/", "https://evilgoogleapis.com/", "https://sts.amazonaws.com:8443/"} {
		if res, err := client.Get(address); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s: got %s, want no tunnel", address, res.Status)
		}
	}
	for _, address := range []string{"http://example.com/", s.URL() + "/"} {
		res := must(client.Get(address))(t)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: got %s, want 403", address, res.Status)
		}
	}
}

func TestStockClientsBehindTheProxy(t *testing.T) {
	stock(t, "aws")
	s := start(t, sandbox.Options{Proxy: true})
	for name, args := range map[string]string{
		"sts": "sts get-caller-identity", "iam": "iam list-roles", "sqs": "sqs list-queues", "ec2": "ec2 describe-regions",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "aws", strings.Fields(args)...)
			cmd.Env = clientEnv(t, s)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
