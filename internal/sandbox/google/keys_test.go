package google_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	iam "google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestKeysAreMadeOnceAndListedByKind(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	keys := c.iam.Projects.ServiceAccounts.Keys
	made := must(keys.Create(a.Name, &iam.CreateServiceAccountKeyRequest{}).Do())
	raw, err := base64.StdEncoding.DecodeString(made.PrivateKeyData)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]string
	if err := json.Unmarshal(raw, &file); err != nil || file["client_email"] != a.Email || !strings.HasPrefix(file["private_key"], "-----BEGIN PRIVATE KEY-----") {
		t.Fatalf("got %v, want a key file for %s", err, a.Email)
	}
	if !slices.Contains(c.Secrets(), file["private_key"]) {
		t.Error("the private key is not among the secrets that tests search for")
	}
	if all := must(keys.List(a.Name).Do()).Keys; len(all) != 2 {
		t.Errorf("got %d keys, want the user's and the system's", len(all))
	}
	mine := must(keys.List(a.Name).KeyTypes("USER_MANAGED").Do()).Keys
	if len(mine) != 1 || mine[0].Name != made.Name || mine[0].ValidBeforeTime != "9999-12-31T23:59:59Z" || mine[0].PrivateKeyData != "" {
		t.Errorf("got %+v, want the one key without its private half", mine)
	}
	must(keys.Delete(made.Name).Do())
	_, err = keys.Get(made.Name).Do()
	refused(t, err, 404, "does not exist")
	old := must(keys.List("projects/acme-legacy/serviceAccounts/deploy@acme-legacy.iam.gserviceaccount.com").KeyTypes("USER_MANAGED").Do()).Keys
	if len(old) != 1 {
		t.Errorf("got %d old keys, want the seeded one", len(old))
	}
}

func TestOrganisationPoliciesStopAccountsAndKeys(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	tamper := c.Google().Tamper()
	for _, name := range []string{"iam.disableServiceAccountCreation", "iam.managed.disableServiceAccountKeyCreation"} {
		if err := tamper.Constrain(project, name, &world.OrgConstraint{Boolean: true, Enforce: true}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.iam.Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: "another-one"}).Do()
	stopped := refused(t, err, 400, "Service account creation is not allowed on this project.")
	if v := detail(t, stopped, "PreconditionFailure")["violations"].([]any)[0].(map[string]any); v["type"] != "constraints/iam.disableServiceAccountCreation" {
		t.Errorf("got %v, want the constraint", v)
	}
	_, err = c.iam.Projects.ServiceAccounts.Keys.Create(a.Name, &iam.CreateServiceAccountKeyRequest{}).Do()
	refused(t, err, 400, "Key creation is not allowed on this service account.")
}

func TestLifetimeIsExtendedOnlyForThoseListed(t *testing.T) {
	c := start(t)
	c.enable("iamcredentials.googleapis.com")
	a := c.account("ci-runner")
	c.bind(a.Email, "roles/iam.serviceAccountTokenCreator", "user:"+operator)
	mint := func() error {
		_, err := c.minting.Projects.ServiceAccounts.GenerateAccessToken("projects/-/serviceAccounts/"+a.Email, &iamcredentials.GenerateAccessTokenRequest{
			Scope: []string{"https://www.googleapis.com/auth/cloud-platform"}, Lifetime: "43200s",
		}).Do()
		return err
	}
	refused(t, mint(), 400, "The access token lifetime cannot exceed 3600 seconds.")
	listed := &world.OrgConstraint{Allowed: []string{a.Email}}
	if err := c.Google().Tamper().Constrain(project, "iam.allowServiceAccountCredentialLifetimeExtension", listed); err != nil {
		t.Fatal(err)
	}
	if err := mint(); err != nil {
		t.Errorf("got %v, want twelve hours for a listed account", err)
	}
}

func TestSharingIsRestrictedByDomain(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	c.pool("live-pool")
	elsewhere := &world.OrgConstraint{Allowed: []string{"C0somebodyelse"}}
	if err := c.Google().Tamper().Constrain(project, "iam.allowedPolicyMemberDomains", elsewhere); err != nil {
		t.Fatal(err)
	}
	policy := &iam.Policy{Version: 3, Bindings: []*iam.Binding{{Role: "roles/iam.workloadIdentityUser", Members: []string{roleSet}}}}
	_, err := c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: policy}).Do()
	refused(t, err, 400, "One or more users named in the policy do not belong to a permitted customer")
}

func TestListsComeInPages(t *testing.T) {
	c := start(t)
	for i := range 25 {
		c.account(fmt.Sprintf("account-%02d", i))
	}
	first := must(c.iam.Projects.ServiceAccounts.List("projects/" + project).Do())
	if len(first.Accounts) != 20 || first.NextPageToken == "" {
		t.Fatalf("got %d accounts and token %q, want a page of 20 and more to come", len(first.Accounts), first.NextPageToken)
	}
	second := must(c.iam.Projects.ServiceAccounts.List("projects/" + project).PageToken(first.NextPageToken).Do())
	if len(second.Accounts) != 6 || second.NextPageToken != "" {
		t.Errorf("got %d accounts and token %q, want the last 6", len(second.Accounts), second.NextPageToken)
	}
	_, err := c.iam.Projects.ServiceAccounts.List("projects/" + project).PageToken("nonsense").Do()
	refused(t, err, 400, "page token")
}

func TestRolesAreReadAndMade(t *testing.T) {
	c := start(t)
	user := must(c.iam.Roles.Get("roles/iam.workloadIdentityUser").Do())
	if !slices.Contains(user.IncludedPermissions, "iam.serviceAccounts.getOpenIdToken") {
		t.Errorf("got %v, want getOpenIdToken", user.IncludedPermissions)
	}
	create := func(id string, permissions ...string) error {
		_, err := c.iam.Projects.Roles.Create("projects/"+project, &iam.CreateRoleRequest{RoleId: id, Role: &iam.Role{Title: id, IncludedPermissions: permissions}}).Do()
		return err
	}
	if err := create("poolMaker", "iam.googleapis.com/workloadIdentityPools.create"); err != nil {
		t.Fatal(err)
	}
	refused(t, create("shortForm", "iam.workloadIdentityPools.create"), 400, "not valid")
	refused(t, create("poolMaker"), 409, "already exists")
	grantable := must(c.iam.Roles.QueryGrantableRoles(&iam.QueryGrantableRolesRequest{FullResourceName: "//iam.googleapis.com/projects/" + project + "/serviceAccounts/x"}).Do())
	var names []string
	for _, r := range grantable.Roles {
		names = append(names, r.Name)
	}
	if !slices.Contains(names, "roles/iam.workloadIdentityUser") || slices.Contains(names, "roles/storage.objectViewer") {
		t.Errorf("got %v, want what can be granted on a service account", names)
	}
}
