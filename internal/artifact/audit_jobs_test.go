package artifact_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

func fleet() artifact.Fleet {
	return artifact.Fleet{Image: "registry.example/acme/audit:1", Shards: 4, Project: "acme-build", Account: "123456789012", Region: "us-east-1"}
}

func jobFile(t *testing.T, path string) artifact.File {
	t.Helper()
	files, err := artifact.AuditJobs(fleet())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Path == path {
			return f
		}
	}
	t.Fatalf("got no %s", path)
	return artifact.File{}
}

// at walks into a document by a path of names and numbers.
func at(t *testing.T, doc any, path string) any {
	t.Helper()
	p, err := yaml.PathString(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := p.Read(strings.NewReader(string(text)), &out); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return out
}

func TestAuditJobsGiveEveryMachineItsPart(t *testing.T) {
	for _, tt := range []struct{ file, path, want string }{
		{"audit-kubernetes.yaml", "$.spec.completionMode", "Indexed"},
		{"audit-kubernetes.yaml", "$.spec.completions", "4"},
		{"audit-kubernetes.yaml", "$.spec.template.spec.containers[0].env[0].name", "DRAWBRIDGE_SHARDS"}, // Kubernetes tells the index alone
		{"audit-kubernetes.yaml", "$.spec.template.spec.containers[0].env[0].value", "4"},
		{"audit-kubernetes.yaml", "$.spec.template.spec.restartPolicy", "Never"}, // what a policy for failing pods asks for
		{"audit-cloud-run.yaml", "$.spec.template.spec.taskCount", "4"},
		{"audit-cloud-run.yaml", "$.spec.template.spec.template.spec.maxRetries", "0"},
		{"audit-batch.json", "$.containerProperties.environment[0].value", "4"},
	} {
		var doc any
		if err := yaml.Unmarshal(jobFile(t, tt.file).Bytes, &doc); err != nil {
			t.Fatalf("%s: %v", tt.file, err)
		}
		got, err := json.Marshal(at(t, doc, tt.path))
		if err != nil || strings.Trim(string(got), `"`) != tt.want {
			t.Errorf("%s %s: got %s, %v, want %s", tt.file, tt.path, got, err, tt.want)
		}
	}
	if text := strings.Join(jobFile(t, "audit-batch.json").Remaining, "\n"); !strings.Contains(text, "--array-properties size=4") {
		t.Errorf("got\n%s\nwant the array's size", text)
	}
}

func TestAuditJobsHoldNoSecretAndAreEqualForEqualInput(t *testing.T) {
	first, err := artifact.AuditJobs(fleet())
	second, other := artifact.AuditJobs(fleet())
	if err != nil || other != nil || len(first) != 4 {
		t.Fatalf("got %d files, %v, %v", len(first), err, other)
	}
	for i := range first {
		if string(first[i].Bytes) != string(second[i].Bytes) || first[i].Kind != "workload" {
			t.Errorf("%s of kind %s differs between two runs, or is no workload", first[i].Path, first[i].Kind)
		}
	}
}

func TestAuditJobsRefuseWhatNoPlatformTakes(t *testing.T) {
	for name, spoil := range map[string]func(*artifact.Fleet){
		"no image":        func(f *artifact.Fleet) { f.Image = "" },
		"image with a \"": func(f *artifact.Fleet) { f.Image = `x"; rm` },
		"one machine":     func(f *artifact.Fleet) { f.Shards = 1 },
		"too many":        func(f *artifact.Fleet) { f.Shards = 1001 },
		"no account":      func(f *artifact.Fleet) { f.Account = "" },
		"a name in caps":  func(f *artifact.Fleet) { f.Name = "Audit" },
	} {
		f := fleet()
		spoil(&f)
		if _, err := artifact.AuditJobs(f); err == nil || !strings.HasPrefix(err.Error(), "generate workload: ") {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
}

func TestBatchTakesTheJobDefinition(t *testing.T) {
	aws, err := exec.LookPath("aws")
	if err != nil || testing.Short() {
		t.Skip("NOT TESTED with the aws command: it is not installed here, or the run is short")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "job.json"), jobFile(t, "audit-batch.json").Bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	// The client holds the input to the service's model; with a skeleton of the output it calls nobody.
	c := exec.CommandContext(t.Context(), aws, "batch", "register-job-definition", "--cli-input-json", "file://job.json", "--generate-cli-skeleton", "output", "--region", "us-east-1")
	c.Dir = dir
	c.Env = append(os.Environ(), "AWS_EC2_METADATA_DISABLED=true", "AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x")
	out, err := c.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "jobDefinitionArn") {
		t.Errorf("got %v\n%s", err, out)
	}
}
