package artifact

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// The versions that the files are written for. terraform init notes the exact ones in .terraform.lock.hcl.
const (
	terraformVersion = ">= 1.7.0, < 2.0.0"
	awsProvider      = ">= 5.100.0, < 7.0.0"
	googleProvider   = ">= 6.0.0, < 8.0.0"
)

// Terraform writes the bridge for Terraform: a root, and one module for each cloud, of which the one for AWS can be
// applied alone. What a plan found in place is imported by the root, so that adopting it changes nothing. A switch for
// the whole account is never managed: destroying it would turn every other user off.
func Terraform(in Input) ([]File, error) {
	const kind = "terraform"
	t, err := newTerraform(kind, in)
	if err != nil {
		return nil, err
	}
	if in.Fleet {
		return t.fleet(kind)
	}
	google := t.google()
	aws, err := t.aws()
	if err != nil {
		return nil, err
	}
	file := func(path string, data []byte) File {
		return File{Path: "terraform/" + path, Kind: kind, For: "operator", Where: "in version control", Command: "terraform -chdir=terraform init", Bytes: data}
	}
	return []File{
		file("main.tf", t.root()), file("imports.tf", t.importing()), file("google/main.tf", google), file("aws/main.tf", aws),
	}, nil
}

func newTerraform(kind string, in Input) (*terraform, error) {
	if err := adoptsNothing(kind, in.Bridge); err != nil {
		return nil, err
	}
	if err := keptByTerraform(kind, in.Bridge); err != nil {
		return nil, err
	}
	t := &terraform{b: in.Bridge, there: in.There}
	if in.Facts != nil {
		t.number, _ = in.Facts.ProjectNumber.Get()
		t.issuer, _ = in.Facts.OutboundIssuer.Get()
	}
	return t, nil
}

// terraform is the configuration in the making.
type terraform struct {
	b       spec.Bridge
	there   map[string]bool
	number  string // of the project; "" when it is not known, then nothing that needs it is imported
	issuer  string // of the AWS account's tokens; "" when it is not known
	imports []imported
}

// imported is how something that is there comes under Terraform.
type imported struct {
	cloud, resource, label string
	key                    string // of one instance; "" where the resource is one
	id                     string
}

// found notes how what is there of a step is imported. The step's id begins with its cloud, as the module is called.
func (t *terraform) found(step, resource, label, key, id string) {
	if t.there[step] && id != "" {
		cloud, _, _ := strings.Cut(step, ".")
		t.imports = append(t.imports, imported{cloud, resource, label, key, id})
	}
}

// to is where it goes.
func (i imported) to() expression {
	address := "module." + i.cloud + "." + i.resource + "." + i.label
	if i.key == "" {
		return name(address)
	}
	return at(address, i.key)
}

func (t *terraform) root() []byte {
	b := t.b
	f, h := newHCL("Bridge " + b.Name + ": a Google Cloud project and an AWS account that trust each other without keys.")
	if b.ToGoogle != nil && b.ToGoogle.Role.Instance != "" {
		h.comment("The AWS provider cannot give a profile to a running instance; this does, once:",
			"aws ec2 associate-iam-instance-profile --instance-id "+b.ToGoogle.Role.Instance+" --iam-instance-profile Name="+b.ToGoogle.Role.Name)
	}
	if t.jwt() {
		h.comment("AWS must issue tokens. That is a switch for the whole account, which no destroy may turn off, so it is not in here:",
			"aws iam enable-outbound-web-identity-federation")
	}
	providers(h.block("terraform", nil, attr{"required_version", text(terraformVersion)}), "aws", "google")
	h.block("provider", []string{"aws"}, attr{"region", text(b.AWS.Region)}, attr{"allowed_account_ids", textList([]string{b.AWS.Account})})
	h.block("provider", []string{"google"}, attr{"project", text(b.Google.Project)})
	google, aws := []attr{{"source", text("./google")}}, []attr{{"source", text("./aws")}}
	if t.jwt() {
		v := variable(h, "issuer", "token issuer of the AWS account: aws iam get-outbound-web-identity-federation-info")
		if t.issuer != "" {
			v.set(attr{"default", text(t.issuer)})
		}
		google = append(google, attr{"issuer", name("var.issuer")})
		aws = append(aws, attr{"project_number", name("module.google.project_number")})
	}
	if b.ToAWS != nil {
		aws = append(aws, attr{"unique_id", name("module.google.unique_id")})
	}
	h.block("module", []string{"google"}, google...)
	h.block("module", []string{"aws"}, aws...)
	for _, o := range t.outputs() {
		output(h, o[1], "module."+o[0]+"."+o[1])
	}
	return hclBytes(f)
}

func (t *terraform) importing() []byte {
	says := "What was there when this was written, taken over without changing it. Once that is done, these blocks may go."
	if len(t.imports) == 0 {
		says = "Nothing of the bridge was there when this was written, so there is nothing to take over."
	}
	f, h := newHCL(says)
	for _, i := range t.imports {
		h.block("import", nil, attr{"to", i.to()}, attr{"id", text(i.id)})
	}
	return hclBytes(f)
}

// outputs are the modules and names of what workloads need to know.
func (t *terraform) outputs() [][2]string {
	var out [][2]string
	if t.b.ToAWS != nil {
		out = append(out, [2]string{"google", "to_aws_service_account"}, [2]string{"aws", "to_aws_role_arn"})
	}
	if to := t.b.ToGoogle; to != nil {
		out = append(out, [2]string{"aws", "to_google_role_arn"}, [2]string{"google", "to_google_provider"})
		if to.Access != spec.AccessDirect {
			out = append(out, [2]string{"google", "to_google_service_account"})
		}
	}
	return out
}

func (t *terraform) jwt() bool { return t.b.ToGoogle != nil && t.b.ToGoogle.Token == spec.TokenJWT }

// providers says where the providers come from, and which versions of them the file is for.
func providers(h *hcl, names ...string) {
	versions := map[string]string{"aws": awsProvider, "google": googleProvider}
	in := h.block("required_providers", nil)
	for _, n := range names {
		in.set(attr{n, objectOf([2]string{"source", "hashicorp/" + n}, [2]string{"version", versions[n]})})
	}
}

func variable(h *hcl, called, description string) *hcl {
	return h.block("variable", []string{called}, attr{"type", name("string")}, attr{"description", text(description)})
}

func output(h *hcl, called, value string) {
	h.block("output", []string{called}, attr{"value", name(value)})
}

// label makes a name for a resource of any text.
func label(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}
