package artifact_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// gcloud, given the same inputs, writes the same files: nothing is left out and nothing added.
func TestCredentialConfigIsWhatGcloudWrites(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with gcloud: -short")
	}
	if _, err := exec.LookPath("gcloud"); err != nil {
		t.Skip("NOT TESTED with gcloud: it is not installed here")
	}
	const provider = "projects/512345678901/locations/global/workloadIdentityPools/both-ways/providers/"
	account := "--service-account=report-reader@acme-build.iam.gserviceaccount.com"
	command := "/usr/local/bin/drawbridge token --role arn:aws:iam::123456789012:role/drawbridge/report-reader --audience https://iam.googleapis.com/" +
		provider + "aws-123456789012-jwt --region us-east-1"
	for _, tt := range []struct {
		name string
		set  []string
		life time.Duration
		args []string
	}{
		{"ec2", nil, 0, []string{provider + "aws-123456789012", "--aws", "--enable-imdsv2", account}},
		{"ec2, ten minutes", nil, 10 * time.Minute, []string{provider + "aws-123456789012", "--aws", "--enable-imdsv2", account, "--service-account-token-lifetime-seconds=600"}},
		{"ec2, direct", []string{"toGoogle.access=direct"}, 0, []string{provider + "aws-123456789012", "--aws", "--enable-imdsv2"}},
		{"lambda", []string{"toGoogle.role.runsOn=lambda"}, 0, []string{provider + "aws-123456789012", "--aws", "--enable-imdsv2", account}},
		{"ecs", []string{"toGoogle.role.runsOn=ecs"}, time.Hour, []string{
			provider + "aws-123456789012-jwt", account, "--executable-command=" + command, "--executable-timeout-millis=30000", "--service-account-token-lifetime-seconds=3600",
		}},
		{"ecs, direct", []string{"toGoogle.role.runsOn=ecs", "toGoogle.access=direct"}, 0, []string{
			provider + "aws-123456789012-jwt", "--executable-command=" + command, "--executable-timeout-millis=30000",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := input(t, tt.set...)
			in.Lifetime = tt.life
			if diff := cmp.Diff(gclouds(t, tt.args), string(made(t, "credential-config", in).Bytes)); diff != "" {
				t.Errorf("gcloud's (-) and ours (+):\n%s", diff)
			}
		})
	}
}

func gclouds(t *testing.T, args []string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "config.json")
	c := exec.CommandContext(t.Context(), "gcloud", append([]string{"iam", "workload-identity-pools", "create-cred-config", "--output-file=" + file}, args...)...)
	c.Env = append(os.Environ(), "CLOUDSDK_CONFIG="+dir, "CLOUDSDK_CORE_DISABLE_PROMPTS=1", "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING=true")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("gcloud: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCredentialConfigRefusesWhatCannotWork(t *testing.T) {
	for _, tt := range []struct {
		set  []string
		life time.Duration
		want string
	}{
		{[]string{"toGoogle.role.runsOn=ecs", "toGoogle.token=signed-request"}, 0, "set toGoogle.token: jwt"},
		{[]string{"toGoogle.access=direct"}, time.Hour, "direct access"},
		{nil, time.Minute, "outside 10m to 12h"},
		{nil, 13 * time.Hour, "outside 10m to 12h"},
	} {
		in := input(t, tt.set...)
		in.Lifetime = tt.life
		_, err := artifact.Make("credential-config", in)
		if !isDirection(err) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, %s: got %v, want %q", tt.set, tt.life, err, tt.want)
		}
	}
}
