package artifact_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"google.golang.org/api/run/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// Of Kubernetes, what a manifest here may hold: the API server's own types would bring all of Kubernetes along. Names and
// places are those of core/v1 and batch/v1 of Kubernetes 1.29.
type (
	named struct {
		Name        string            `json:"name"`
		Namespace   string            `json:"namespace"`
		Annotations map[string]string `json:"annotations"`
	}
	header struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   named  `json:"metadata"`
	}
	serviceAccount struct{ header }
	configMap      struct {
		header
		Data map[string]string `json:"data"`
	}
	job struct {
		header
		Spec struct {
			BackoffLimit         *int   `json:"backoffLimit"`
			BackoffLimitPerIndex *int   `json:"backoffLimitPerIndex"`
			CompletionMode       string `json:"completionMode"`
			Completions          int    `json:"completions"`
			Parallelism          int    `json:"parallelism"`
			PodFailurePolicy     struct {
				Rules []failureRule `json:"rules"`
			} `json:"podFailurePolicy"`
			Template struct {
				Spec pod `json:"spec"`
			} `json:"template"`
		} `json:"spec"`
	}
	failureRule struct {
		Action      string `json:"action"`
		OnExitCodes struct {
			ContainerName string `json:"containerName"`
			Operator      string `json:"operator"`
			Values        []int  `json:"values"`
		} `json:"onExitCodes"`
	}
	pod struct {
		ServiceAccountName           string            `json:"serviceAccountName"`
		AutomountServiceAccountToken *bool             `json:"automountServiceAccountToken"`
		RestartPolicy                string            `json:"restartPolicy"`
		NodeSelector                 map[string]string `json:"nodeSelector"`
		SecurityContext              struct {
			FSGroup int `json:"fsGroup"`
		} `json:"securityContext"`
		Volumes    []volume    `json:"volumes"`
		Containers []container `json:"containers"`
	}
	volume struct {
		Name      string `json:"name"`
		ConfigMap *struct {
			Name string `json:"name"`
		} `json:"configMap"`
		PersistentVolumeClaim *struct {
			ClaimName string `json:"claimName"`
		} `json:"persistentVolumeClaim"`
	}
	container struct {
		Name    string   `json:"name"`
		Image   string   `json:"image"`
		Command []string `json:"command"`
		Args    []string `json:"args"`
		Env     []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"env"`
		Resources struct {
			Requests map[string]string `json:"requests"`
			Limits   map[string]string `json:"limits"`
		} `json:"resources"`
		VolumeMounts []struct {
			Name      string `json:"name"`
			MountPath string `json:"mountPath"`
			ReadOnly  bool   `json:"readOnly"`
		} `json:"volumeMounts"`
		SecurityContext struct {
			AllowPrivilegeEscalation bool `json:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool `json:"readOnlyRootFilesystem"`
			RunAsNonRoot             bool `json:"runAsNonRoot"`
			Capabilities             struct {
				Drop []string `json:"drop"`
			} `json:"capabilities"`
			SeccompProfile struct {
				Type string `json:"type"`
			} `json:"seccompProfile"`
		} `json:"securityContext"`
	}
)

// shapes are what each kind of document is held to. Google's own are its client's.
func shapes() map[string]func() any {
	return map[string]func() any{
		"v1 ServiceAccount":              func() any { return new(serviceAccount) },
		"v1 ConfigMap":                   func() any { return new(configMap) },
		"batch/v1 Job":                   func() any { return new(job) },
		"serving.knative.dev/v1 Service": func() any { return new(run.Service) },
		"run.googleapis.com/v1 Job":      func() any { return new(run.Job) },
	}
}

func TestManifestsHoldKnownFieldsOnly(t *testing.T) {
	files, err := artifact.AuditJobs(fleet())
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range [][]string{
		{"toAWS.gke={namespace: ci, serviceAccount: runner}"},
		{"toGoogle.role.runsOn=eks", "toGoogle.role.eks={cluster: c, namespace: n, serviceAccount: s}"},
	} {
		more, err := artifact.Make("workload", input(t, set...))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f.Path, ".yaml") {
			for doc := range strings.SplitSeq(string(f.Bytes), "\n---\n") {
				seen[strictly(t, f.Path, doc)] = true
			}
		}
	}
	for kind := range shapes() {
		if !seen[kind] {
			t.Errorf("no manifest holds a %s", kind)
		}
	}
}

// strictly reads a document into the shape of its kind, which it says.
func strictly(t *testing.T, path, doc string) string {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var head header
	if err := json.Unmarshal(data, &head); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	kind := head.APIVersion + " " + head.Kind
	shape, known := shapes()[kind]
	if !known {
		t.Fatalf("%s holds a %s, which has no shape here", path, kind)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	got := shape()
	if err := d.Decode(got); err != nil {
		t.Errorf("%s, %s: %v", path, kind, err)
	}
	if key := lost(tree(t, data), tree(t, encoded(t, got))); key != "" {
		t.Errorf("%s, %s: %s is written otherwise", path, kind, key)
	}
	if head.Metadata.Name == "" {
		t.Errorf("%s, %s: got no name", path, kind)
	}
	return kind
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func tree(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// lost is a key of want that got has not, for Go reads keys whatever their case. Zeros may be left out.
func lost(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		have, _ := got.(map[string]any)
		for k, v := range want {
			if _, ok := have[k]; !ok && (!zero(v) || otherwise(have, k)) {
				return k
			}
			if in := lost(v, have[k]); in != "" {
				return k + "." + in
			}
		}
	case []any:
		have, _ := got.([]any)
		for i := range want {
			if in := lost(want[i], have[i]); in != "" {
				return in
			}
		}
	}
	return ""
}

func zero(v any) bool { return v == any(false) || v == any(0.0) || v == any("") }

// otherwise says whether a key is there in another case.
func otherwise(have map[string]any, key string) bool {
	for k := range have {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}
