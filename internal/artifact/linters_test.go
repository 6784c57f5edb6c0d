package artifact_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// cfn-lint, terraform fmt and shellcheck look at the files of every variation.
func TestFilesOfEveryVariationPassTheirLinters(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with cfn-lint, terraform fmt and shellcheck: -short")
	}
	dir := t.TempDir()
	var templates, scripts []string
	for name, set := range variations() {
		in := input(t, set...)
		name = strings.ReplaceAll(name, " ", "-")
		templates = append(templates, write(t, dir, name+".json", made(t, "cloudformation", in).Bytes))
		scripts = append(scripts, write(t, dir, name+".sh", made(t, "shell", in).Bytes))
		for _, kind := range []string{"workload", "terraform"} {
			files, err := artifact.Make(kind, in)
			if err != nil {
				t.Fatal(name, err)
			}
			for i, f := range files {
				path := write(t, dir, fmt.Sprintf("%s-%s-%d%s", name, kind, i, extension(f.Path)), f.Bytes)
				if bytes.HasPrefix(f.Bytes, []byte("#!/bin/bash")) {
					scripts = append(scripts, path)
				}
			}
		}
	}
	lint(t, "cfn-lint", templates...)
	lint(t, "shellcheck", append([]string{"--shell=bash"}, scripts...)...)
	lint(t, "terraform", "fmt", "-check", "-diff", dir)
}

func extension(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[i:]
	}
	return ""
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := dir + "/" + name
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lint(t *testing.T, program string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Logf("NOT TESTED with %s: it is not installed here", program)
		return
	}
	c := exec.CommandContext(t.Context(), program, args...)
	c.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1")
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s found: %v\n%s", program, err, out)
	}
}
