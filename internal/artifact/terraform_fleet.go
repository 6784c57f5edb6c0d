package artifact

import (
	"embed"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
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

func into(kinds object, kind, key string, values object) {
	all, _ := kinds[kind].(object)
	all[key] = values
}

func (t *terraform) fleetGoogle(out object) {
	b := t.b
	for _, api := range b.APIs() {
		into(out, "google_project_service", "api "+api, object{"service": api})
	}
	account := func(key, direction, id string) {
		into(out, "google_service_account", key, object{
			"account_id": id, "display_name": steps.AccountDisplayName(b, direction), "description": b.Description(),
		})
	}
	member := func(key, account string, pieces []string) {
		into(out, "google_service_account_iam_member", key, object{"account": account, "role": "roles/iam.workloadIdentityUser", "member": pieces})
	}
	if b.ToAWS != nil {
		account("to_aws", toAWS, b.ToAWSAccountID())
		if b.ToAWS.GKE != nil {
			member("gke", "to_aws", []string{b.GKEMember()})
		}
		if vm := b.ToAWS.VM; vm != nil {
			into(out, "google_compute_instance", "vm", object{
				"name": vm.Name, "zone": vm.Zone, "machine_type": vm.MachineType, "labels": b.Labels(), "image": vm.SourceImage(),
				"network": vm.Network, "external_ip": vm.ExternalIP,
			})
		}
	}
	if b.ToGoogle == nil {
		return
	}
	t.fleetPool(out)
	grantee := ""
	if b.ToGoogle.Access != spec.AccessDirect {
		account("to_google", toGoogle, b.ToGoogleAccountID())
		member("bridge", "to_google", t.memberPieces())
		grantee = "to_google"
	}
	for _, g := range b.ToGoogle.Grants {
		into(out, "google_project_iam_member", grantLabel(g), object{
			"role": g.Role, "account": grantee, "member": t.memberPieces(), "condition": fleetCondition(g),
		})
	}
}

func fleetCondition(g spec.Grant) []any {
	c := g.Condition
	if c == nil {
		return []any{}
	}
	var description any
	if c.Description != "" {
		description = c.Description
	}
	return []any{object{"title": c.Title, "description": description, "expression": c.Expression}}
}

func (t *terraform) fleetPool(out object) {
	b := t.b
	account := b.AWS.Account
	if t.jwt() {
		account = ""
	}
	names := object{"display_name": steps.PoolDisplayName(b), "description": b.Description()}
	into(out, "google_iam_workload_identity_pool", "bridge", with(names, object{"workload_identity_pool_id": b.ToGoogle.Pool}))
	into(out, "google_iam_workload_identity_pool_provider", "bridge", with(names, object{
		"workload_identity_pool_provider_id": b.ToGoogle.Provider, "attribute_condition": b.Condition(), "attribute_mapping": b.Mapping(),
		"account_id": account,
	}))
}

func with(a, b object) object {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// memberPieces is the principal set of the role, where the pool's name goes between.
func (t *terraform) memberPieces() []string {
	const before = "principalSet://iam.googleapis.com/"
	return []string{before, strings.TrimPrefix(t.b.Member("0"), before+t.b.PoolName("0"))}
}

func (t *terraform) fleetAWS(out object) {
	b := t.b
	if b.ToAWS != nil {
		if b.ToAWS.Provider == spec.ProviderExplicit {
			into(out, "aws_iam_openid_connect_provider", "google", object{"url": "https://" + spec.GoogleIssuer, "tags": b.Tags()})
		}
		t.fleetRole(out, "to_aws", toAWS, b.ToAWS.Role, "unique_id", around(func(w string) string { return b.Trust(w).Compact() }))
	}
	if b.ToGoogle == nil {
		return
	}
	r := b.ToGoogle.Role
	t.fleetRole(out, "to_google", toGoogle, r.Role, "", []string{b.WorkloadTrust().Compact()})
	if t.jwt() {
		into(out, "aws_iam_role_policy", "outbound", object{
			"role": "to_google", "name": spec.OutboundPolicyName, "needs": "project_number",
			"policy": around(func(w string) string { return b.OutboundPolicy(w).Compact() }),
		})
	}
	if r.InstanceProfile {
		into(out, "aws_iam_instance_profile", "to_google", object{"name": r.Name, "path": r.Path, "role": "to_google", "tags": b.Tags()})
	}
}

func (t *terraform) fleetRole(out object, key, direction string, r spec.Role, needs string, trust []string) {
	var boundary any
	if r.PermissionsBoundary != "" {
		boundary = r.PermissionsBoundary
	}
	into(out, "aws_iam_role", key, object{
		"name": r.Name, "path": r.Path, "description": steps.RoleDescription(t.b, direction), "max_session_duration": int(r.MaxSession.Seconds()),
		"permissions_boundary": boundary, "trust": trust, "needs": needs, "tags": t.b.Tags(),
	})
	for _, arn := range r.ManagedPolicies {
		into(out, "aws_iam_role_policy_attachment", key+" "+arn, object{"role": key, "policy_arn": arn})
	}
	if len(r.InlinePolicy) > 0 {
		into(out, "aws_iam_role_policy", key, object{"role": key, "name": spec.InlinePolicyName, "needs": "", "policy": []string{string(r.InlinePolicy)}})
	}
}
