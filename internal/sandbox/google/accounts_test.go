package google_test

import (
	"testing"
	"time"

	iam "google.golang.org/api/iam/v1"
	"google.golang.org/api/iamcredentials/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestServiceAccountLivesDiesAndReturns(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	if want := "ci-runner@acme-build.iam.gserviceaccount.com"; a.Email != want || len(a.UniqueId) != 21 || a.Name != "projects/acme-build/serviceAccounts/"+want {
		t.Fatalf("got %+v, want e-mail %s, a 21-digit number and a name by project id", a, want)
	}
	accounts := c.iam.Projects.ServiceAccounts
	_, err := accounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: "ci-runner"}).Do()
	refused(t, err, 409, "Service account ci-runner already exists within project projects/acme-build.")
	patched, err := accounts.Patch(a.Name, &iam.PatchServiceAccountRequest{ServiceAccount: &iam.ServiceAccount{Description: "new"}, UpdateMask: "description"}).Do()
	if err != nil || patched.Description != "new" || patched.Email != "" {
		t.Fatalf("got %+v, %v, want only the changed field and the name", patched, err)
	}
	_, err = accounts.Patch(a.Name, &iam.PatchServiceAccountRequest{ServiceAccount: &iam.ServiceAccount{}}).Do()
	refused(t, err, 400, "Field mask paths cannot be empty")
	must(accounts.Delete(a.Name).Do())
	_, err = accounts.Get(a.Name).Do()
	refused(t, err, 404, "Unknown service account")
	_, err = accounts.Get("projects/-/serviceAccounts/" + a.Email).Do()
	refused(t, err, 403, "Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist).")
	back, err := accounts.Undelete("projects/"+project+"/serviceAccounts/"+a.UniqueId, &iam.UndeleteServiceAccountRequest{}).Do()
	if err != nil || back.RestoredAccount.UniqueId != a.UniqueId {
		t.Fatalf("got %+v, %v, want the account back", back, err)
	}
}

func TestRecreatedAccountIsSomebodyElse(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	c.bind(a.Email, "roles/iam.serviceAccountUser", "serviceAccount:"+a.Email)
	other := c.account("other-one")
	c.bind(other.Email, "roles/iam.serviceAccountTokenCreator", "serviceAccount:"+a.Email)
	if err := c.Google().Tamper().RecreateAccount(project, a.Email); err != nil {
		t.Fatal(err)
	}
	again := must(c.iam.Projects.ServiceAccounts.Get(a.Name).Do())
	if again.UniqueId == a.UniqueId {
		t.Errorf("got the same unique id %s, want a new one", a.UniqueId)
	}
	p := must(c.iam.Projects.ServiceAccounts.GetIamPolicy(other.Name).OptionsRequestedPolicyVersion(3).Do())
	if want := "deleted:serviceAccount:" + a.Email + "?uid=" + a.UniqueId; p.Bindings[0].Members[0] != want {
		t.Errorf("got member %s, want %s", p.Bindings[0].Members[0], want)
	}
}

func TestLaggingWorldHidesNewAccounts(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := startWith(t, sandbox.Options{Lag: time.Minute, Now: func() time.Time { return now }})
	a := c.account("ci-runner")
	_, err := c.iam.Projects.ServiceAccounts.Get(a.Name).Do()
	refused(t, err, 404, "Unknown service account")
	_, err = c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: &iam.Policy{}}).Do()
	refused(t, err, 404, "")
	c.World().Advance(40 * time.Second)
	_, err = c.iam.Projects.ServiceAccounts.Get(a.Name).Do()
	refused(t, err, 403, "Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist).")
	c.World().Advance(20 * time.Second)
	must(c.iam.Projects.ServiceAccounts.Get(a.Name).Do())
}

