package artifact_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

var update = flag.Bool("update", false, "write the golden files anew")

const bothWays = `version: 1
name: both-ways
google: {project: acme-build}
aws: {account: "123456789012", region: us-east-1}
toAWS:
  serviceAccount: deployer
  role: {name: deployer, managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
toGoogle:
  role: {name: report-reader, runsOn: ec2}
  grants: [roles/storage.objectViewer]
`

// input makes the input of a bridge text, with --set and the project number known.
func input(t *testing.T, set ...string) artifact.Input {
	t.Helper()
	b, err := spec.ParseWith("bridge.yaml", []byte(bothWays), set)
	if err != nil {
		t.Fatal(err)
	}
	facts := &steps.Facts{}
	facts.ProjectNumber.Set("512345678901")
	return artifact.Input{Bridge: b, Facts: facts}
}

func made(t *testing.T, kind string, in artifact.Input) artifact.File {
	t.Helper()
	f, err := artifact.Make(kind, in)
	if err != nil || len(f) == 0 {
		t.Fatalf("making %s: %d files, %v", kind, len(f), err)
	}
	return f[0]
}

func TestFilesAreAsTheyWere(t *testing.T) {
	elsewhere := artifact.Endpoints{
		GoogleSTS: "http://127.0.0.1:8080/", GoogleCredentials: "http://127.0.0.1:8080/",
		EC2Metadata: "http://127.0.0.1:8080/", AWS: "http://127.0.0.1:8080",
	}
	for _, tt := range []struct {
		name, kind string
		set        []string
		endpoints  artifact.Endpoints
	}{
		{name: "credential-config", kind: "credential-config"},
		{name: "credential-config direct", kind: "credential-config", set: []string{"toGoogle.access=direct"}},
		{name: "credential-config lambda in GovCloud", kind: "credential-config", set: []string{"toGoogle.role.runsOn=lambda", "aws.region=us-gov-west-1", "toAWS.role.managedPolicies=[]"}},
		{name: "credential-config elsewhere", kind: "credential-config", endpoints: elsewhere},
		{name: "credential-config jwt", kind: "credential-config", set: []string{"toGoogle.token=jwt", "toGoogle.role.runsOn=ecs"}},
		{name: "shell", kind: "shell"},
		{name: "shell jwt", kind: "shell", set: []string{"toGoogle.token=jwt"}},
		{name: "cloudformation", kind: "cloudformation"},
		{name: "cloudformation jwt explicit", kind: "cloudformation", set: []string{"toGoogle.token=jwt", "toAWS.provider=explicit"}},
		{name: "terraform", kind: "terraform"},
		{name: "aws-config", kind: "aws-config"},
		{name: "aws-config elsewhere", kind: "aws-config", endpoints: elsewhere},
		{name: "report", kind: "report"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := input(t, tt.set...)
			in.Endpoints = tt.endpoints
			asBefore(t, allOf(t, tt.kind, in))
		})
	}
}

// allOf is the files of a kind, one after the other.
func allOf(t *testing.T, kind string, in artifact.Input) []byte {
	t.Helper()
	files, err := artifact.Make(kind, in)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, f := range files {
		if len(files) > 1 {
			all = fmt.Appendf(all, "-- %s --\n", f.Path)
		}
		all = append(all, f.Bytes...)
	}
	return all
}

// asBefore compares with the golden file of the test, or writes it with -update.
func asBefore(t *testing.T, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "-")+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("want (-) and got (+):\n%s", diff)
	}
}

// The sample is what gcloud 528 wrote for these inputs (facts gathered with the real program).
func TestCredentialConfigIsGcloudsByteForByte(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("testdata", "gcloud-528-aws-imdsv2.json"))
	if err != nil {
		t.Fatal(err)
	}
	in := input(t, "google.project=my-proj", "toGoogle.pool=aws-pool", "toGoogle.provider=aws-prov", "toGoogle.serviceAccount=sa1-sa1")
	in.Facts.ProjectNumber.Set("123456789012")
	got := made(t, "credential-config", in).Bytes
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("gcloud's (-) and ours (+):\n%s", diff)
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	in := input(t)
	for _, kind := range artifact.KindsOf(in) {
		first, second := made(t, kind, in), made(t, kind, input(t))
		if !bytes.Equal(first.Bytes, second.Bytes) {
			t.Errorf("%s: got two different files for one input", kind)
		}
	}
}

