package google_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gcloud runs the stock program against c as its exports say, and answers both outputs and the exit code.
func (c *cloud) gcloud(args ...string) (out string, code int) {
	return c.gcloudWith(c.Environ(), args...)
}

func (c *cloud) gcloudWith(env map[string]string, args ...string) (out string, code int) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "gcloud", args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.home(), "CLOUDSDK_CONFIG=" + c.home(), "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true"}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	raw, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(raw), exit.ExitCode()
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return string(raw), 0
}

func (c *cloud) home() string {
	return filepath.Join(os.TempDir(), "drawbridge-gcloud-"+filepath.Base(c.URL()))
}

func startForGcloud(t *testing.T) *cloud {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED with gcloud: -short")
	}
	if _, err := exec.LookPath("gcloud"); err != nil {
		t.Skip("NOT TESTED with gcloud: it is not installed here")
	}
	c := start(t)
	t.Cleanup(func() { _ = os.RemoveAll(c.home()) })
	return c
}

// credentialFile is what create-cred-config writes for a provider, with this server's addresses put in. Without an
// account it is for direct access.
func (c *cloud) credentialFile(email string) string {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "cred.json")
	args := []string{"iam", "workload-identity-pools", "create-cred-config", strings.TrimPrefix(awsAud, "//iam.googleapis.com/"), "--aws", "--enable-imdsv2", "--output-file=" + file}
	if email != "" {
		args = append(args, "--service-account="+email)
	}
	if out, code := c.gcloud(args...); code != 0 {
		c.t.Fatal(out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	here := strings.NewReplacer("https://sts.googleapis.com", c.URL(), "https://iamcredentials.googleapis.com", c.URL()).Replace(string(raw))
	if err := os.WriteFile(file, []byte(here), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

// gcloudOnAWS runs gcloud as a workload on AWS would. Each run has a configuration of its own, since gcloud keeps tokens.
func (c *cloud) gcloudOnAWS(w workload, file string, args ...string) (string, int) {
	c.t.Helper()
	env := c.Environ()
	delete(env, "CLOUDSDK_AUTH_ACCESS_TOKEN")
	env["CLOUDSDK_CONFIG"], env["CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"] = c.t.TempDir(), file
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = w.id, w.secret, w.session
	return c.gcloudWith(env, args...)
}

// TestStockGcloudSignsInFromAWS has gcloud's own Python library sign, exchange and impersonate.
func TestStockGcloudSignsInFromAWS(t *testing.T) {
	t.Parallel()
	c := startForGcloud(t)
	c.awsPool(nil, "assertion.arn.startsWith('arn:aws:sts::"+account+":assumed-role/app/')")
	a := c.account("report-reader")
	c.bind(a.Email, "roles/iam.workloadIdentityUser", roleSet)
	for _, member := range []string{"serviceAccount:" + a.Email, roleSet} {
		if err := c.Google().Tamper().Grant(project, "roles/browser", member); err != nil {
			t.Fatal(err)
		}
	}
	app := c.assume("app", "i-0abc")
	if out, code := c.gcloudOnAWS(app, c.credentialFile(a.Email), "projects", "describe", project); code != 0 || !strings.Contains(out, number) {
		t.Errorf("got exit %d\n%s\nwant the project, read as the service account", code, out)
	}
	if out, code := c.gcloudOnAWS(app, c.credentialFile(""), "projects", "describe", project); code != 0 || !strings.Contains(out, number) {
		t.Errorf("got exit %d\n%s\nwant the project, read directly", code, out)
	}
	out, code := c.gcloudOnAWS(c.assume("other", "i-0abc"), c.credentialFile(a.Email), "projects", "describe", project)
	if code == 0 || !strings.Contains(out, "rejected by the attribute condition") {
		t.Errorf("got exit %d\n%s\nwant the refusal of the condition", code, out)
	}
}

// TestStockGcloudCannotTell types what people and generated scripts type.
func TestStockGcloudCannotTell(t *testing.T) {
	t.Parallel()
	c := startForGcloud(t)
	for _, tc := range typed {
		if out, code := c.gcloud(strings.Fields(tc.line)...); code != tc.code || !strings.Contains(out, tc.want) {
			t.Errorf("gcloud %s:\ngot exit %d\n%s\nwant exit %d with %q", tc.line, code, out, tc.code, tc.want)
		}
	}
}

const (
	sa    = "ci-runner@acme-build.iam.gserviceaccount.com"
	wip   = "iam workload-identity-pools "
	where = " --location=global --project=acme-build"
	of    = " --workload-identity-pool=cli-pool" + where
	set   = "principalSet://iam.googleapis.com/projects/" + number + "/locations/global/workloadIdentityPools/cli-pool/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/app"
)

// typed is what people and generated scripts type, in one session, with the exit code and a part of the answer.
var typed = []struct {
	line string
	code int
	want string
}{
	{"projects describe acme-build", 0, "projectNumber: '512345678901'"},
	{"projects describe nobodys-project", 1, "does not have permission"},
	{"projects list --format=value(projectId)", 0, "acme-legacy"},
	{"projects get-iam-policy acme-build", 0, "user:operator@acme.example"},
	{"projects add-iam-policy-binding acme-build --role=roles/browser --member=user:dev@acme.example --condition=None", 0, "roles/browser"},
	{"projects add-iam-policy-binding acme-build --role=roles/browser --member=user:nobody@acme.example --condition=None", 1, "does not exist"},
	{"projects remove-iam-policy-binding acme-build --role=roles/browser --member=user:dev@acme.example --condition=None", 0, "Updated IAM policy"},
	{"services list --enabled --project=acme-build --format=value(config.name)", 0, "iam.googleapis.com"},
	{"services enable iamcredentials.googleapis.com --project=acme-build", 0, "finished successfully"},
	{"services enable sts.googleapis.com webrisk.googleapis.com --project=acme-build", 0, "finished successfully"},
	{"services enable nope.googleapis.com --project=acme-build", 1, "nope.googleapis.com"},
	{"iam service-accounts create ci-runner --project=acme-build --display-name=CI --description=runner", 0, "Created service account [ci-runner]."},
	{"iam service-accounts create ci-runner --project=acme-build", 1, "already exists within project projects/acme-build"},
	{"iam service-accounts create x --project=acme-build", 1, "INVALID_ARGUMENT"},
	{"iam service-accounts describe " + sa, 0, "email: " + sa},
	{"iam service-accounts describe nobody@acme-build.iam.gserviceaccount.com", 1, "denied on resource (or it may not exist)"},
	{"iam service-accounts list --project=acme-build --format=value(email)", 0, sa},
	{"iam service-accounts update " + sa + " --display-name=New", 0, "Updated serviceAccount"},
	{"iam service-accounts disable " + sa, 0, "Disabled service account"},
	{"iam service-accounts enable " + sa, 0, "Enabled service account"},
	{"iam service-accounts keys list --iam-account=" + sa + " --managed-by=user", 0, "Listed 0 items."},
	{"iam service-accounts keys create /dev/null --iam-account=" + sa, 0, "created key"},
	{"iam service-accounts keys list --iam-account=" + sa + " --managed-by=user --format=value(keyType)", 0, "USER_MANAGED"},
	{"iam service-accounts get-iam-policy " + sa, 0, "etag: ACAB"},
	{wip + "list" + where, 0, "acme-build.svc.id.goog"},
	{wip + "list --show-deleted" + where, 0, "aws-acme"},
	{wip + "describe aws-acme" + where, 0, "state: DELETED"},
	{wip + "describe nope-pool" + where, 1, "NOT_FOUND"},
	{wip + "create aws-acme" + where, 1, "Requested entity already exists"},
	{wip + "undelete aws-acme" + where, 0, "aws-acme/operations/"},
	{wip + "delete aws-acme" + where, 0, "Deleted workload identity pool [aws-acme]."},
	{wip + "create cli-pool --display-name=CLI" + where, 0, "Created workload identity pool [cli-pool]."},
	{wip + "create gcp-pool" + where, 1, "INVALID_ARGUMENT"},
	{wip + "update cli-pool --disabled" + where, 0, "Updated workload identity pool [cli-pool]."},
	{wip + "update cli-pool --no-disabled --description=x" + where, 0, "Updated workload identity pool [cli-pool]."},
	{wip + "providers create-aws aws-prov --account-id=123456789012" + of, 0, "Created workload identity pool provider [aws-prov]."},
	{wip + "providers create-aws aws-prov --account-id=123456789012" + of, 1, "Requested entity already exists"},
	{wip + "providers create-aws aws-bad --account-id=12" + of, 1, "12"},
	{wip + "providers create-oidc jwt-prov --issuer-uri=https://x.example --attribute-mapping=google.subject=assertion.sub" + of, 0, "Created workload identity pool provider [jwt-prov]."},
	{wip + "providers update-aws aws-prov --attribute-condition=assertion.arn!='' --display-name=AWS" + of, 0, "Updated workload identity pool provider [aws-prov]."},
	{wip + "providers update-aws aws-prov --attribute-condition=broken(" + of, 1, "Invalid attribute condition"},
	{wip + "providers describe aws-prov" + of, 0, "attributeCondition: assertion.arn"},
	{wip + "providers list" + of, 0, "aws-prov"},
	{wip + "providers delete jwt-prov" + of, 0, "Deleted workload identity pool provider [jwt-prov]."},
	{wip + "providers undelete jwt-prov" + of, 0, "jwt-prov/operations/"},
	{"iam service-accounts add-iam-policy-binding " + sa + " --role=roles/iam.workloadIdentityUser --member=" + set + " --condition=None", 0, "roles/iam.workloadIdentityUser"},
	{"iam service-accounts add-iam-policy-binding " + sa + " --role=roles/iam.workloadIdentityUser --member=" + strings.Replace(set, number, project, 1) + " --condition=None", 1, "Identity Pool does not exist"},
	{"auth print-identity-token --impersonate-service-account=" + sa + " --audiences=x --include-email", 1, "getAccessToken"},
	{"iam service-accounts add-iam-policy-binding " + sa + " --role=roles/iam.serviceAccountTokenCreator --member=user:operator@acme.example --condition=None", 0, "TokenCreator"},
	{"auth print-identity-token --impersonate-service-account=" + sa + " --audiences=x --include-email", 0, "eyJ"},
	{"auth print-access-token --impersonate-service-account=" + sa, 0, "ya29.c."},
	{"iam roles describe roles/iam.workloadIdentityUser", 0, "iam.serviceAccounts.getAccessToken"},
	{"iam roles list --project=acme-build", 0, "Listed 0 items."},
	{"iam service-accounts delete " + sa, 0, "deleted service account"},
	{"resource-manager org-policies describe iam.workloadIdentityPoolProviders --project=acme-build --effective", 0, "allValues: ALLOW"},
	{"org-policies describe iam.disableServiceAccountCreation --project=acme-build --effective", 0, "enforce: false"},
}

// TestStockGcloudWritesAWholePolicy reads a policy to a file, writes it back, and is refused with what is out of date by then.
func TestStockGcloudWritesAWholePolicy(t *testing.T) {
	t.Parallel()
	c := startForGcloud(t)
	policy, code := c.gcloud("projects", "get-iam-policy", project, "--format=json")
	if code != 0 {
		t.Fatal(policy)
	}
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := c.gcloud("projects", "set-iam-policy", project, file); code != 0 || !strings.Contains(out, "user:operator@acme.example") {
		t.Errorf("got exit %d\n%s\nwant the policy", code, out)
	}
	if out, code := c.gcloud("projects", "set-iam-policy", project, file); code == 0 || !strings.Contains(out, "concurrent") {
		t.Errorf("with an old etag: got exit %d\n%s\nwant a refusal of the concurrent change", code, out)
	}
}
