package sandbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// mix is what a process needs to make calls as bridges make them: reads, a change, sessions of either direction, a
// machine that asks for its metadata. It is plain values, so that another process can have it.
type mix struct {
	URL              string
	KeyID, Secret    string // the AWS operator's
	Operator         string // Google's access token
	WebIdentity      string // an ID token that opens the role ci-runner
	Audience, Signed string // a provider, and a request signed for it

	client *http.Client
}

const loadProvider = "//iam.googleapis.com/projects/" + acmeNumber + "/locations/global/workloadIdentityPools/load-pool/providers/aws-prov"

// newMix prepares a role, a pool and a token for the calls.
func newMix(t *testing.T, s *sandbox.Server) *mix {
	t.Helper()
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	m := &mix{URL: s.URL(), Operator: s.World().OperatorToken(), WebIdentity: idToken(t, s, nil), Audience: loadProvider}
	m.KeyID, m.Secret = s.World().OperatorKey()
	parent := m.URL + "/v1/projects/" + acme + "/locations/global/workloadIdentityPools"
	for _, call := range [][2]string{
		{m.URL + "/v1/projects/" + acme + "/services/sts.googleapis.com:enable", "{}"},
		{parent + "?workloadIdentityPoolId=load-pool", "{}"},
		{parent + "/load-pool/providers?workloadIdentityPoolProviderId=aws-prov", `{"aws":{"accountId":"123456789012"}}`},
	} {
		if err := m.google(t.Context(), call[0], call[1]); err != nil {
			t.Fatal(err)
		}
	}
	m.Signed = m.signed(t.Context(), t)
	return m
}

// signed is the GetCallerIdentity request that Google's libraries hand to Google.
func (m *mix) signed(ctx context.Context, t *testing.T) string {
	t.Helper()
	const address = "https://sts.us-east-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
	r := must(http.NewRequestWithContext(ctx, http.MethodPost, address, nil))(t)
	r.Header.Set("X-Goog-Cloud-Target-Resource", m.Audience)
	if err := signer.NewSigner().SignHTTP(ctx, m.keys(), r, sha256hex(""), "sts", "us-east-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	type header struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	headers := []header{{"host", r.Host}}
	for name := range r.Header {
		headers = append(headers, header{name, r.Header.Get(name)})
	}
	raw := must(json.Marshal(map[string]any{"url": address, "method": "POST", "headers": headers}))(t)
	return url.QueryEscape(string(raw))
}

func (m *mix) keys() aws.Credentials {
	return aws.Credentials{AccessKeyID: m.KeyID, SecretAccessKey: m.Secret}
}

// call makes the nth call of the mix.
func (m *mix) call(ctx context.Context, n int64) error {
	switch n % 8 {
	case 0:
		return m.aws(ctx, "sts", url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}})
	case 1:
		return m.aws(ctx, "iam", url.Values{"Action": {"GetRole"}, "RoleName": {"ci-runner"}, "Version": {"2010-05-08"}})
	case 2:
		return m.aws(ctx, "iam", url.Values{"Action": {"UpdateRole"}, "RoleName": {"ci-runner"}, "Description": {fmt.Sprint(n)}, "Version": {"2010-05-08"}})
	case 3:
		return m.aws(ctx, "", url.Values{
			"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"load"},
			"RoleArn": {"arn:aws:iam::123456789012:role/drawbridge/ci-runner"}, "WebIdentityToken": {m.WebIdentity},
		})
	case 4:
		return m.google(ctx, m.URL+"/v1/projects/"+acme, "")
	case 5:
		return m.google(ctx, m.URL+"/v1/projects/"+acme+":testIamPermissions", `{"permissions":["resourcemanager.projects.get"]}`)
	case 6:
		return m.exchange(ctx)
	}
	r, _ := http.NewRequestWithContext(ctx, http.MethodPut, m.URL+"/latest/api/token", nil)
	r.Header.Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
	return m.send(r)
}

func (m *mix) exchange(ctx context.Context) error {
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "audience": {m.Audience}, "scope": {"https://www.googleapis.com/auth/cloud-platform"},
		"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"}, "subject_token": {m.Signed}, "subject_token_type": {"urn:ietf:params:aws:token-type:aws4_request"},
	}
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/v1/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return m.send(r)
}

// google posts a body, or gets when there is none.
func (m *mix) google(ctx context.Context, address, body string) error {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+m.Operator)
	r.Header.Set("Content-Type", "application/json")
	return m.send(r)
}

func (m *mix) aws(ctx context.Context, service string, form url.Values) error {
	body := form.Encode()
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if service != "" {
		if err := signer.NewSigner().SignHTTP(ctx, m.keys(), r, sha256hex(body), service, "us-east-1", time.Now()); err != nil {
			return err
		}
	}
	return m.send(r)
}

func (m *mix) send(r *http.Request) error {
	client := m.client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: got %s %s", r.Method, r.URL.Path, res.Status, text)
	}
	return err
}

func sha256hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
