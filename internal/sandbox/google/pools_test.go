package google_test

import (
	"strings"
	"testing"
	"time"

	iam "google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestDeletedPoolKeepsItsIdForThirtyDays(t *testing.T) {
	c := start(t)
	pools := c.iam.Projects.Locations.WorkloadIdentityPools
	old := must(pools.Get(parent + "/workloadIdentityPools/aws-acme").Do())
	if old.State != "DELETED" || old.ExpireTime == "" || !strings.HasPrefix(old.Name, "projects/"+number+"/") {
		t.Fatalf("got %+v, want a deleted pool under its number with an expiry", old)
	}
	if list := must(pools.List(parent).Do()); strings.Contains(names(list), "aws-acme") {
		t.Errorf("got %s, want no deleted pool in a plain list", names(list))
	}
	if list := must(pools.List(parent).ShowDeleted(true).Do()); !strings.Contains(names(list), "aws-acme") {
		t.Errorf("got %s, want the deleted pool", names(list))
	}
	_, err := pools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("aws-acme").Do()
	refused(t, err, 409, "Requested entity already exists")
	_, err = pools.Patch(old.Name, &iam.WorkloadIdentityPool{DisplayName: "x"}).UpdateMask("displayName").Do()
	refused(t, err, 404, "Requested entity was not found.")
	op := must(pools.Undelete(old.Name, &iam.UndeleteWorkloadIdentityPoolRequest{}).Do())
	if op.Done || !must(pools.Operations.Get(op.Name).Do()).Done {
		t.Errorf("got done=%t at once, want it done at the first poll", op.Done)
	}
	if p := must(pools.Providers.Get(old.Name + "/providers/aws-prod").Do()); p.State != "DELETED" {
		t.Errorf("got %s, want the provider that was deleted by itself to stay deleted", p.State)
	}
	must(pools.Delete(old.Name).Do())
	c.World().Advance(31 * 24 * time.Hour)
	_, err = pools.Get(old.Name).Do()
	refused(t, err, 404, "Requested entity was not found.")
	must(pools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("aws-acme").Do())
}

