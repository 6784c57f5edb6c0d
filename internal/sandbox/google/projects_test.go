package google_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	crm "google.golang.org/api/cloudresourcemanager/v1"
	crm3 "google.golang.org/api/cloudresourcemanager/v3"
	"google.golang.org/api/option"
	"google.golang.org/api/orgpolicy/v2"
	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestProjectAnswersByIdAndNumber(t *testing.T) {
	c := start(t)
	p := must(c.crm.Projects.Get(project).Do())
	if p.ProjectNumber != 512345678901 || p.LifecycleState != "ACTIVE" || p.Parent.Type != "organization" || p.Name != "Acme Build" {
		t.Errorf("got %+v, want Acme Build, number %s, active, in an organisation", p, number)
	}
	v3 := made(crm3.NewService(t.Context(), c.options(c.World().OperatorToken())...))(t)
	if p := must(v3.Projects.Get("projects/" + number).Do()); p.Name != "projects/"+number || p.ProjectId != project {
		t.Errorf("got %+v, want the same project under its number", p)
	}
	_, err := c.crm.Projects.Get("somebody-elses").Do()
	refused(t, err, 403, "The caller does not have permission")
	if list := must(c.crm.Projects.List().Do()); len(list.Projects) != 2 {
		t.Errorf("got %d projects, want 2", len(list.Projects))
	}
}

func TestUnknownPermissionFailsTheWholeCall(t *testing.T) {
	c := start(t)
	ask := func(names ...string) ([]string, error) {
		out, err := c.crm.Projects.TestIamPermissions(project, &crm.TestIamPermissionsRequest{Permissions: names}).Do()
		if err != nil {
			return nil, err
		}
		return out.Permissions, nil
	}
	both := []string{"iam.workloadIdentityPools.create", "iam.googleapis.com/workloadIdentityPools.create"}
	if got := must(ask(both...)); !slices.Equal(got, both) {
		t.Errorf("got %v, want both spellings held", got)
	}
	if got := must(ask("iam.serviceAccounts.getOpenIdToken")); len(got) != 0 {
		t.Errorf("got %v, want an owner not to hold it", got)
	}
	for _, name := range []string{"resourcemanager.projects.list", "storage.buckets.setIamPolicy", "iam.made.up", "iam.serviceAccounts.*"} {
		_, err := ask("resourcemanager.projects.get", name)
		refused(t, err, 400, name)
	}
}

func TestProjectPolicyKeepsEverybodyElse(t *testing.T) {
	c := start(t)
	v3 := &crm.GetIamPolicyRequest{Options: &crm.GetPolicyOptions{RequestedPolicyVersion: 3}}
	p := must(c.crm.Projects.GetIamPolicy(project, v3).Do())
	p.Version = 3
	p.Bindings = append(p.Bindings, &crm.Binding{Role: "roles/browser", Members: []string{"User:Dev@Acme.example"}})
	_, err := c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: p}).Do()
	refused(t, err, 400, "Invalid member")
	p.Bindings[len(p.Bindings)-1].Members[0] = "user:Dev@Acme.example"
	p.Bindings = append(p.Bindings, &crm.Binding{
		Role: "roles/storage.objectViewer", Members: []string{"user:dev@acme.example"},
		Condition: &crm.Expr{Title: "soon", Expression: `request.time < timestamp("2030-01-01T00:00:00Z")`},
	})
	set := must(c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: p}).Do())
	if set.Version != 3 || len(set.Bindings) != 4 || set.Etag == p.Etag {
		t.Fatalf("got %+v, want four bindings under a new etag", set)
	}
	for _, b := range set.Bindings {
		if b.Role == "roles/browser" && b.Members[0] != "user:dev@acme.example" {
			t.Errorf("got %s, want the member in lower case", b.Members[0])
		}
	}
	_, err = c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: p}).Do()
	refused(t, err, 409, "There were concurrent policy changes.")
	set.Version = 1
	_, err = c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: set}).Do()
	refused(t, err, 400, "version")
	set.Version = 3
	set.Bindings[0].Role = "roles/made.up"
	_, err = c.crm.Projects.SetIamPolicy(project, &crm.SetIamPolicyRequest{Policy: set}).Do()
	refused(t, err, 400, "Role roles/made.up is not supported for this resource.")
}

func TestEffectiveOrgPolicies(t *testing.T) {
	c := start(t)
	effective := func(name string) *crm.OrgPolicy {
		return must(c.crm.Projects.GetEffectiveOrgPolicy("projects/"+project, &crm.GetEffectiveOrgPolicyRequest{Constraint: "constraints/" + name}).Do())
	}
	if got := effective("iam.workloadIdentityPoolProviders"); got.ListPolicy == nil || got.ListPolicy.AllValues != "ALLOW" {
		t.Errorf("got %+v, want everything allowed by default", got.ListPolicy)
	}
	if err := c.Google().Tamper().Constrain(project, "iam.disableServiceAccountCreation", &world.OrgConstraint{Boolean: true, Enforce: true}); err != nil {
		t.Fatal(err)
	}
	if got := effective("iam.disableServiceAccountCreation"); got.BooleanPolicy == nil || !got.BooleanPolicy.Enforced {
		t.Errorf("got %+v, want it enforced", got.BooleanPolicy)
	}
	v2 := made(orgpolicy.NewService(t.Context(), c.options(c.World().OperatorToken())...))(t)
	got := must(v2.Projects.Policies.GetEffectivePolicy("projects/" + number + "/policies/iam.workloadIdentityPoolProviders").Do())
	if len(got.Spec.Rules) != 1 || !got.Spec.Rules[0].AllowAll {
		t.Errorf("got %+v, want one rule that allows all", got.Spec.Rules)
	}
	if err := c.Google().Tamper().Constrain(project, "iam.workloadIdentityPoolAwsAccounts", &world.OrgConstraint{Allowed: []string{account}}); err != nil {
		t.Fatal(err)
	}
	if got := effective("iam.workloadIdentityPoolAwsAccounts"); !slices.Equal(got.ListPolicy.AllowedValues, []string{account}) {
		t.Errorf("got %+v, want the account allowed", got.ListPolicy)
	}
}

