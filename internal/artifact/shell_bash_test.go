package artifact_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// bash makes the same calls, word for word, as shellReader says it would.
func TestShellIsReadAsBashReadsIt(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("NOT TESTED with bash: it is not installed here")
	}
	all := variations()
	maps.Copy(all, inShellOnly())
	inputs := map[string]artifact.Input{}
	for name, set := range all {
		inputs[name] = input(t, set...)
	}
	for _, text := range meaning() {
		if in, ok := with(t, text); ok {
			inputs[text] = in
		}
	}
	for name, in := range inputs {
		script := made(t, "shell", in).Bytes
		var want [][]string
		for _, c := range calls(t, script, answers(in.Bridge)) {
			if c[0] == "aws" || c[0] == "gcloud" {
				want = append(want, c)
			}
		}
		if diff := cmp.Diff(bashCalls(t, bash, script, in), want); diff != "" {
			t.Errorf("%q: bash's (-) and the reader's (+):\n%s", name, diff)
		}
	}
}

// stubs stand behind a script's own functions: nothing is there yet, and each call is written down, but for the questions.
const stubs = `found() { return 1; }
retry() { [ "$1" = found ] || "$@"; }
stop() { printf 'stopped: %s\n' "$1"; exit 1; }
note() { printf '%s\0' "$#" "$@" >>calls; }
answer() {
  case "$*" in
    *get-caller-identity*) printf '%s\n' "$account" ;;
    *'value(projectNumber)') printf '%s\n' PROJECT ;;
    *'value(uniqueId)') printf '%s\n' UNIQUE ;;
    *IssuerIdentifier*) printf '%s\n' ISSUER ;;
    *list-instance-profile-tags*) printf '%s\n' "$mark" ;;
    *--query*) ;;
    *) return 1 ;;
  esac
}
aws() { answer "$@" || note aws "$@"; }
gcloud() { answer "$@" || note gcloud "$@"; }
`

// bashCalls runs a script, with stubs, in a directory in which it must leave nothing else.
func bashCalls(t *testing.T, bash string, script []byte, in artifact.Input) [][]string {
	t.Helper()
	const last = "found() { \"$@\" >/dev/null 2>&1; }\n"
	head, body, ok := strings.Cut(string(script), last)
	if !ok {
		t.Fatal("the script does not begin as expected")
	}
	known := strings.NewReplacer("PROJECT", project, "UNIQUE", uniqueID, "ISSUER", issuer).Replace(stubs)
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), bash, "-s")
	c.Dir, c.Stdin = dir, strings.NewReader(head+last+known+body)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", in.Bridge.Name, err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the script left %v", left)
	}
	return parted(t, strings.Split(string(data), "\x00"))
}

// parted takes a list of counted lists apart.
func parted(t *testing.T, words []string) [][]string {
	t.Helper()
	var out [][]string
	for len(words) > 1 {
		n, err := strconv.Atoi(words[0])
		if err != nil || n >= len(words) {
			t.Fatalf("got %q where the number of words stands", words[0])
		}
		out, words = append(out, words[1:n+1]), words[n+1:]
	}
	return out
}
