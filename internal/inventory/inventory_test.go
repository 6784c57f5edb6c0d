package inventory

import (
	"slices"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// source opens both clouds of a fresh sandbox.
func source(t *testing.T, o sandbox.Options) (*sandbox.Server, Source) {
	t.Helper()
	o.Dir = t.TempDir()
	server, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	env := server.Environ()
	g, a, err := cloud.Open(t.Context(), cloud.Options{
		Env: func(k string) string { return env[k] }, Project: "acme-legacy", Region: "us-east-1", Profile: "acme-legacy",
	})
	if err != nil {
		t.Fatal(err)
	}
	return server, Source{Google: g, AWS: a, Project: "acme-legacy", Account: "210987654321", Now: time.Now}
}

func TestReadSeesThePastOfAProjectAndAnAccount(t *testing.T) {
	_, s := source(t, sandbox.Options{})
	inv, err := Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	p, a := inv.Project, inv.Account
	if p.Number != "498765432109" || p.State != "ACTIVE" || len(p.Bindings) == 0 || len(p.Services) == 0 {
		t.Errorf("got project %+v", p)
	}
	i := slices.IndexFunc(p.Accounts, func(a ServiceAccount) bool { return a.Email == "deploy@acme-legacy.iam.gserviceaccount.com" })
	if i < 0 || len(p.Accounts[i].Keys) != 1 || p.Accounts[i].Keys[0].Created.IsZero() {
		t.Errorf("got accounts %+v, want deploy with one dated key", p.Accounts)
	}
	j := slices.IndexFunc(p.Pools, func(q Pool) bool { return q.ID == "aws-legacy" })
	if j < 0 || len(p.Pools[j].Providers) != 1 || p.Pools[j].Providers[0].AWSAccount != a.ID {
		t.Errorf("got pools %+v, want aws-legacy with a provider of this account", p.Pools)
	}
	k := slices.IndexFunc(a.Roles, func(r Role) bool { return r.Name == "gcp-legacy" })
	if k < 0 || a.Roles[k].MaxSession != 12*time.Hour || a.Roles[k].Trust == "" || len(a.Roles[k].Attached) != 1 {
		t.Errorf("got roles %+v, want gcp-legacy with its trust, policy and session", a.Roles)
	}
	if len(a.OIDCProviders) != 1 || len(a.OIDCProviders[0].ClientIDs) != 1 || len(a.Instances) != 1 || a.TrustQuota == 0 {
		t.Errorf("got providers %+v, instances %+v, quota %d", a.OIDCProviders, a.Instances, a.TrustQuota)
	}
	u := slices.IndexFunc(a.Users, func(u User) bool { return u.Name == "ci-deploy" })
	if u < 0 || len(a.Users[u].Keys) != 1 || a.Users[u].Keys[0].LastUsed.IsZero() {
		t.Errorf("got users %+v, want ci-deploy with a used key", a.Users)
	}
}

func TestReadNamesThePermissionThatWasMissing(t *testing.T) {
	_, s := source(t, sandbox.Options{Faults: []string{
		"aws.iam.GetAccountAuthorizationDetails=AccessDenied", "google.iam.projects.serviceAccounts.list=PERMISSION_DENIED",
	}})
	inv, err := Read(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for part, permission := range map[Part]string{
		PartIdentities: "iam:GetAccountAuthorizationDetails", PartAccessKeys: "iam:ListAccessKeys", PartAccountKeys: "iam.serviceAccountKeys.list",
	} {
		u, missing := inv.Missing(part)
		if !missing || u.Permission != permission || u.Reason == "" {
			t.Errorf("%s: got %+v, want it unread for lack of %s", part, u, permission)
		}
	}
	if u, missing := inv.Missing(PartPools, PartOIDCProviders); missing {
		t.Errorf("got %+v unread, want only what was refused", u)
	}
}
