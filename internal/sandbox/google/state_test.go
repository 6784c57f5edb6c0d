package google_test

import (
	"path/filepath"
	"testing"

	iam "google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestGoogleOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	c := startWith(t, sandbox.Options{StateFile: file})
	c.enable("iamcredentials.googleapis.com")
	c.pool("live-pool")
	c.provider("live-pool", "aws-prov", &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}})
	a := c.account("ci-runner")
	c.bind(a.Email, "roles/iam.serviceAccountTokenCreator", "user:"+operator)
	mint := func(c *cloud) string {
		t.Helper()
		out, err := c.minting.Projects.ServiceAccounts.GenerateAccessToken("projects/-/serviceAccounts/"+a.Email,
			&iamcredentials.GenerateAccessTokenRequest{Scope: []string{"https://www.googleapis.com/auth/cloud-platform"}}).Do()
		if err != nil {
			t.Fatal(err)
		}
		return out.AccessToken
	}
	token := mint(c)
	_, certs := get(t, c.URL()+"/oauth2/v3/certs")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again := startWith(t, sandbox.Options{StateFile: file})
	if got := must(again.iam.Projects.ServiceAccounts.Get(a.Name).Do()); got.UniqueId != a.UniqueId {
		t.Errorf("got unique id %s, want %s as before", got.UniqueId, a.UniqueId)
	}
	if got := must(again.iam.Projects.Locations.WorkloadIdentityPools.Providers.Get(parent + "/workloadIdentityPools/live-pool/providers/aws-prov").Do()); got.Aws.AccountId != account {
		t.Errorf("got %+v, want the provider as before", got)
	}
	mint(again)
	if _, after := get(t, again.URL()+"/oauth2/v3/certs"); after != certs {
		t.Errorf("got other keys\n%s\nthan before\n%s", after, certs)
	}
	_, err := as(t, again.Server, token).crm.Projects.Get(project).Do()
	refused(t, err, 403, "The caller does not have permission") // known, and still without a role
	again.pool("other-pool")
	again.account("other-one")
}
