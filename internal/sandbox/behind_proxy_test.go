package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cloud.google.com/go/auth/credentials"
	"golang.org/x/oauth2"
	oauth2google "golang.org/x/oauth2/google"
	crm "google.golang.org/api/cloudresourcemanager/v1"
	googleiam "google.golang.org/api/iam/v1"
	"google.golang.org/api/option"
	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const (
	acme       = "acme-build"
	acmeNumber = "512345678901"
	onAWS      = "web-on-aws@acme-build.iam.gserviceaccount.com"
	// credentialConfig is what gcloud writes for the bridge below, byte for byte.
	credentialConfig = "testdata/clients/aws-imdsv2.json"
	awsProvider      = "projects/" + acmeNumber + "/locations/global/workloadIdentityPools/live-pool/providers/aws-prov"
)

// bridged is a sandbox behind the clouds' real names with a bridge from the role of an instance to a service account
// that may read the project. It is built with the stock clients and no endpoint.
func bridged(t *testing.T) *sandbox.Server {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("NOT TESTED behind the proxy: Go asks the system for its authorities here, not SSL_CERT_FILE")
	}
	s := start(t, sandbox.Options{Proxy: true, AsInstance: "i-0acce550000000006"})
	signedIn := &oauth2.Transport{Base: behind(t, s).Transport, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.World().OperatorToken()})}
	o := option.WithHTTPClient(&http.Client{Transport: signedIn})
	usage, pools := must(serviceusage.NewService(t.Context(), o))(t), must(googleiam.NewService(t.Context(), o))(t)
	must(usage.Services.BatchEnable("projects/"+acmeNumber, &serviceusage.BatchEnableServicesRequest{ServiceIds: []string{"sts.googleapis.com", "iamcredentials.googleapis.com"}}).Do())(t)
	const parent = "projects/" + acme + "/locations/global"
	must(pools.Projects.Locations.WorkloadIdentityPools.Create(parent, &googleiam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("live-pool").Do())(t)
	must(pools.Projects.Locations.WorkloadIdentityPools.Providers.Create(parent+"/workloadIdentityPools/live-pool", &googleiam.WorkloadIdentityPoolProvider{
		Aws: &googleiam.Aws{AccountId: "123456789012"}, AttributeCondition: "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/web-server/')",
	}).WorkloadIdentityPoolProviderId("aws-prov").Do())(t)
	must(pools.Projects.ServiceAccounts.Create("projects/"+acme, &googleiam.CreateServiceAccountRequest{AccountId: "web-on-aws"}).Do())(t)
	must(pools.Projects.ServiceAccounts.SetIamPolicy("projects/"+acme+"/serviceAccounts/"+onAWS, &googleiam.SetIamPolicyRequest{Policy: &googleiam.Policy{
		Version: 3, Bindings: []*googleiam.Binding{{Role: "roles/iam.workloadIdentityUser", Members: []string{
			"principalSet://iam.googleapis.com/projects/" + acmeNumber + "/locations/global/workloadIdentityPools/live-pool/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/web-server",
		}}},
	}}).Do())(t)
	if err := s.Google().Tamper().Grant(acme, "roles/browser", "serviceAccount:"+onAWS); err != nil {
		t.Fatal(err)
	}
	return s
}

// asWorkload is the environment of a program on the instance: the proxy, the configuration that gcloud wrote, and no
// operator of either cloud.
func asWorkload(t *testing.T, s *sandbox.Server) []string {
	t.Helper()
	env := slices.DeleteFunc(clientEnv(t, s), func(e string) bool {
		return strings.HasPrefix(e, "AWS_SHARED_CREDENTIALS_FILE=") || strings.HasPrefix(e, "AWS_REGION=") || strings.HasPrefix(e, "AWS_DEFAULT_REGION=") ||
			strings.Contains(e, "ACCESS_TOKEN=")
	})
	config := must(filepath.Abs(credentialConfig))(t)
	return append(env, "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "GOOGLE_APPLICATION_CREDENTIALS="+config, "CLOUDSDK_CONFIG="+t.TempDir(),
		"CLOUDSDK_CORE_DISABLE_PROMPTS=1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true")
}

// output runs a program and answers what it said and its exit code.
func output(t *testing.T, env []string, program string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return string(out), exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out), 0
}

func says(t *testing.T, want string, env []string, program string, args ...string) {
	t.Helper()
	if out, code := output(t, env, program, args...); code != 0 || !strings.Contains(out, want) {
		t.Errorf("%s %s: got exit %d\n%s\nwant %q", program, strings.Join(args, " "), code, out, want)
	}
}

// workloadKey tells the test's own binary, started anew, to be a workload with one of Google's Go libraries, or the source
// of a load. Only a process of its own takes proxy and authorities from the environment.
const workloadKey = "DRAWBRIDGE_TEST_WORKLOAD"

func TestMain(m *testing.M) {
	if library, ok := os.LookupEnv(workloadKey); ok {
		os.Exit(workload(library))
	}
	os.Exit(m.Run())
}

func workload(library string) int {
	if library == "load" {
		return generate()
	}
	ctx := context.Background()
	client, err := signIn(ctx, library)
	if err == nil {
		var project *crm.Project
		if project, err = client.Projects.Get(acme).Do(); err == nil {
			_, err = io.WriteString(os.Stdout, "project "+project.ProjectId+"\n")
		}
	}
	if err != nil {
		_, _ = io.WriteString(os.Stderr, err.Error()+"\n")
		return 1
	}
	return 0
}

