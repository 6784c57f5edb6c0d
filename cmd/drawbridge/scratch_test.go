//go:build linux

package main

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestProgramRunsInAnEmptyContainer runs the program as it is released, named by DRAWBRIDGE_TEST_BINARY, as the only file
// of a container from scratch: no shell, no libraries, no users, no /tmp, no /proc, no home, and nothing that it could
// write to. CI builds it; see .ci/run.
func TestProgramRunsInAnEmptyContainer(t *testing.T) {
	binary := os.Getenv("DRAWBRIDGE_TEST_BINARY")
	if binary == "" {
		t.Skip("NOT TESTED in an empty container: DRAWBRIDGE_TEST_BINARY names no static program")
	}
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED in an empty container: only root may change the root directory here")
	}
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 || file.Section(".interp") != nil {
		t.Errorf("got libraries %v, %v, want a static program", libraries, err)
	}
	_ = file.Close()
	data, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "drawbridge"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	_, env := onGoogle(t)
	contained := func(args ...string) (string, error) {
		c := exec.CommandContext(t.Context(), "/drawbridge", args...)
		c.Env = []string{}
		for name, value := range env {
			if name != "DRAWBRIDGE_HOME" && name != "AWS_CONFIG_FILE" && name != "AWS_SHARED_CREDENTIALS_FILE" {
				c.Env = append(c.Env, name+"="+value)
			}
		}
		c.Dir = "/"
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := c.CombinedOutput()
		return string(out), err
	}
	role := []string{"--role", "arn:aws:iam::123456789012:role/drawbridge/ci-runner", "--audience", "https://sts.amazonaws.com/123456789012/ci-runner"}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"drawbridge", []string{"version"}},
		{`"SessionToken"`, append([]string{"credential-process"}, role...)},
		{"drawbridge", append(append([]string{"exec"}, role...), "--", "/drawbridge", "version")},
	} {
		if out, err := contained(tt.args...); err != nil || !strings.Contains(out, tt.want) {
			t.Errorf("%s: got %v and\n%s\nwant %s", strings.Join(tt.args, " "), err, out, tt.want)
		}
	}
	if left, err := os.ReadDir(root); err != nil || len(left) != 1 {
		t.Errorf("got %v, %v in the container, want the program alone", left, err)
	}
}