func TestServicesAreEnabledOnceAndInBatches(t *testing.T) {
	c := start(t)
	names := []string{"projects/" + number + "/services/sts.googleapis.com", "projects/" + number + "/services/iamcredentials.googleapis.com", "projects/" + number + "/services/iam.googleapis.com"}
	states := func() string {
		out := must(c.usage.Services.BatchGet("projects/" + number).Names(names...).Do())
		var s []string
		for _, one := range out.Services {
			s = append(s, one.State)
		}
		return strings.Join(s, " ")
	}
	if got := states(); got != "DISABLED DISABLED ENABLED" {
		t.Fatalf("got %s, want sts and iamcredentials off and iam on", got)
	}
	_, err := c.usage.Services.BatchEnable("projects/"+project, &serviceusage.BatchEnableServicesRequest{ServiceIds: []string{"sts.googleapis.com"}}).Do()
	refused(t, err, 400, "between 2 and 20")
	op := must(c.usage.Services.BatchEnable("projects/"+project, &serviceusage.BatchEnableServicesRequest{ServiceIds: []string{"sts.googleapis.com", "iamcredentials.googleapis.com"}}).Do())
	if op.Done || !strings.HasPrefix(op.Name, "operations/") {
		t.Errorf("got %+v, want an unfinished operation", op)
	}
	if done := must(c.usage.Operations.Get(op.Name).Do()); !done.Done || !strings.Contains(string(done.Response), `"ENABLED"`) {
		t.Errorf("got %+v, want it done with the services", done)
	}
	if got := states(); got != "ENABLED ENABLED ENABLED" {
		t.Errorf("got %s, want all on", got)
	}
	again := must(c.usage.Services.Enable(names[0], &serviceusage.EnableServiceRequest{}).Do())
	if !again.Done {
		t.Errorf("got %+v, want done at once for what is on", again)
	}
	_, err = c.usage.Services.Disable("projects/"+number+"/services/webrisk.googleapis.com", &serviceusage.DisableServiceRequest{}).Do()
	refused(t, err, 400, "not enabled")
	_, err = c.usage.Services.Enable("projects/"+number+"/services/nope.googleapis.com", &serviceusage.EnableServiceRequest{}).Do()
	refused(t, err, 404, "nope.googleapis.com")
}

func TestLaggingWorldStillRefusesAnEnabledService(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := startWith(t, sandbox.Options{Lag: time.Minute, Now: func() time.Time { return now }})
	op := must(c.usage.Services.Enable("projects/"+number+"/services/webrisk.googleapis.com", &serviceusage.EnableServiceRequest{}).Do())
	if must(c.usage.Operations.Get(op.Name).Do()).Done {
		t.Error("got done, want the operation to take its time")
	}
	c.World().Advance(time.Minute)
	if !must(c.usage.Operations.Get(op.Name).Do()).Done {
		t.Error("got not done, want it done after the lag")
	}
}

func TestQuotaProjectMustBeUsable(t *testing.T) {
	c := start(t)
	token := must(c.Google().Tamper().SignIn("dev@acme.example", time.Hour, crm.CloudPlatformScope))
	o := append(c.options(token), option.WithQuotaProject("acme-legacy"))
	dev := made(crm.NewService(t.Context(), o...))(t)
	_, err := dev.Projects.Get(project).Do()
	no := refused(t, err, 403, "Caller does not have required permission to use project acme-legacy.")
	if info := detail(t, no, "ErrorInfo"); info["reason"] != "USER_PROJECT_DENIED" {
		t.Errorf("got %v, want USER_PROJECT_DENIED", info)
	}
}

func TestCallersWithoutGoodTokensAreTurnedAway(t *testing.T) {
	c := start(t)
	tamper := c.Google().Tamper()
	_, err := as(t, c.Server, "made-up").crm.Projects.Get(project).Do()
	refused(t, err, 401, "Request had invalid authentication credentials.")
	short := must(tamper.SignIn(operator, time.Minute, crm.CloudPlatformScope))
	must(as(t, c.Server, short).crm.Projects.Get(project).Do())
	c.World().Advance(time.Minute)
	_, err = as(t, c.Server, short).crm.Projects.Get(project).Do()
	if info := detail(t, refused(t, err, 401, "Request had invalid"), "ErrorInfo"); info["reason"] != "ACCESS_TOKEN_EXPIRED" {
		t.Errorf("got %v, want ACCESS_TOKEN_EXPIRED", info)
	}
	narrow := must(tamper.SignIn(operator, time.Hour, "https://www.googleapis.com/auth/userinfo.email"))
	_, err = as(t, c.Server, narrow).crm.Projects.Get(project).Do()
	if info := detail(t, refused(t, err, 403, "insufficient authentication scopes"), "ErrorInfo"); info["reason"] != "ACCESS_TOKEN_SCOPE_INSUFFICIENT" {
		t.Errorf("got %v, want ACCESS_TOKEN_SCOPE_INSUFFICIENT", info)
	}
	res, body := get(t, c.URL()+"/v1/projects/"+project)
	if res.StatusCode != 401 || !strings.Contains(body, "CREDENTIALS_MISSING") {
		t.Errorf("got %d %s, want 401 for no credentials", res.StatusCode, body)
	}
}
