package artifact

import "fmt"

const bridgeKind = "bridge"

// maker makes the files of one kind.
type maker struct {
	kind string
	make func(Input) ([]File, error)
}

func one(make func(Input) (File, error)) func(Input) ([]File, error) {
	return func(in Input) ([]File, error) {
		f, err := make(in)
		if err != nil {
			return nil, err
		}
		return []File{f}, nil
	}
}

// makers lists every kind once, in the order in which files are shown.
func makers() []maker {
	return []maker{
		{"terraform", Terraform},                     // Terraform, a module for each cloud
		{"cloudformation", one(CloudFormation)},      // the AWS half as a stack
		{"shell", one(Shell)},                        // gcloud and aws
		{"credential-config", one(CredentialConfig)}, // Google's libraries on AWS
		{"aws-config", one(AWSConfig)},               // AWS SDKs on Google
		{workloadKind, Workload},                     // what a workload needs to start
		{"report", one(Report)},                      // people
		{bridgeKind, one(BridgeFile)},                // the bridge, with every default written out
	}
}

// Kinds lists what a person may ask for, in order. The bridge's own file is written beside them by setup, never alone.
func Kinds() []string {
	var kinds []string
	for _, m := range makers() {
		if m.kind != bridgeKind {
			kinds = append(kinds, m.kind)
		}
	}
	return kinds
}

// Several reports whether a kind is more than one file, which need a directory.
func Several(kind string) bool { return kind == "terraform" || kind == workloadKind }

// Make makes the files of one kind. Its errors are *UnknownFactError, *DirectionError or a kind that does not exist.
func Make(kind string, in Input) ([]File, error) {
	for _, m := range makers() {
		if m.kind == kind {
			return m.make(in)
		}
	}
	return nil, fmt.Errorf("generate %s: no such kind of file", kind)
}

// KindsOf lists the kinds that a bridge has a use for, in the order in which files are shown.
func KindsOf(in Input) []string {
	var kinds []string
	if in.Bridge.ToGoogle != nil {
		kinds = append(kinds, "credential-config")
	}
	if in.Bridge.ToAWS != nil {
		kinds = append(kinds, "aws-config")
	}
	return append(kinds, "report", bridgeKind)
}
