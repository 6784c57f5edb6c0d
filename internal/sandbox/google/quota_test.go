package google_test

import (
	"fmt"
	"testing"
	"time"

	crm "google.golang.org/api/cloudresourcemanager/v1"
	iam "google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestAccountsAreCountedAgainstTheirQuota(t *testing.T) {
	c := start(t)
	create := func(n int) error {
		_, err := c.iam.Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: fmt.Sprintf("numbered-%d", n)}).Do()
		return err
	}
	for n := range 99 { // beside the default account of Compute Engine
		if err := create(n); err != nil {
			t.Fatalf("account %d: %v", n, err)
		}
	}
	no := refused(t, create(99), 429, "Maximum number of service accounts on project reached.")
	if detail(t, no, "QuotaFailure")["violations"] == nil {
		t.Errorf("got %v, want a violation", no.Details)
	}
	if _, err := c.iam.Projects.ServiceAccounts.Delete("projects/" + project + "/serviceAccounts/numbered-0@" + project + ".iam.gserviceaccount.com").Do(); err != nil {
		t.Fatal(err)
	}
	if err := create(99); err != nil { // deleted ones do not count
		t.Errorf("after deleting one: got %v, want room", err)
	}
}

func TestPolicySizesAreLimited(t *testing.T) {
	c := startWith(t, sandbox.Options{Quotas: map[string]int{"google.principalsPerPolicy": 3, "google.groupsPerPolicy": 1, "google.conditionsPerRoleAndPrincipal": 2}})
	a := c.account("ci-runner")
	set := func(bindings ...*iam.Binding) error {
		_, err := c.iam.Projects.ServiceAccounts.SetIamPolicy(a.Name, &iam.SetIamPolicyRequest{Policy: &iam.Policy{Version: 3, Bindings: bindings}}).Do()
		return err
	}
	user, group := "user:"+operator, "group:platform@acme.example"
	many := &iam.Binding{Role: "roles/iam.workloadIdentityUser", Members: []string{user, group, "serviceAccount:" + a.Email}}
	if err := set(many); err != nil {
		t.Fatal(err)
	}
	refused(t, set(many, &iam.Binding{Role: "roles/iam.serviceAccountUser", Members: []string{user}}), 400, "number of members in the policy (4)")
	refused(t, set(many, &iam.Binding{Role: "roles/iam.serviceAccountUser", Members: []string{group}}), 400, "members")
	when := func(title string) *iam.Binding {
		return &iam.Binding{Role: "roles/iam.serviceAccountUser", Members: []string{user}, Condition: &iam.Expr{Title: title, Expression: "true"}}
	}
	refused(t, set(when("a"), when("b"), when("c")), 400, "different conditions; the maximum is 2")
	if err := set(when("a"), when("b")); err != nil {
		t.Errorf("two conditions: %v", err)
	}
}

func TestRatesAreHeldPerMinuteOfTheSandbox(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := startWith(t, sandbox.Options{Now: func() time.Time { return now }, Quotas: map[string]int{"google.iam.pools.writesPerMinute": 2}})
	c.pool("pool-1")
	c.pool("pool-2")
	_, err := c.iam.Projects.Locations.WorkloadIdentityPools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("pool-3").Do()
	no := refused(t, err, 429, "Quota exceeded for quota metric 'iam.googleapis.com/workload_identity_write_requests'")
	info := detail(t, no, "ErrorInfo")
	if info["reason"] != "RATE_LIMIT_EXCEEDED" || info["metadata"].(map[string]any)["quota_limit_value"] != "2" {
		t.Errorf("got %v, want RATE_LIMIT_EXCEEDED with the limit 2", info)
	}
	must(c.iam.Projects.Locations.WorkloadIdentityPools.Get(parent + "/workloadIdentityPools/pool-1").Do()) // reads have a rate of their own
	must(c.crm.Projects.Get(project).Do())
	c.World().Advance(time.Minute)
	c.pool("pool-3")
}

func TestConcurrentChangeIsWhatAFaultOf409Means(t *testing.T) {
	c := startWith(t, sandbox.Options{Faults: []string{
		"google.cloudresourcemanager.projects.setIamPolicy=409", "google.iam.projects.serviceAccounts.create=409", "google.cloudresourcemanager.projects.getIamPolicy=412",
	}})
	_, err := c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: &crm.Policy{}}).Do()
	no := refused(t, err, 409, "There were concurrent policy changes.")
	if len(no.Errors) != 1 || no.Errors[0].Reason != "aborted" {
		t.Errorf("got %v, want the reason aborted", no.Errors)
	}
	_, err = c.iam.Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: "anything"}).Do()
	refused(t, err, 409, "already exists")
	_, err = c.crm.Projects.GetIamPolicy(project, &crm.GetIamPolicyRequest{}).Do()
	refused(t, err, 412, "")
}
