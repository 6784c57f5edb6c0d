package sandbox_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// clientEnv is a bare environment that points at the sandbox.
func clientEnv(t *testing.T, s *sandbox.Server) []string {
	t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LANG=C.UTF-8", "AWS_PAGER=", "NO_PROXY=127.0.0.1"}
	if root := os.Getenv("PYENV_ROOT"); root != "" {
		env = append(env, "PYENV_ROOT="+root)
	}
	for _, e := range s.Exports() {
		env = append(env, e.Name+"="+e.Value)
	}
	return env
}

// stock skips a test of a program that is not ours where that is missing, and under -short: such programs take their time
// to start.
func stock(t *testing.T, program string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("NOT TESTED with %s: -short", program)
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("NOT TESTED with %s: it is not installed here", program)
	}
}

func TestStockBoto3SeesNoDifference(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: not running Python")
	}
	if err := exec.CommandContext(t.Context(), "python3", "-c", "import boto3").Run(); err != nil {
		t.Skip("NOT TESTED with boto3: it is not installed here")
	}
	s := start(t, sandbox.Options{})
	cmd := exec.CommandContext(t.Context(), "python3", "testdata/clients/boto3_calls.py")
	cmd.Env = clientEnv(t, s)
	out, err := cmd.CombinedOutput()
	if err != nil {
		var differ []string
		for line := range strings.Lines(string(out)) {
			if !strings.HasPrefix(line, "ok ") {
				differ = append(differ, line)
			}
		}
		t.Errorf("%v\n%s", err, strings.Join(differ, ""))
	}
}
