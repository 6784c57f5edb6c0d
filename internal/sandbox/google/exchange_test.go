package google_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials/externalaccount"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	iam "google.golang.org/api/iam/v1"
)

const (
	account  = "123456789012"
	poolRoot = "//iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/"
	awsAud   = poolRoot + "live-pool/providers/aws-prov"
	roleSet  = "principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/live-pool/attribute.aws_role/arn:aws:sts::" + account + ":assumed-role/app"
)

// workload is a set of AWS credentials, handed to Google's library.
type workload struct{ id, secret, session string }

func (w workload) AwsRegion(context.Context, *externalaccount.RequestOptions) (string, error) {
	return "ap-southeast-2", nil
}

func (w workload) AwsSecurityCredentials(context.Context, *externalaccount.RequestOptions) (*externalaccount.AwsSecurityCredentials, error) {
	return &externalaccount.AwsSecurityCredentials{AccessKeyID: w.id, SecretAccessKey: w.secret, SessionToken: w.session}, nil
}

func (c *cloud) awsConfig() aws.Config {
	id, secret := c.World().OperatorKey()
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(c.URL()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
		}),
	}
}

// assume makes a role that the operator may assume and assumes it.
func (c *cloud) assume(role, session string) workload {
	c.t.Helper()
	ctx := c.t.Context()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + account + `:root"},"Action":"sts:AssumeRole"}]}`
	_, err := awsiam.NewFromConfig(c.awsConfig()).CreateRole(ctx, &awsiam.CreateRoleInput{RoleName: aws.String(role), AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil && !strings.Contains(err.Error(), "EntityAlreadyExists") {
		c.t.Fatal(err)
	}
	out, err := sts.NewFromConfig(c.awsConfig()).AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn: aws.String("arn:aws:iam::" + account + ":role/" + role), RoleSessionName: aws.String(session),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return workload{*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken}
}

// awsPool makes a pool with a provider of type AWS for the sandbox's account.
func (c *cloud) awsPool(mapping map[string]string, condition string) {
	c.t.Helper()
	c.enable("sts.googleapis.com", "iamcredentials.googleapis.com")
	c.pool("live-pool")
	c.provider("live-pool", "aws-prov", &iam.WorkloadIdentityPoolProvider{
		Aws: &iam.Aws{AccountId: account}, AttributeMapping: mapping, AttributeCondition: condition,
	})
}

// federate exchanges through Google's own library; email may be empty for direct access.
func (c *cloud) federate(w workload, audience, email string) (*auth.Credentials, error) {
	o := &externalaccount.Options{
		Audience: audience, SubjectTokenType: "urn:ietf:params:aws:token-type:aws4_request", TokenURL: c.URL() + "/v1/token",
		AwsSecurityCredentialsProvider: w, Scopes: []string{crm.CloudPlatformScope, "https://www.googleapis.com/auth/userinfo.email"},
	}
	if email != "" {
		o.ServiceAccountImpersonationURL = c.URL() + "/v1/projects/-/serviceAccounts/" + email + ":generateAccessToken"
	}
	credentials, err := externalaccount.NewCredentials(o)
	if err != nil {
		return nil, err
	}
	_, err = credentials.Token(c.t.Context())
	return credentials, err
}

// oauthError reads the error body that the library passes on.
func oauthError(t *testing.T, err error) (word, description string) {
	t.Helper()
	if err == nil {
		t.Fatal("got no error, want a refusal of the token service")
	}
	text := err.Error()
	if failed, ok := errors.AsType[*auth.Error](err); ok {
		text = string(failed.Body)
	}
	start := strings.Index(text, "{")
	if start < 0 {
		t.Fatalf("got %v, want an OAuth error", err)
	}
	var body struct {
		Error       string
		Description string `json:"error_description"`
	}
	if uerr := json.Unmarshal([]byte(text[start:]), &body); uerr != nil {
		t.Fatalf("got %v, want an OAuth error", err)
	}
	return body.Error, body.Description
}

func wantOAuth(t *testing.T, err error, word, text string) {
	t.Helper()
	if w, d := oauthError(t, err); w != word || !strings.Contains(d, text) {
		t.Errorf("got %s %q, want %s with %q", w, d, word, text)
	}
}

func TestWorkloadOnAWSBecomesTheServiceAccount(t *testing.T) {
	c := start(t)
	c.awsPool(nil, "assertion.arn.startsWith('arn:aws:sts::"+account+":assumed-role/app/')")
	a := c.account("report-reader")
	w := c.assume("app", "i-0abc")
	_, err := c.federate(w, awsAud, a.Email)
	if err == nil || !strings.Contains(err.Error(), "iam.serviceAccounts.getAccessToken") {
		t.Fatalf("got %v, want a refusal of impersonation before the binding", err)
	}
	c.bind(a.Email, "roles/iam.workloadIdentityUser", roleSet)
	credentials, err := c.federate(w, awsAud, a.Email)
	if err != nil {
		t.Fatal(err)
	}
	token, _ := credentials.Token(t.Context())
	res, body := get(t, c.URL()+"/tokeninfo?access_token="+url.QueryEscape(token.Value))
	if res.StatusCode != 200 || !strings.Contains(body, `"email": "`+a.Email+`"`) {
		t.Errorf("got %d %s, want token information naming %s", res.StatusCode, body, a.Email)
	}
	_, err = as(t, c.Server, token.Value).crm.Projects.Get(project).Do()
	refused(t, err, 403, "The caller does not have permission")
	if err := c.Google().Tamper().Grant(project, "roles/browser", "serviceAccount:"+a.Email); err != nil {
		t.Fatal(err)
	}
	must(as(t, c.Server, token.Value).crm.Projects.Get(project).Do())
}

func TestWorkloadWithDirectAccessActsAsItself(t *testing.T) {
	c := start(t)
	c.awsPool(nil, "")
	credentials, err := c.federate(c.assume("app", "i-0abc"), awsAud, "")
	if err != nil {
		t.Fatal(err)
	}
	token, _ := credentials.Token(t.Context())
	direct := as(t, c.Server, token.Value)
	ask := &crm.TestIamPermissionsRequest{Permissions: []string{"storage.objects.get", "storage.objects.list"}}
	if got := must(direct.crm.Projects.TestIamPermissions(project, ask).Do()); len(got.Permissions) != 0 {
		t.Errorf("got %v, want nothing before the grant", got.Permissions)
	}
	if err := c.Google().Tamper().Grant(project, "roles/storage.objectViewer", roleSet); err != nil {
		t.Fatal(err)
	}
	if got := must(direct.crm.Projects.TestIamPermissions(project, ask).Do()); len(got.Permissions) != 2 {
		t.Errorf("got %v, want both permissions", got.Permissions)
	}
	if _, err := c.iam.Projects.Locations.WorkloadIdentityPools.Patch(parent+"/workloadIdentityPools/live-pool", &iam.WorkloadIdentityPool{Disabled: true}).UpdateMask("disabled").Do(); err != nil {
		t.Fatal(err)
	}
	_, err = direct.crm.Projects.TestIamPermissions(project, ask).Do()
	refused(t, err, 401, "invalid authentication credentials")
}

func TestExchangeRefusesInTheWordsOfTheTokenService(t *testing.T) {
	c := start(t)
	c.awsPool(nil, "attribute.aws_role == 'arn:aws:sts::"+account+":assumed-role/app'")
	app, other := c.assume("app", "s1"), c.assume("other", "s1")
	op := workload{}
	op.id, op.secret = c.World().OperatorKey()
	forged := app
	forged.secret = "wrong" + forged.secret
	for name, tc := range map[string]struct {
		who      workload
		audience string
		word     string
		text     string
	}{
		"other role":         {other, awsAud, "unauthorized_client", "The given credential is rejected by the attribute condition."},
		"iam user":           {op, awsAud, "unauthorized_client", "The given credential is rejected by the attribute condition."},
		"wrong secret":       {forged, awsAud, "invalid_grant", "Received invalid AWS response of type SignatureDoesNotMatch"},
		"unknown provider":   {app, poolRoot + "live-pool/providers/nope", "invalid_target", "The target service indicated by the \"audience\" parameters is invalid."},
		"deleted pool":       {app, poolRoot + "aws-acme/providers/aws-prod", "invalid_target", "deleted"},
		"id for number":      {app, strings.Replace(awsAud, number, project, 1), "invalid_request", "Invalid value for \"audience\"."},
		"pool, not provider": {app, poolRoot + "live-pool", "invalid_request", "Invalid value for \"audience\"."},
		"https audience":     {app, "https:" + awsAud, "invalid_request", "Invalid value for \"audience\"."},
		"long subject":       {c.assume("app", strings.Repeat("s", 64)), awsAud, "", ""},
	} {
		_, err := c.federate(tc.who, tc.audience, "")
		if tc.word == "" {
			if err != nil {
				t.Errorf("%s: got %v, want a token: 39+3+1+64 fits 127", name, err)
			}
			continue
		}
		wantOAuth(t, err, tc.word, tc.text)
	}
	long := c.assume(strings.Repeat("r", 24), strings.Repeat("s", 64))
	_, err := c.federate(long, awsAud, "")
	wantOAuth(t, err, "invalid_request", "The size of mapped attribute google.subject exceeds the 127 bytes limit.")
}

func TestExchangeNeedsItsAPI(t *testing.T) {
	c := start(t)
	c.pool("live-pool")
	c.provider("live-pool", "aws-prov", &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}})
	_, err := c.federate(c.assume("app", "s1"), awsAud, "")
	if err == nil || !strings.Contains(err.Error(), "SERVICE_DISABLED") {
		t.Errorf("got %v, want SERVICE_DISABLED", err)
	}
}

