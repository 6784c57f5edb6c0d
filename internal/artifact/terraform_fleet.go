package artifact

import (
	"embed"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// fleetModules are the same for every bridge: a root that goes over the files in bridges, and a module for each cloud.
// No value of a bridge is in them.
//
//go:embed fleet
var fleetModules embed.FS

// fleetFiles are those modules, and where they go.
var fleetFiles = [3]string{"main.tf", "google/main.tf", "aws/main.tf"}

// fleet writes the bridge as one of many: a file of values for a root that has one for each. All trust is derived here,
// none in Terraform.
func (t *terraform) fleet(kind string) ([]File, error) {
	values, err := t.fleetBridge()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", kind, err)
	}
	file := func(path string, data []byte) File {
		return File{Path: "fleet/" + path, Kind: kind, For: "operator", Where: "in version control, beside the other bridges of the account", Command: "terraform -chdir=fleet init", Bytes: data}
	}
	var files []File
	for _, path := range fleetFiles {
		data, err := fleetModules.ReadFile("fleet/" + path)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", kind, err)
		}
		files = append(files, file(path, data))
	}
	return append(files, file("imports.tf", fleetImports()), file("bridges/"+t.b.Name+".json", values)), nil
}

// fleetKinds are the resources of the modules, by cloud.
func fleetKinds() map[string][]string {
	return map[string][]string{
		"aws": {
			"aws_iam_openid_connect_provider", "aws_iam_role", "aws_iam_role_policy_attachment", "aws_iam_role_policy", "aws_iam_instance_profile",
		},
		"google": {
			"google_project_service", "google_service_account", "google_compute_instance", "google_iam_workload_identity_pool",
			"google_iam_workload_identity_pool_provider", "google_service_account_iam_member", "google_project_iam_member",
		},
	}
}

// fleetImports takes over what each bridge's file names.
func fleetImports() []byte {
	f, h := newHCL("What was there when a bridge's file was written, taken over without changing it.")
	kinds := fleetKinds()
	for _, cloud := range []string{"google", "aws"} {
		for _, kind := range kinds[cloud] {
			each := `merge([for called, bridge in local.bridges : { for key, id in bridge.imports.` + kind + ` : "${called} ${key}" => { bridge = called, key = key, id = id } }]...)`
			h.block("import", nil, attr{"for_each", name(each)},
				attr{"to", name("module." + cloud + "[each.value.bridge]." + kind + ".this[each.value.key]")}, attr{"id", name("each.value.id")})
		}
	}
	return hclwrite.Format(f.Bytes())
}

// fleetBridge is the values of the bridge, by the kinds of resources of the modules.
func (t *terraform) fleetBridge() ([]byte, error) {
	b := t.b
	google := object{"project": b.Google.Project}
	aws, imports := object{}, object{}
	for cloud, kinds := range fleetKinds() {
		for _, kind := range kinds {
			imports[kind] = object{}
			if cloud == "aws" {
				aws[kind] = object{}
			} else {
				google[kind] = object{}
			}
		}
	}
	t.fleetGoogle(google)
	t.fleetAWS(aws)
	t.google() // notes what is there
	if _, err := t.aws(); err != nil {
		return nil, err
	}
	for _, i := range t.imports {
		ids, _ := imports[i.resource].(object)
		ids[i.fleetKey()] = i.id
	}
	data, err := unescaped(object{
		"account": b.AWS.Account, "region": b.AWS.Region, "issuer": t.issuer, "google": google, "aws": aws, "imports": imports,
	})
	return append(data, '\n'), err
}

func (i imported) fleetKey() string { return strings.TrimSpace(i.label + " " + i.key) }
