package artifact

import (
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Terraform writes the bridge for Terraform: a root, and one module for each cloud, of which the one for AWS can be
// applied alone. What a plan found in place is imported by the root, so that adopting it changes nothing. A switch for
// the whole account is never managed: destroying it would turn every other user off.
func Terraform(in Input) ([]File, error) {
	const kind = "terraform"
	b := in.Bridge
	if err := adoptsNothing(kind, b); err != nil {
		return nil, err
	}
	t := &terraform{b: b, there: in.There}
	if in.Facts != nil {
		t.number, _ = in.Facts.ProjectNumber.Get()
	}
	t.cloud = "google"
	google := t.google()
	t.cloud = "aws"
	aws := t.aws()
	file := func(path, text string) File {
		return File{Path: "terraform/" + path, Kind: kind, For: "operator", Where: "in version control", Command: "terraform -chdir=terraform init", Bytes: []byte(text)}
	}
	return []File{file("main.tf", t.root()), file("google/main.tf", google), file("aws/main.tf", aws)}, nil
}

// terraform is the configuration in the making.
type terraform struct {
	b       spec.Bridge
	there   map[string]bool
	number  string // of the project; "" when it is not known, then nothing that needs it is imported
	cloud   string // the module being written
	imports []struct{ to, id string }
}

func (t *terraform) resource(h *hcl, kind, label, step, id string, attrs ...attr) {
	t.resourceWith(h, kind, label, step, id, attrs)
}

// resourceWith writes a resource, and remembers how what is there of its step is imported.
func (t *terraform) resourceWith(h *hcl, kind, label, step, id string, attrs []attr, more ...func()) {
	h.line("")
	h.block("resource "+hclText(kind)+" "+hclText(label), attrs, more...)
	if t.there[step] {
		t.imports = append(t.imports, struct{ to, id string }{"module." + t.cloud + "." + kind + "." + label, id})
	}
}

func (t *terraform) root() string {
	h := &hcl{}
	b := t.b
	h.line("# Bridge %s: a Google Cloud project and an AWS account that trust each other without keys.", b.Name)
	if b.ToGoogle != nil && b.ToGoogle.Role.Instance != "" {
		h.line("# The AWS provider cannot give a profile to a running instance; this does, once:")
		h.line("# aws ec2 associate-iam-instance-profile --instance-id %s --iam-instance-profile Name=%s", b.ToGoogle.Role.Instance, b.ToGoogle.Role.Name)
	}
	h.block("terraform", []attr{{"required_version", hclText(">= 1.7.0")}}, func() {
		h.block("required_providers", []attr{
			{"aws", "{\n  source  = \"hashicorp/aws\"\n  version = \">= 5.100.0, < 7.0.0\"\n}"},
			{"google", "{\n  source  = \"hashicorp/google\"\n  version = \">= 6.0.0, < 8.0.0\"\n}"},
		})
	})
	h.line("")
	h.block(`provider "aws"`, []attr{{"region", hclText(b.AWS.Region)}, {"allowed_account_ids", hclList([]string{b.AWS.Account})}})
	h.line("")
	h.block(`provider "google"`, []attr{{"project", hclText(b.Google.Project)}})
	google, aws := []attr{{"source", hclText("./google")}}, []attr{{"source", hclText("./aws")}}
	if t.jwt() {
		t.variable(h, "issuer", "token issuer of the AWS account: aws iam get-outbound-web-identity-federation-info")
		google = append(google, attr{"issuer", "var.issuer"})
		aws = append(aws, attr{"project_number", "module.google.project_number"})
	}
	if b.ToAWS != nil {
		aws = append(aws, attr{"unique_id", "module.google.unique_id"})
	}
	h.line("")
	h.block(`module "google"`, google)
	h.line("")
	h.block(`module "aws"`, aws)
	for _, i := range t.imports {
		h.line("")
		h.block("import", []attr{{"to", i.to}, {"id", hclText(i.id)}})
	}
	for _, name := range t.outputs() {
		h.line("")
		h.block("output "+hclText(name), []attr{{"value", "module.aws." + name}})
	}
	return h.out.String()
}

func (t *terraform) outputs() []string {
	var out []string
	if t.b.ToAWS != nil {
		out = append(out, "to_aws_role_arn")
	}
	if t.b.ToGoogle != nil {
		out = append(out, "to_google_role_arn")
	}
	return out
}
