package google_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"cloud.google.com/go/auth/credentials"
	oauth2google "golang.org/x/oauth2/google"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/googleapi"
	iam "google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// onInstance is the credential configuration of a workload that finds its keys in the metadata of an EC2 instance.
func (c *cloud) onInstance(email string) []byte {
	metadata := c.URL() + "/latest/"
	raw, err := json.Marshal(map[string]any{
		"universe_domain": "googleapis.com", "type": "external_account", "audience": awsAud,
		"subject_token_type": "urn:ietf:params:aws:token-type:aws4_request", "token_url": c.URL() + "/v1/token",
		"credential_source": map[string]string{
			"environment_id": "aws1", "region_url": metadata + "meta-data/placement/availability-zone",
			"url":                            metadata + "meta-data/iam/security-credentials",
			"regional_cred_verification_url": "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
			"imdsv2_session_token_url":       metadata + "api/token",
		},
		"service_account_impersonation_url": c.URL() + "/v1/projects/-/serviceAccounts/" + email + ":generateAccessToken",
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return raw
}

// TestBothGoLibrariesSignInFromAnInstance has the present and the older library take region and keys from metadata
// version 2, sign, exchange, impersonate, and make a call that only the service account may make.
func TestBothGoLibrariesSignInFromAnInstance(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		t.Setenv(name, "")
	}
	c := startWith(t, sandbox.Options{AsInstance: "i-0acce550000000006"})
	c.awsPool(nil, "assertion.arn.startsWith('arn:aws:sts::"+account+":assumed-role/web-server/')")
	a := c.account("web-on-aws")
	c.bind(a.Email, "roles/iam.workloadIdentityUser", strings.Replace(roleSet, "/app", "/web-server", 1))
	if err := c.Google().Tamper().Grant(project, "roles/browser", "serviceAccount:"+a.Email); err != nil {
		t.Fatal(err)
	}
	libraries := map[string]func(context.Context, []byte) (string, error){
		"cloud.google.com/go/auth": func(ctx context.Context, config []byte) (string, error) {
			made, err := credentials.NewCredentialsFromJSON(credentials.ExternalAccount, config, &credentials.DetectOptions{Scopes: []string{crm.CloudPlatformScope}})
			if err != nil {
				return "", err
			}
			token, err := made.Token(ctx)
			if err != nil {
				return "", err
			}
			return token.Value, nil
		},
		"golang.org/x/oauth2": func(ctx context.Context, config []byte) (string, error) {
			made, err := oauth2google.CredentialsFromJSONWithType(ctx, config, oauth2google.ExternalAccount, crm.CloudPlatformScope)
			if err != nil {
				return "", err
			}
			token, err := made.TokenSource.Token()
			if err != nil {
				return "", err
			}
			return token.AccessToken, nil
		},
	}
	for name, signIn := range libraries {
		token, err := signIn(t.Context(), c.onInstance(a.Email))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p, err := as(t, c.Server, token).crm.Projects.Get(project).Do(); err != nil || p.ProjectId != project {
			t.Errorf("%s: got %v, %v, want the project", name, p, err)
		}
	}
}

func TestFaultsComeInGooglesEnvelopes(t *testing.T) {
	c := startWith(t, sandbox.Options{Faults: []string{
		"google.iam.projects.serviceAccounts.create=RESOURCE_EXHAUSTED*1", "google.sts.token=400*1", "google.cloudresourcemanager.projects.get=503*1",
		"google.iam.projects.locations.workloadIdentityPools.create=drop*1",
	}})
	create := func() error {
		_, err := c.iam.Projects.ServiceAccounts.Create("projects/"+project, &iam.CreateServiceAccountRequest{AccountId: "ci-runner"}).Do()
		return err
	}
	limited := refused(t, create(), 429, "Quota exceeded")
	if info := detail(t, limited, "ErrorInfo"); info["reason"] != "RATE_LIMIT_EXCEEDED" {
		t.Errorf("got %v, want RATE_LIMIT_EXCEEDED", info)
	}
	if err := create(); err != nil {
		t.Errorf("got %v, want the fault to be used up", err)
	}
	_, err := c.crm.Projects.Get(project).Do()
	refused(t, err, 503, "currently unavailable")
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL()+"/v1/token", strings.NewReader(url.Values{}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, body := do(t, r); res.StatusCode != 400 || !strings.Contains(body, `"error": "invalid_request"`) {
		t.Errorf("got %d %s, want a refusal in the form of OAuth", res.StatusCode, body)
	}
	pools := c.iam.Projects.Locations.WorkloadIdentityPools
	_, err = pools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("lost-reply").Do()
	if _, answered := errors.AsType[*googleapi.Error](err); err == nil || answered {
		t.Fatalf("got %v, want a broken connection", err)
	}
	if got := must(pools.Get(parent + "/workloadIdentityPools/lost-reply").Do()); got.State != "ACTIVE" {
		t.Errorf("got %+v, want the pool whose reply was lost to be there", got)
	}
}
