package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// placed applies a bridge and generates files for it into a directory of the user's choice.
func placed(t *testing.T) (env map[string]string, file, dir string) {
	t.Helper()
	_, env = surroundings(t, sandbox.Options{})
	file, dir = bridgeFile(t, "both-ways"), filepath.Join(t.TempDir(), "out")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	drive(t, env, "generate", "credential-config", "workload", "-f", file, "-o", dir).want(t, exitDone)
	return env, file, dir
}

// replaceIn exchanges text in a file that has it.
func replaceIn(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatalf("%s holds no %q: %v\n%s", path, from, err, data)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAuditLooksAtFilesWhereTheyWereWritten(t *testing.T) {
	t.Parallel()
	env, file, dir := placed(t)
	if got := drive(t, env, "audit", "-f", file).want(t, exitDone); strings.Contains(got.out, dir) {
		t.Errorf("untouched files: got\n%s\nwant nothing about %s", got.out, dir)
	}

	config, script := filepath.Join(dir, "credential-config.json"), filepath.Join(dir, "workload", "vm-startup.sh")
	replaceIn(t, config, "external_account", "service_account")
	replaceIn(t, script, "#!", "# x\n#!")
	got := drive(t, env, "audit", "-f", file, "--format", "json").want(t, exitNo)
	for _, want := range []string{config, script, "was edited after it was generated", "GCP-CFG-01", "drawbridge generate workload -o " + dir + `"`} {
		if !strings.Contains(got.out, want) {
			t.Errorf("edited files: got\n%s\nwant %q", got.out, want)
		}
	}

	drive(t, env, "generate", "credential-config", "workload", "-f", file, "-o", dir).want(t, exitDone)
	replaceIn(t, file, "region: us-east-1", "region: us-east-2")
	got = drive(t, env, "audit", "-f", file, "--format", "json").want(t, exitNo)
	if !strings.Contains(got.out, config) || !strings.Contains(got.out, "was generated from an earlier bridge") {
		t.Errorf("stale files: got\n%s\nwant %s from an earlier bridge", got.out, config)
	}

	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if got := drive(t, env, "audit", "-f", file, "--format", "json"); strings.Contains(got.out, dir) {
		t.Errorf("files that are gone: got\n%s\nwant nothing about %s", got.out, dir)
	}
}

func TestAPlaceGivenToAnotherBridgeIsItsOwn(t *testing.T) {
	t.Parallel()
	env, file, dir := placed(t)
	other := bridgeFile(t, "ci-to-sqs")
	drive(t, env, "generate", "report", "-f", other, "-o", dir).want(t, exitDone)
	if got := drive(t, env, "audit", "-f", file, "--format", "json").want(t, exitDone); strings.Contains(got.out, dir) {
		t.Errorf("got\n%s\nwant nothing about %s", got.out, dir)
	}
}

func TestPlacesAreKeptForTheirOwnerAlone(t *testing.T) {
	t.Parallel()
	env, _, dir := placed(t)
	kept, err := filepath.Glob(filepath.Join(env["DRAWBRIDGE_HOME"], "*", "*", "*", "both-ways", placesDir, "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("got %v, %v, want one place", kept, err)
	}
	for path, want := range map[string]os.FileMode{kept[0]: 0o600, filepath.Dir(kept[0]): 0o700} {
		if at, err := os.Stat(path); err != nil || at.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", path, at.Mode(), err, want)
		}
	}
	if data, err := os.ReadFile(kept[0]); err != nil || string(data) != dir+"\n" {
		t.Errorf("got %q, %v, want %s", data, err, dir)
	}
}