func signIn(ctx context.Context, library string) (*crm.Service, error) {
	if library == "auth" {
		made, err := credentials.DetectDefault(&credentials.DetectOptions{Scopes: []string{crm.CloudPlatformScope}})
		if err != nil {
			return nil, err
		}
		return crm.NewService(ctx, option.WithAuthCredentials(made))
	}
	made, err := oauth2google.FindDefaultCredentials(ctx, crm.CloudPlatformScope)
	if err != nil {
		return nil, err
	}
	return crm.NewService(ctx, option.WithHTTPClient(oauth2.NewClient(ctx, made.TokenSource)))
}

// TestUneditedFilesWorkBehindTheProxy has every stock program read the very file that gcloud writes.
func TestUneditedFilesWorkBehindTheProxy(t *testing.T) {
	t.Parallel()
	s := bridged(t)
	t.Run("Go, auth", func(t *testing.T) {
		says(t, "project "+acme, append(asWorkload(t, s), workloadKey+"=auth"), must(os.Executable())(t))
	})
	t.Run("Go, oauth2", func(t *testing.T) {
		says(t, "project "+acme, append(asWorkload(t, s), workloadKey+"=oauth2"), must(os.Executable())(t))
	})
	t.Run("Node", func(t *testing.T) {
		t.Parallel()
		says(t, acmeNumber, asWorkload(t, s), "node", nodeProgram(t))
	})
	t.Run("aws as the instance", func(t *testing.T) {
		stock(t, "aws")
		t.Parallel()
		says(t, "arn:aws:sts::123456789012:assumed-role/web-server/i-0acce550000000006", append(asWorkload(t, s), "AWS_REGION=ap-southeast-2"), "aws", "sts", "get-caller-identity")
	})
	t.Run("gcloud writes the file", func(t *testing.T) {
		stock(t, "gcloud")
		t.Parallel()
		file := filepath.Join(t.TempDir(), "written.json")
		says(t, "Created credential configuration file", asWorkload(t, s), "gcloud", "iam", "workload-identity-pools", "create-cred-config", awsProvider,
			"--service-account="+onAWS, "--aws", "--enable-imdsv2", "--output-file="+file)
		if got, want := must(os.ReadFile(file))(t), must(os.ReadFile(credentialConfig))(t); string(got) != string(want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
	t.Run("gcloud signs in with it", func(t *testing.T) {
		stock(t, "gcloud")
		t.Parallel()
		env := asWorkload(t, s)
		says(t, "Authenticated with external account credentials for: ["+onAWS+"]", env, "gcloud", "auth", "login", "--cred-file="+must(filepath.Abs(credentialConfig))(t))
		says(t, acmeNumber, env, "gcloud", "projects", "describe", acme)
	})
}

// TestKeyFilesWorkBehindTheProxy has gcloud make a key and sign in with the file that it wrote.
func TestKeyFilesWorkBehindTheProxy(t *testing.T) {
	stock(t, "gcloud")
	t.Parallel()
	s := bridged(t)
	file := filepath.Join(t.TempDir(), "key.json")
	operators := append(clientEnv(t, s), "CLOUDSDK_CONFIG="+t.TempDir(), "CLOUDSDK_CORE_DISABLE_PROMPTS=1")
	says(t, "created key", operators, "gcloud", "iam", "service-accounts", "keys", "create", file, "--iam-account="+onAWS)
	env := asWorkload(t, s)
	says(t, "Activated service account credentials for: ["+onAWS+"]", env, "gcloud", "auth", "activate-service-account", "--key-file="+file)
	says(t, acmeNumber, env, "gcloud", "projects", "describe", acme)
}

// nodeProgram installs Google's library for Node beside a copy of the program, as its lock file says.
func nodeProgram(t *testing.T) string {
	t.Helper()
	stock(t, "node")
	stock(t, "npm")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/node")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED with Node: google-auth-library cannot be installed here: %v\n%s", err, out)
	}
	return filepath.Join(dir, "who.js")
}

// TestOperatorsToolsWorkBehindTheProxy has the operator's own tools find both clouds without an endpoint.
func TestOperatorsToolsWorkBehindTheProxy(t *testing.T) {
	t.Parallel()
	s := bridged(t)
	env := append(clientEnv(t, s), "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true")
	for line, want := range map[string]string{
		"aws sts get-caller-identity":                               "user/operator",
		"aws iam list-roles":                                        "web-server",
		"aws sqs create-queue --queue-name jobs":                    "https://sqs.us-east-1.amazonaws.com/123456789012/jobs",
		"aws ec2 describe-regions":                                  "eu-west-1",
		"gcloud projects describe " + acme:                          acmeNumber,
		"gcloud iam workload-identity-pools list --location=global": "live-pool",
		"gcloud iam service-accounts list":                          onAWS,
		"gcloud services list --enabled":                            "sts.googleapis.com",
		"gcloud org-policies describe iam.disableServiceAccountCreation --project=" + acme + " --effective": "enforce: false",
	} {
		args := strings.Fields(line)
		t.Run(line, func(t *testing.T) {
			stock(t, args[0])
			t.Parallel()
			says(t, want, append(slices.Clone(env), "CLOUDSDK_CONFIG="+t.TempDir()), args[0], args[1:]...)
		})
	}
	t.Run("terraform plan", func(t *testing.T) {
		t.Parallel()
		terraform(t, s, terraformDir(t, s), 2, "plan", "-detailed-exitcode")
	})
}