func names(list *iam.ListWorkloadIdentityPoolsResponse) string {
	var out []string
	for _, p := range list.WorkloadIdentityPools {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func TestPoolsRefuseWhatTheRealOnesRefuse(t *testing.T) {
	c := start(t)
	pools := c.iam.Projects.Locations.WorkloadIdentityPools
	for id, text := range map[string]string{"gcp-mine": "reserved prefix gcp-", "abc": "4-32 characters", "Upper-Case": "4-32 characters"} {
		_, err := pools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId(id).Do()
		refused(t, err, 400, text)
	}
	_, err := pools.Create(parent, &iam.WorkloadIdentityPool{DisplayName: strings.Repeat("x", 33)}).WorkloadIdentityPoolId("good-id").Do()
	refused(t, err, 400, "display name must be less than or equal to 32 characters")
	_, err = pools.Create("projects/"+project+"/locations/us-east1", &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("good-id").Do()
	refused(t, err, 400, "global")
	c.pool("good-id")
	_, err = pools.Patch(parent+"/workloadIdentityPools/good-id", &iam.WorkloadIdentityPool{Mode: "TRUST_DOMAIN"}).UpdateMask("mode").Do()
	refused(t, err, 400, "Attempted to update an immutable field.")
	_, err = pools.Providers.List(parent + "/workloadIdentityPools/acme-build.svc.id.goog").Do()
	refused(t, err, 400, "SYSTEM_TRUST_DOMAIN")
}

func TestProvidersCompileWhatTheyAreGiven(t *testing.T) {
	c := start(t)
	c.pool("live-pool")
	name := parent + "/workloadIdentityPools/live-pool"
	providers := c.iam.Projects.Locations.WorkloadIdentityPools.Providers
	aws := func(mapping map[string]string, condition string) error {
		_, err := providers.Create(name, &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}, AttributeMapping: mapping, AttributeCondition: condition}).
			WorkloadIdentityPoolProviderId("aws-prov").Do()
		return err
	}
	refused(t, aws(map[string]string{"assertion.aud": "assertion.arn"}, ""), 400, "Invalid mapped attribute key: assertion.aud. Custom mapped attributes must be in format 'attribute.{custom_attribute}'")
	refused(t, aws(map[string]string{"attribute.x": "assertion.arn"}, ""), 400, "google.subject")
	refused(t, aws(map[string]string{"google.subject": "assertion.arn +"}, ""), 400, "Invalid attribute mapping for 'google.subject'")
	refused(t, aws(nil, "nonsense.arn == 'x'"), 400, "Invalid attribute condition")
	if err := aws(nil, "attribute.unmapped == 'x'"); err != nil {
		t.Errorf("got %v, want a condition on an unmapped attribute to be accepted at create", err)
	}
	if got := must(providers.Get(name + "/providers/aws-prov").Do()); len(got.AttributeMapping) != 0 {
		t.Errorf("got %v, want the default mapping not to be echoed", got.AttributeMapping)
	}
	_, err := providers.Patch(name+"/providers/aws-prov", &iam.WorkloadIdentityPoolProvider{Oidc: &iam.Oidc{IssuerUri: "https://x.example"}}).UpdateMask("oidc").Do()
	refused(t, err, 400, "Attempted to update an immutable field.")
	oidc := func(issuer, condition string, mapping map[string]string) error {
		_, err := providers.Create(name, &iam.WorkloadIdentityPoolProvider{Oidc: &iam.Oidc{IssuerUri: issuer}, AttributeMapping: mapping, AttributeCondition: condition}).
			WorkloadIdentityPoolProviderId("oidc-prov").Do()
		return err
	}
	subject := map[string]string{"google.subject": "assertion.sub"}
	refused(t, oidc("http://plain.example", "", subject), 400, "https")
	refused(t, oidc("https://plain.example", "", nil), 400, "google.subject")
	refused(t, oidc("https://token.actions.githubusercontent.com", "", subject), 400, "The attribute condition must reference one of the provider's claims")
}

func TestOrganisationPoliciesStopProviders(t *testing.T) {
	c := start(t)
	c.pool("live-pool")
	allow := &world.OrgConstraint{Allowed: []string{"https://accounts.example"}}
	if err := c.Google().Tamper().Constrain(project, "iam.workloadIdentityPoolProviders", allow); err != nil {
		t.Fatal(err)
	}
	_, err := c.iam.Projects.Locations.WorkloadIdentityPools.Providers.Create(parent+"/workloadIdentityPools/live-pool",
		&iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}}).WorkloadIdentityPoolProviderId("aws-prov").Do()
	failed := refused(t, err, 400, "Precondition check failed.")
	violations := detail(t, failed, "PreconditionFailure")["violations"].([]any)[0].(map[string]any)
	if violations["type"] != "constraints/iam.workloadIdentityPoolProviders" || violations["description"] != "Org Policy violated for value: 'https://sts.amazonaws.com'." {
		t.Errorf("got %v, want the constraint and the value", violations)
	}
}

func TestLosingARoleLosesThePermission(t *testing.T) {
	c := start(t)
	tamper := c.Google().Tamper()
	if err := tamper.Revoke(project, "roles/owner", "user:"+operator); err != nil {
		t.Fatal(err)
	}
	create := func() error {
		_, err := c.iam.Projects.Locations.WorkloadIdentityPools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("live-pool").Do()
		return err
	}
	no := refused(t, create(), 403, "Permission 'iam.workloadIdentityPools.create' denied on resource '//iam.googleapis.com/projects/acme-build/locations/global' (or it may not exist).")
	if info := detail(t, no, "ErrorInfo"); info["metadata"].(map[string]any)["permission"] != "iam.workloadIdentityPools.create" {
		t.Errorf("got %v, want the permission in its short form", info)
	}
	role, err := tamper.DefineRole(project, "pools", "iam.googleapis.com/workloadIdentityPools.create")
	if err != nil {
		t.Fatal(err)
	}
	if err := tamper.Grant(project, role, "user:"+operator); err != nil {
		t.Fatal(err)
	}
	if err := create(); err != nil {
		t.Errorf("got %v, want the custom role to allow it", err)
	}
}
