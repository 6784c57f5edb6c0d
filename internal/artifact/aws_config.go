package artifact

import (
	"fmt"
	"slices"
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
	text := fmt.Sprintf("# Bridge %s: AWS credentials for workloads that run as %s.\n", b.Name, b.ToAWSEmail()) +
		"# drawbridge generate aws-config --into ~/.aws/config puts these profiles there. No other profile and no key is needed.\n" + in.profiles()
	return File{
		Path:    "aws-config",
		Kind:    kind,
		For:     "workload",
		Where:   "~/.aws/config on the workload that runs as " + b.ToAWSEmail(),
		Command: "aws --profile " + b.Name + " sts get-caller-identity",
		Bytes:   []byte(text),
	}, nil
}

// profiles are two ways to the same role: a program that gives sessions, and a file that holds a fresh token, for what can
// run no program.
func (in Input) profiles() string {
	b := in.Bridge
	var out strings.Builder
	for _, p := range in.Profiles() {
		fmt.Fprintf(&out, "[profile %s]\n", p.Name)
		for _, s := range p.Settings {
			fmt.Fprintf(&out, "%s = %s\n", s[0], s[1])
		}
		if p.Name == b.Name {
			out.WriteString("\n")
		}
	}
	return out.String()
}

// Profile is one section of ~/.aws/config.
type Profile struct {
	Name     string
	Settings [][2]string // key and value, in order
}

// Profiles are those that AWSConfig writes.
func (in Input) Profiles() []Profile {
	b := in.Bridge
	common := [][2]string{{"region", b.AWS.Region}}
	if in.Endpoints.AWS != "" {
		common = append(common, [2]string{"endpoint_url", strings.TrimRight(in.Endpoints.AWS, "/")})
	}
	// The SDKs want an absolute path: they expand neither ~ nor variables. They do not hand the region on. Some give the
	// line to a shell and some split it themselves, in the shell's manner.
	process := fmt.Sprintf("%s credential-process --role %s --audience %s --region %s --session-name %s",
		in.program(), b.ToAWSRoleARN(), shellWord(b.ToAWS.Audience), b.AWS.Region, sessionName(b))
	return []Profile{
		{b.Name, append(slices.Clone(common), [2]string{"credential_process", process})},
		{b.Name + "-file", append(slices.Clone(common), [][2]string{
			{"role_arn", b.ToAWSRoleARN()}, {"web_identity_token_file", in.tokenFile()}, {"role_session_name", sessionName(b)},
		}...)},
	}
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