func TestOwnerMayNotMintUntilGranted(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	name := "projects/-/serviceAccounts/" + a.Email
	mint := func() error {
		_, err := c.minting.Projects.ServiceAccounts.GenerateIdToken(name, &iamcredentials.GenerateIdTokenRequest{Audience: "x"}).Do()
		return err
	}
	off := refused(t, mint(), 403, "IAM Service Account Credentials API has not been used in project 512345678901 before or it is disabled.")
	if info := detail(t, off, "ErrorInfo"); info["reason"] != "SERVICE_DISABLED" {
		t.Errorf("got reason %v, want SERVICE_DISABLED", info["reason"])
	}
	c.enable("iamcredentials.googleapis.com")
	no := refused(t, mint(), 403, "Permission 'iam.serviceAccounts.getOpenIdToken' denied on resource (or it may not exist).")
	if info := detail(t, no, "ErrorInfo"); info["reason"] != "IAM_PERMISSION_DENIED" || info["metadata"].(map[string]any)["permission"] != "iam.serviceAccounts.getOpenIdToken" {
		t.Errorf("got %v, want IAM_PERMISSION_DENIED with the permission", info)
	}
	c.bind(a.Email, "roles/iam.serviceAccountOpenIdTokenCreator", "user:"+operator)
	if err := mint(); err != nil {
		t.Errorf("got %v, want a token after the grant", err)
	}
	_, err := c.minting.Projects.ServiceAccounts.GenerateAccessToken(name, &iamcredentials.GenerateAccessTokenRequest{Scope: []string{"https://www.googleapis.com/auth/cloud-platform"}}).Do()
	refused(t, err, 403, "iam.serviceAccounts.getAccessToken")
}

func TestBorrowedGrantEndsWithItsCondition(t *testing.T) {
	c := start(t)
	c.enable("iamcredentials.googleapis.com")
	a := c.account("ci-runner")
	end := c.World().Now().Add(15 * time.Minute)
	policy := &iam.Policy{Version: 3, Bindings: []*iam.Binding{{
		Role: "roles/iam.serviceAccountOpenIdTokenCreator", Members: []string{"user:" + operator},
		Condition: &iam.Expr{Title: "borrowed", Expression: `request.time < timestamp("` + end.Format(time.RFC3339) + `")`},
	}}}
	set := must(c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: policy}).Do())
	if set.Version != 3 || set.Bindings[0].Condition == nil {
		t.Fatalf("got %+v, want version 3 with the condition", set)
	}
	low := must(c.iam.Projects.ServiceAccounts.GetIamPolicy(a.Name).Do())
	if role := low.Bindings[0].Role; low.Version != 1 || role == policy.Bindings[0].Role || low.Bindings[0].Condition != nil {
		t.Errorf("got version %d role %s, want version 1 and a _withcond_ role", low.Version, role)
	}
	mint := func() error {
		_, err := c.minting.Projects.ServiceAccounts.GenerateIdToken("projects/-/serviceAccounts/"+a.Email, &iamcredentials.GenerateIdTokenRequest{Audience: "x"}).Do()
		return err
	}
	if err := mint(); err != nil {
		t.Fatalf("got %v, want a token while the grant lasts", err)
	}
	c.World().Advance(15 * time.Minute)
	refused(t, mint(), 403, "getOpenIdToken")
}

func TestPolicyWriteNeedsTheEtagItRead(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	before := must(c.iam.Projects.ServiceAccounts.GetIamPolicy(a.Name).OptionsRequestedPolicyVersion(3).Do())
	if before.Etag != "ACAB" || before.Version != 0 {
		t.Errorf("got etag %q version %d, want ACAB and none for an empty policy", before.Etag, before.Version)
	}
	c.bind(a.Email, "roles/iam.serviceAccountUser", "user:"+operator)
	_, err := c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: before}).Do()
	refused(t, err, 409, "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.")
}

func TestPolicyMembersMustExist(t *testing.T) {
	c := start(t)
	a := c.account("ci-runner")
	c.pool("live-pool")
	set := func(member string) error {
		p := &iam.Policy{Version: 3, Bindings: []*iam.Binding{{Role: "roles/iam.workloadIdentityUser", Members: []string{member}}}}
		_, err := c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: p}).Do()
		return err
	}
	for member, text := range map[string]string{
		"serviceAccount:nobody@acme-build.iam.gserviceaccount.com": "Service account nobody@acme-build.iam.gserviceaccount.com does not exist.",
		"user:nobody@acme.example":                                 "does not exist",
		"principalSet://iam.googleapis.com/projects/acme-build/locations/global/workloadIdentityPools/live-pool/*":    "Identity Pool does not exist (//iam.googleapis.com/projects/acme-build",
		"principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/nope/*":     "Identity Pool does not exist",
		"principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/aws-acme/*": "Identity Pool does not exist",
		"principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/live-pool":  "Invalid principal",
		"someone": "Invalid member",
	} {
		refused(t, set(member), 400, text)
	}
	for _, member := range []string{
		"principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/live-pool/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/app",
		"principal://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/live-pool/subject/x",
		"serviceAccount:acme-build.svc.id.goog[ci/runner]",
		"USER:x",
	} {
		if err := set(member); (err != nil) != (member == "USER:x") {
			t.Errorf("set %s: got %v", member, err)
		}
	}
}
