package artifact_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// dataInWorkload reads the manifests, the machine's script and its profile's line, and looks for the audience. Those of
// the seeds are run too.
func dataInWorkload(t *testing.T, in artifact.Input, audience string) {
	t.Helper()
	files, err := artifact.Make("workload", in)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string][]byte{}
	for _, f := range files {
		byPath[f.Path] = f.Bytes
	}
	dataInManifests(t, byPath, audience)
	dataInStartup(t, byPath, audience)
	if !fuzzing() {
		dataOnMachine(t, byPath, audience)
	}
}

func dataInManifests(t *testing.T, byPath map[string][]byte, audience string) {
	t.Helper()
	for path, at := range map[string]string{"workload/cloud-run.yaml": "$.spec.template.spec.containers[0].command", "workload/gke.yaml": "$.spec.template.spec.containers[0].command"} {
		_, last, _ := cutLast(string(byPath[path]), "---\n")
		where, err := yaml.PathString(at)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		if err := where.Read(strings.NewReader(last), &words); err != nil || !slices.Contains(words, audience) {
			t.Errorf("%s: got %q, %v, want %q in it", path, words, err, audience)
		}
	}
}

// dataInStartup reads the script of a machine, and what it would leave there.
func dataInStartup(t *testing.T, byPath map[string][]byte, audience string) {
	t.Helper()
	nothing := func([]string) string { return "" }
	files := map[string]string{}
	for _, c := range calls(t, byPath["workload/vm-startup.sh"], nothing) {
		if c[0] == "put" && len(c) == 4 {
			files[c[1]] = c[3]
		} else if c[0] != "set" && c[0] != "umask" {
			t.Errorf("vm-startup.sh runs %q", c)
		}
	}
	fetch := files["/usr/local/lib/drawbridge/both-ways-token"]
	if fetch == "" || fetch != string(byPath["workload/systemd/both-ways-token"]) {
		t.Errorf("the script on the machine is not the one beside it: %q", fetch)
	}
	_, line, _ := strings.Cut(files["/etc/drawbridge/aws-config"], "credential_process = ")
	line, _, _ = strings.Cut(line, "\n")
	handed(t, calls(t, []byte(line), nothing), audience)
	handed(t, calls(t, []byte(fetch), nothing), "audience="+audience)
}

// handed looks for a word that a command is given.
func handed(t *testing.T, commands [][]string, word string) {
	t.Helper()
	if !slices.Contains(slices.Concat(commands...), word) {
		t.Errorf("got %q, want %q in it", commands, word)
	}
}

// dataOnMachine runs the script of a machine below a root of its own, and what the script left there.
func dataOnMachine(t *testing.T, byPath map[string][]byte, audience string) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		return
	}
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), bash, "-s")
	c.Stdin, c.Dir, c.Env = strings.NewReader(string(byPath["workload/vm-startup.sh"])), dir, append(os.Environ(), "DRAWBRIDGE_ROOT="+dir)
	if out, err := c.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("vm-startup.sh: %v\n%s", err, out)
	}
	config, err := os.ReadFile(filepath.Join(dir, "etc/drawbridge/aws-config"))
	if err != nil {
		t.Fatal(err)
	}
	fetch, err := os.ReadFile(filepath.Join(dir, "usr/local/lib/drawbridge/both-ways-token"))
	if err != nil || string(fetch) != string(byPath["workload/systemd/both-ways-token"]) {
		t.Errorf("the script on the machine is not the one beside it: %v", err)
	}
	_, line, _ := strings.Cut(string(config), "credential_process = ")
	line, _, _ = strings.Cut(line, "\n")
	says(t, bash, "printf '<%s>\\n' "+line, "<"+audience+">\n")
	says(t, bash, "curl() { printf '<%s>\\n' \"$@\" >&2; }\nmv() { :; }\nrm() { :; }\ncat() { :; }\nset -- ./token\nshopt -s expand_aliases\n"+string(fetch), "<audience="+audience+">\n")
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("%q was run: %v", audience, left)
	}
}

func says(t *testing.T, bash, script, want string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), bash, "-c", script)
	c.Dir = t.TempDir()
	out, err := c.CombinedOutput()
	if !strings.Contains(string(out), want) {
		t.Errorf("got %s, %v, want %s", out, err, want)
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}
