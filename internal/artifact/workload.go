package artifact

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

const workloadKind = "workload"

// runtime is somewhere a workload runs.
type runtime struct {
	name string
	to   string // the direction that it uses
	make func(Input) ([]File, error)
}

// runtimes lists where workloads run, once, in the order of the files. systemd is any Linux machine of Google's that has
// it.
func runtimes() []runtime {
	return []runtime{
		{"vm", toAWS, Input.vm},
		{"systemd", toAWS, Input.systemd},
		{"cloud-run", toAWS, one(Input.cloudRun)},
		{"gke", toAWS, one(Input.gke)},
		{spec.RunsOnEC2, toGoogle, one(Input.ec2)},
		{spec.RunsOnLambda, toGoogle, one(Input.lambda)},
		{spec.RunsOnECS, toGoogle, one(Input.ecs)},
		{spec.RunsOnEKS, toGoogle, one(Input.eks)},
	}
}

// Runtimes lists what Input.Runtimes may hold.
func Runtimes() []string {
	var names []string
	for _, r := range runtimes() {
		names = append(names, r.name)
	}
	return names
}

// Workload writes what a workload needs to start on each runtime, and a sample in three languages for each direction.
func Workload(in Input) ([]File, error) {
	if in.Jobs != nil {
		return AuditJobs(*in.Jobs)
	}
	var files []File
	for _, r := range runtimes() {
		if !in.runsOn(r) {
			continue
		}
		if err := in.checkRuntime(r); err != nil {
			return nil, err
		}
		made, err := r.make(in)
		if err != nil {
			return nil, err
		}
		files = append(files, made...)
	}
	return append(files, in.samples()...), nil
}

// runsOn reports whether files for a runtime are wanted: those asked for, else those that the bridge is for.
func (in Input) runsOn(r runtime) bool {
	b := in.Bridge
	switch {
	case in.Runtimes != nil:
		return slices.Contains(in.Runtimes, r.name)
	case r.to == toGoogle:
		return b.ToGoogle != nil && b.ToGoogle.Role.RunsOn == r.name
	case r.name == "gke":
		return b.ToAWS != nil && b.ToAWS.GKE != nil
	}
	return b.ToAWS != nil
}

// checkRuntime refuses a runtime on which the bridge would not let the workload over.
func (in Input) checkRuntime(r runtime) error {
	b := in.Bridge
	no := func(why string) error { return &DirectionError{workloadKind, r.name + ": " + why} }
	switch {
	case r.to == toAWS && b.ToAWS == nil:
		return no("the bridge has no toAWS direction")
	case r.to == toGoogle && b.ToGoogle == nil:
		return no("the bridge has no toGoogle direction")
	case r.to == toGoogle && b.ToGoogle.Role.RunsOn != r.name:
		return no("the role of this bridge runs on " + b.ToGoogle.Role.RunsOn + ", and its trust admits nothing else")
	case r.name == "gke" && b.ToAWS.GKE == nil:
		return no("no Kubernetes account is bound; set toAWS.gke")
	}
	return nil
}

// notRun is the first line of a file that no test could run.
func notRun(where string) string {
	return "Not run: its form is checked by tests, but there was no " + where + " to run it on."
}

// ran is the first line of a file that a test of drawbridge runs, and says where it never ran.
func ran(script, never string) string {
	return "Run by drawbridge's tests (" + script + ".txtar) as it stands, against its sandbox. Not run: " + never + "."
}

// The scripts of cmd/drawbridge/testdata/stock that run these files.
const (
	inBash       = "bash-workload"
	inNodeAWS    = "node-to-aws"
	inNodeGoogle = "node-to-google"
	neverClouds  = "against AWS and Google Cloud themselves"
)

func workloadFile(path, where, command string, data []byte) File {
	return File{Path: "workload/" + path, Kind: workloadKind, For: "workload", Where: where, Command: command, Bytes: data}
}

// pairsOf is a mapping whose keys stay in this order.
func pairsOf(pairs ...any) yaml.MapSlice {
	var m yaml.MapSlice
	for i := 0; i+1 < len(pairs); i += 2 {
		m = append(m, yaml.MapItem{Key: pairs[i], Value: pairs[i+1]})
	}
	return m
}

// yamlDocs are documents of one file below lines of comment.
func yamlDocs(comments []string, docs ...any) ([]byte, error) {
	var out strings.Builder
	for _, c := range comments {
		out.WriteString("# " + oneLine(c) + "\n")
	}
	for i, d := range docs {
		if i > 0 {
			out.WriteString("---\n")
		}
		f, err := yamlFile("", "", d)
		if err != nil {
			return nil, err
		}
		out.Write(f.Bytes)
	}
	return []byte(out.String()), nil
}

// execToAWS starts a program with the role's credentials: they are renewed while it runs, and gone when it ends.
func (in Input) execToAWS() []string {
	b := in.Bridge
	return []string{
		in.program(), "exec", "--to", "aws", "--role", b.ToAWSRoleARN(), "--audience", b.ToAWS.Audience, "--region", b.AWS.Region,
		"--session-name", sessionName(b), "--",
	}
}

// execToGoogle is the same towards Google, for runtimes where Google's libraries find nothing by themselves.
func (in Input) execToGoogle(number string) []string {
	b := in.Bridge
	audience := b.ProviderAudience(number)
	if b.ToGoogle.Token == spec.TokenJWT {
		audience = b.JWTAudience(number)
	}
	words := []string{
		in.program(), "exec", "--to", "google", "--role", b.ToGoogleRoleARN(), "--audience", audience, "--region", b.AWS.Region, "--project", b.Google.Project,
	}
	if email := b.ToGoogleEmail(); email != "" {
		words = append(words, "--impersonate-service-account", email)
	}
	return append(words, "--")
}
