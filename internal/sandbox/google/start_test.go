package google_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/googleapi"
	iam "google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const (
	project  = "acme-build"
	number   = "512345678901"
	parent   = "projects/" + project + "/locations/global"
	operator = "operator@acme.example"
)

// cloud is a running sandbox and the real Go clients pointed at it, signed in as the operator.
type cloud struct {
	*sandbox.Server
	t       *testing.T
	iam     *iam.Service
	crm     *crm.Service
	usage   *serviceusage.Service
	minting *iamcredentials.Service
}

func start(t *testing.T) *cloud { return startWith(t, sandbox.Options{Seed: 1}) }

func startWith(t *testing.T, o sandbox.Options) *cloud {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return as(t, s, s.World().OperatorToken())
}

// as points the clients at s with another token.
func as(t *testing.T, s *sandbox.Server, token string) *cloud {
	t.Helper()
	c := &cloud{Server: s, t: t}
	o := c.options(token)
	ctx := t.Context()
	c.iam = made(iam.NewService(ctx, o...))(t)
	c.crm = made(crm.NewService(ctx, o...))(t)
	c.usage = made(serviceusage.NewService(ctx, o...))(t)
	c.minting = made(iamcredentials.NewService(ctx, o...))(t)
	return c
}

func (c *cloud) options(token string) []option.ClientOption {
	signedIn := auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: bearer(token)})
	return []option.ClientOption{option.WithEndpoint(c.URL() + "/"), option.WithAuthCredentials(signedIn)}
}

type bearer string

func (b bearer) Token(context.Context) (*auth.Token, error) {
	return &auth.Token{Value: string(b), Type: "Bearer"}, nil
}

func made[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// must fails the test on an error and passes the value on.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// refused checks that err is a Google error with this status and text, and returns it.
func refused(t *testing.T, err error, code int, text string) *googleapi.Error {
	t.Helper()
	var failed *googleapi.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want a Google error %d with %q", err, code, text)
	}
	if failed.Code != code || !strings.Contains(failed.Message, text) {
		t.Fatalf("got %d %q, want %d with %q", failed.Code, failed.Message, code, text)
	}
	return failed
}

// detail finds a detail of an error by the end of its type.
func detail(t *testing.T, err *googleapi.Error, kind string) map[string]any {
	t.Helper()
	for _, d := range err.Details {
		if m, ok := d.(map[string]any); ok && strings.HasSuffix(m["@type"].(string), kind) {
			return m
		}
	}
	t.Fatalf("got details %v, want one of type %s", err.Details, kind)
	return nil
}

// enable switches APIs on, as a setup would.
func (c *cloud) enable(names ...string) {
	c.t.Helper()
	for _, name := range names {
		if _, err := c.usage.Services.Enable("projects/"+number+"/services/"+name, &serviceusage.EnableServiceRequest{}).Do(); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *cloud) account(id string) *iam.ServiceAccount {
	c.t.Helper()
	a, err := c.iam.Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: id}).Do()
	if err != nil {
		c.t.Fatal(err)
	}
	return a
}

func (c *cloud) pool(id string) {
	c.t.Helper()
	if _, err := c.iam.Projects.Locations.WorkloadIdentityPools.Create(parent, &iam.WorkloadIdentityPool{DisplayName: id}).WorkloadIdentityPoolId(id).Do(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) provider(pool, id string, p *iam.WorkloadIdentityPoolProvider) {
	c.t.Helper()
	_, err := c.iam.Projects.Locations.WorkloadIdentityPools.Providers.Create(parent+"/workloadIdentityPools/"+pool, p).WorkloadIdentityPoolProviderId(id).Do()
	if err != nil {
		c.t.Fatal(err)
	}
}

// bind grants a role on a service account to a member.
func (c *cloud) bind(email, role, member string) {
	c.t.Helper()
	name := "projects/" + project + "/serviceAccounts/" + email
	p, err := c.iam.Projects.ServiceAccounts.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Do()
	if err != nil {
		c.t.Fatal(err)
	}
	p.Version = 3
	p.Bindings = append(p.Bindings, &iam.Binding{Role: role, Members: []string{member}})
	if _, err := c.iam.Projects.ServiceAccounts.SetIamPolicy(name, &iam.SetIamPolicyRequest{Policy: p}).Do(); err != nil {
		c.t.Fatal(err)
	}
}

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return do(t, r)
}

func do(t *testing.T, r *http.Request) (*http.Response, string) {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := res.Body.Read(buf)
		body.Write(buf[:n])
		if err != nil {
			return res, body.String()
		}
	}
}
