package artifact_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// ranBy says for each file of a workload which script of the stock programs runs it, with which line. Without one, nothing
// runs the file. Where no file stands in the line, what it became does.
var ranBy = map[string]struct{ script, line string }{
	"vm-startup.sh":                         {"bash-workload", "exec bash out/workload/vm-startup.sh"},
	"systemd/both-ways-token":               {"bash-workload", "exec vm/usr/local/lib/drawbridge/both-token $WORK/both.jwt"},
	"systemd/drawbridge-both-ways@.service": {},
	"systemd/drawbridge-both-ways@.timer":   {},
	"cloud-run.yaml":                        {},
	"gke.yaml":                              {},
	"ec2-user-data.sh":                      {"bash-workload", "exec bash out/workload/ec2-user-data.sh"},
	"lambda.sh":                             {},
	"ecs-task.sh":                           {},
	"eks.yaml":                              {},
	"samples/to-aws/main.go":                {"bash-workload", "exec go build -C $REPOSITORY -o $WORK/to-aws $WORK/out/workload/samples/to-aws/main.go"},
	"samples/to-aws.py":                     {"bash-workload", "exec python3 out/workload/samples/to-aws.py"},
	"samples/to-aws.mjs":                    {"node-to-aws", "exec sh run.sh to-aws"},
	"samples/to-google/main.go":             {"bash-workload", "exec go build -C $REPOSITORY -o $WORK/to-google $WORK/out/workload/samples/to-google/main.go"},
	"samples/to-google.py":                  {},
	"samples/to-google.mjs":                 {"node-to-google", "exec sh run.sh to-google"},
}

// firstLines is how far a reader need look for whether a file was run.
const firstLines = 4

func TestFirstLinesSayWhatRanTheFile(t *testing.T) {
	seen := map[string]bool{}
	for _, set := range [][]string{
		{"toAWS.gke={namespace: ci, serviceAccount: runner}"},
		{"toGoogle.role.runsOn=lambda"},
		{"toGoogle.role.runsOn=ecs"},
		{"toGoogle.role.runsOn=eks", "toGoogle.role.eks={cluster: c, namespace: n, serviceAccount: s}"},
	} {
		files, err := artifact.Make("workload", input(t, set...))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			path := strings.TrimPrefix(f.Path, "workload/")
			seen[path] = true
			truthful(t, path, f.Bytes)
		}
	}
	for path := range ranBy {
		if !seen[path] {
			t.Errorf("%s was not generated", path)
		}
	}
}

var claim = regexp.MustCompile(`Run by drawbridge's tests \(([a-z0-9-]+)\.txtar\) as it stands`)

// truthful compares what a file says of itself with the script that it names.
func truthful(t *testing.T, path string, data []byte) {
	t.Helper()
	want, known := ranBy[path]
	if !known {
		t.Errorf("%s: nobody said what runs it", path)
	}
	lines := strings.Split(string(data), "\n")
	head := strings.Join(lines[:min(firstLines, len(lines))], "\n")
	got := claim.FindStringSubmatch(head)
	switch {
	case !strings.Contains(head, "Not run:"):
		t.Errorf("%s does not say where it was not run:\n%s", path, head)
	case want.script == "" && got != nil, want.script != "" && (got == nil || got[1] != want.script):
		t.Errorf("%s: got %q, want script %q:\n%s", path, got, want.script, head)
	case want.script != "" && !slices.Contains(scriptLines(t, want.script), want.line):
		t.Errorf("%s: %s.txtar has no line %q", path, want.script, want.line)
	}
}

func scriptLines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile("../../cmd/drawbridge/testdata/stock/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

// User data of a bridge whose workload shows a token of AWS is another text than the one that is run.
func TestUserDataForATokenOfAWSSaysItWasNotRun(t *testing.T) {
	files, err := artifact.Make("workload", input(t, "toGoogle.token=jwt"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f artifact.File) bool { return f.Path == "workload/ec2-user-data.sh" })
	if i < 0 || claim.Match(files[i].Bytes) {
		t.Errorf("file %d claims to have been run as it stands", i)
	}
}

func TestFilesOfASpreadAuditSayThatNothingRanThem(t *testing.T) {
	files, err := artifact.AuditJobs(fleet())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if text := string(f.Bytes) + strings.Join(f.Remaining, "\n"); !strings.Contains(text, "Not run:") {
			t.Errorf("%s does not say that it was not run", f.Path)
		}
	}
}
