package sandbox_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// plugins is where the stock AWS provider lies when it is installed for use without a network.
func plugins() string {
	if dir := os.Getenv("DRAWBRIDGE_TEST_TF_PLUGINS"); dir != "" {
		return dir
	}
	return "/opt/tf-plugins"
}

// terraformDir is an initialised directory with the test's configuration.
func terraformDir(t *testing.T, s *sandbox.Server) string {
	t.Helper()
	stock(t, "terraform")
	if _, err := os.Stat(filepath.Join(plugins(), "registry.terraform.io/hashicorp/aws")); err != nil {
		t.Skip("NOT TESTED with Terraform: its AWS provider is not installed here")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/clients/terraform")); err != nil {
		t.Fatal(err)
	}
	terraform(t, s, dir, 0, "init", "-plugin-dir="+plugins())
	return dir
}

func TestStockTerraformMakesKeepsAndDestroys(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	dir := terraformDir(t, s)
	terraform(t, s, dir, 0, "apply", "-auto-approve")
	terraform(t, s, dir, 0, "plan", "-detailed-exitcode")
	terraform(t, s, dir, 0, "destroy", "-auto-approve")
	terraform(t, s, dir, 2, "plan", "-detailed-exitcode")
}

func terraform(t *testing.T, s *sandbox.Server, dir string, want int, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "terraform", append(args, "-no-color", "-input=false")...)
	cmd.Dir = dir
	cmd.Env = append(clientEnv(t, s), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	out, err := cmd.CombinedOutput()
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Fatalf("terraform %v: exit %d, want %d\n%s", args, got, want, out)
	}
}