func TestUnknownFactNamesTheStepThatFillsIt(t *testing.T) {
	in := input(t)
	in.Facts = &steps.Facts{}
	_, err := artifact.Make("credential-config", in)
	e, ok := errors.AsType[*artifact.UnknownFactError](err)
	if !ok || e.Step != "google.project" {
		t.Fatalf("got %v, want an UnknownFactError that names google.project", err)
	}
	graph, err := steps.Of(in.Bridge)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range graph.Steps() {
		if s.About().ID == e.Step {
			return
		}
	}
	t.Errorf("%s is no step of the bridge", e.Step)
}

func TestKindsWithoutUseAreRefused(t *testing.T) {
	for _, tt := range []struct {
		kind string
		set  []string
	}{
		{"terraform", []string{"adopt+=toAWS.role"}},
		{"cloudformation", []string{"adopt+=toAWS.role"}},
		{"shell", []string{"adopt+=toGoogle.pool"}},
	} {
		in := input(t, tt.set...)
		if _, err := artifact.Make(tt.kind, in); !isDirection(err) {
			t.Errorf("%s with %v: got %v, want a DirectionError", tt.kind, tt.set, err)
		}
		if got := strings.Join(artifact.KindsOf(in), " "); strings.Contains(got, tt.kind) {
			t.Errorf("%s with %v: got kinds %s, want it left out", tt.kind, tt.set, got)
		}
	}
}

func isDirection(err error) bool {
	_, ok := errors.AsType[*artifact.DirectionError](err)
	return ok
}

func TestReportKeepsHostileTextAsText(t *testing.T) {
	in := input(t, "toGoogle.condition=assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report-reader/') && '`|<script>' != ''")
	report := string(made(t, "report", in).Bytes)
	if !strings.Contains(report, "``assertion.arn") {
		t.Errorf("got\n%s\nwant the condition fenced with more backticks than it holds", report)
	}
}

func TestManifestTellsStaleFromEdited(t *testing.T) {
	in := input(t)
	f := made(t, "aws-config", in)
	m, err := artifact.NewManifest(in.Bridge, []artifact.File{f})
	if err != nil {
		t.Fatal(err)
	}
	moved := made(t, "aws-config", input(t, "aws.region=eu-west-1"))
	for _, tt := range []struct {
		name  string
		now   artifact.File
		found []byte
		want  artifact.State
	}{
		{"untouched", f, f.Bytes, artifact.Current},
		{"bridge moved on", moved, f.Bytes, artifact.Stale},
		{"changed by hand", f, []byte("mine"), artifact.Edited},
		{"emptied", f, []byte{}, artifact.Edited},
		{"gone", f, nil, artifact.Missing},
	} {
		if got := m.Compare(tt.now, tt.found); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestManifestKeepsWhatWasGeneratedBefore(t *testing.T) {
	in := input(t)
	old, err := artifact.NewManifest(in.Bridge, []artifact.File{made(t, "report", in), made(t, "aws-config", in)})
	if err != nil {
		t.Fatal(err)
	}
	newer, err := artifact.NewManifest(in.Bridge, []artifact.File{made(t, "aws-config", input(t, "aws.region=eu-west-1"))})
	if err != nil {
		t.Fatal(err)
	}
	file, err := newer.With(old).File()
	if err != nil {
		t.Fatal(err)
	}
	got, err := artifact.ParseManifest(file.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Files) != 2 || got.Files[0].Kind != "report" || got.Files[1].SHA256 != newer.Files[0].SHA256 {
		t.Errorf("got %+v, want the report and the newer profile", got.Files)
	}
}
