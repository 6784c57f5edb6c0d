package artifact

import "fmt"

const bridgeKind = "bridge"

// maker makes the file of one kind.
type maker struct {
	kind string
	make func(Input) (File, error)
}

// makers lists every kind once, in the order in which files are shown.
func makers() []maker {
	return []maker{
		{"credential-config", CredentialConfig}, // Google's libraries on AWS
		{"aws-config", AWSConfig},               // AWS SDKs on Google
		{"report", Report},                      // people
		{bridgeKind, BridgeFile},                // the bridge, with every default written out
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

// Make makes the file of one kind. Its errors are *UnknownFactError, *DirectionError or a kind that does not exist.
func Make(kind string, in Input) (File, error) {
	for _, m := range makers() {
		if m.kind == kind {
			return m.make(in)
		}
	}
	return File{}, fmt.Errorf("generate %s: no such kind of file", kind)
}

// KindsOf lists the kinds that a bridge has a use for, in the order in which files are shown.
func KindsOf(in Input) []string {
	var kinds []string
	to := in.Bridge.ToGoogle
	if to != nil && to.Token == "signed-request" {
		kinds = append(kinds, "credential-config")
	}
	if in.Bridge.ToAWS != nil {
		kinds = append(kinds, "aws-config")
	}
	return append(kinds, "report", bridgeKind)
}
