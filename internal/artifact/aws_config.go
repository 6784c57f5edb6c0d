package artifact

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// AWSConfig writes a profile for ~/.aws/config whose credentials come from drawbridge on the Google workload: no key is
// stored, and none is in the file.
func AWSConfig(in Input) (File, error) {
	const kind = "aws-config"
	b := in.Bridge
	if b.ToAWS == nil {
		return File{}, &DirectionError{kind, "the bridge has no toAWS direction"}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Bridge %s: AWS credentials for workloads that run as %s.\n", b.Name, b.ToAWSEmail())
	fmt.Fprintf(&out, "# Append this profile to ~/.aws/config. No other profile and no key is needed.\n")
	fmt.Fprintf(&out, "[profile %s]\nregion = %s\n", b.Name, b.AWS.Region)
	if in.Endpoints.AWS != "" {
		fmt.Fprintf(&out, "endpoint_url = %s\n", strings.TrimRight(in.Endpoints.AWS, "/"))
	}
	// The SDKs want an absolute path: they expand neither ~ nor variables. They do not hand the region on. Some give the
	// line to a shell and some split it themselves, in the shell's manner.
	fmt.Fprintf(&out, "credential_process = %s credential-process --role %s --audience %s --region %s --session-name %s\n",
		in.program(), b.ToAWSRoleARN(), shellWord(b.ToAWS.Audience), b.AWS.Region, sessionName(b))
	return File{
		Path:    "aws-config",
		Kind:    kind,
		For:     "workload",
		Where:   "~/.aws/config on the workload that runs as " + b.ToAWSEmail(),
		Command: "aws --profile " + b.Name + " sts get-caller-identity",
		Bytes:   []byte(out.String()),
	}, nil
}

// sessionName is how sessions of the bridge are called in AWS's logs, as credential-process calls them by itself.
func sessionName(b spec.Bridge) string {
	name := "drawbridge-" + b.Name
	return name[:min(len(name), 64)]
}

// BridgeFile writes the bridge itself, complete: every default is written out.
func BridgeFile(in Input) (File, error) {
	data, err := in.Bridge.YAML()
	if err != nil {
		return File{}, fmt.Errorf("write bridge.yaml: %w", err)
	}
	return File{
		Path:    "bridge.yaml",
		Kind:    bridgeKind,
		For:     "operator",
		Where:   "in version control: it holds no secret",
		Command: "drawbridge plan -f bridge.yaml",
		Bytes:   data,
	}, nil
}