func TestRequestSignedForAnotherProviderIsRefused(t *testing.T) {
	c := start(t)
	c.awsPool(nil, "")
	c.provider("live-pool", "aws-twin", &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: account}})
	var seen url.Values
	catch := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		_ = r.ParseForm()
		seen = r.PostForm
		return nil, errors.New("caught")
	})}
	o := &externalaccount.Options{
		Audience: awsAud, SubjectTokenType: "urn:ietf:params:aws:token-type:aws4_request", TokenURL: c.URL() + "/v1/token",
		AwsSecurityCredentialsProvider: c.assume("app", "s1"), Scopes: []string{crm.CloudPlatformScope}, Client: catch,
	}
	credentials, err := externalaccount.NewCredentials(o)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = credentials.Token(t.Context())
	post := func(form url.Values) (int, string) {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL()+"/v1/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, body := do(t, r)
		return res.StatusCode, body
	}
	if code, body := post(seen); code != 200 {
		t.Fatalf("got %d %s, want the caught request to be good", code, body)
	}
	moved := maps.Clone(seen)
	twin := poolRoot + "live-pool/providers/aws-twin"
	moved.Set("audience", twin)
	if code, body := post(moved); code != 400 || !strings.Contains(body, "x-goog-cloud-target-resource") {
		t.Errorf("got %d %s, want a refusal for the target", code, body)
	}
	moved.Set("subject_token", strings.ReplaceAll(seen.Get("subject_token"), url.QueryEscape(awsAud), url.QueryEscape(twin)))
	if code, body := post(moved); code != 400 || !strings.Contains(body, "SignatureDoesNotMatch") {
		t.Errorf("got %d %s, want a broken signature when the signed target is rewritten", code, body)
	}
	c.World().Advance(16 * time.Minute)
	if code, body := post(seen); code != 400 || !strings.Contains(body, "Received invalid AWS response of type") || !strings.Contains(body, "expired") {
		t.Errorf("got %d %s, want the request to be too old for AWS", code, body)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
