package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// google is the Google half, a module of its own. Members are additive: what others grant stays.
func (t *terraform) google() []byte {
	b := t.b
	f, h := newHCL("The Google half of bridge "+b.Name+".",
		"A pool that was deleted keeps its id for 30 days: undelete it with gcloud and import it, since creating it fails.")
	providers(h.block("terraform", nil), "google")
	if t.jwt() {
		variable(h, "issuer", "token issuer of the AWS account; the account-wide switch itself is never managed here")
	}
	h.block("resource", []string{"google_project_service", "api"}, attr{"for_each", textSet(b.APIs())},
		attr{"project", text(b.Google.Project)}, attr{"service", name("each.value")}, attr{"disable_on_destroy", name("false")})
	for _, api := range b.APIs() {
		t.found("google.apis", "google_project_service", "api", api, b.Google.Project+"/"+api)
	}
	if b.ToAWS != nil {
		t.account(h, "to_aws", toAWS, b.ToAWSAccountID(), b.ToAWSEmail())
		t.machines(h)
		output(h, "unique_id", "google_service_account.to_aws.unique_id")
		output(h, "to_aws_service_account", "google_service_account.to_aws.email")
	}
	if b.ToGoogle != nil {
		t.pool(h)
		output(h, "to_google_provider", "google_iam_workload_identity_pool_provider.bridge.name")
		if b.ToGoogle.Access != spec.AccessDirect {
			output(h, "to_google_service_account", "google_service_account.to_google.email")
		}
	}
	return hclBytes(f)
}

// afterAPIs is for what nothing else makes wait until the APIs are on.
func afterAPIs() attr { return attr{"depends_on", nameList("google_project_service.api")} }

func (t *terraform) account(h *hcl, label, direction, id, email string) {
	project := t.b.Google.Project
	h.block("resource", []string{"google_service_account", label},
		attr{"project", text(project)}, attr{"account_id", text(id)},
		attr{"display_name", text(steps.AccountDisplayName(t.b, direction))}, attr{"description", text(t.b.Description())}, afterAPIs())
	t.found("google.service-account."+direction, "google_service_account", label, "", "projects/"+project+"/serviceAccounts/"+email)
}

// machines is the VM that runs as the service account and the Kubernetes account that may act as it.
func (t *terraform) machines(h *hcl) {
	if t.b.ToAWS.VM != nil {
		t.vm(h)
	}
	if t.b.ToAWS.GKE != nil {
		t.member(h, "gke", "google.gke-binding", "to_aws", t.b.ToAWSEmail(), text(t.b.GKEMember()), t.b.GKEMember())
	}
}

// member lets somebody act as a service account.
func (t *terraform) member(h *hcl, label, step, account, email string, member expression, known string) {
	const role = "roles/iam.workloadIdentityUser"
	h.block("resource", []string{"google_service_account_iam_member", label},
		attr{"service_account_id", name("google_service_account." + account + ".name")}, attr{"role", text(role)}, attr{"member", member})
	if known != "" {
		known = "projects/" + t.b.Google.Project + "/serviceAccounts/" + email + " " + role + " " + known
	}
	t.found(step, "google_service_account_iam_member", label, "", known)
}

func (t *terraform) pool(h *hcl) {
	b := t.b
	h.block("resource", []string{"google_iam_workload_identity_pool", "bridge"},
		attr{"project", text(b.Google.Project)}, attr{"workload_identity_pool_id", text(b.ToGoogle.Pool)},
		attr{"display_name", text(steps.PoolDisplayName(b))}, attr{"description", text(b.Description())}, afterAPIs())
	t.found("google.pool", "google_iam_workload_identity_pool", "bridge", "", b.PoolName(b.Google.Project))
	t.provider(h)
	member, known := t.bound()
	if b.ToGoogle.Access != spec.AccessDirect {
		t.account(h, "to_google", toGoogle, b.ToGoogleAccountID(), b.ToGoogleEmail())
		t.member(h, "bridge", "google.binding", "to_google", b.ToGoogleEmail(), member, known)
		member, known = name("google_service_account.to_google.member"), "serviceAccount:"+b.ToGoogleEmail()
	}
	for _, g := range b.ToGoogle.Grants {
		t.grant(h, g, member, known)
	}
}

// bound is the principal set of the role, by the name of the pool, which Google writes with the project's number; and as
// it is known by now, "" when it is not.
func (t *terraform) bound() (member expression, known string) {
	if t.number != "" {
		known = t.b.Member(t.number)
	}
	return hclSpliced(t.memberPieces(), "google_iam_workload_identity_pool.bridge.name"), known
}

func (t *terraform) provider(h *hcl) {
	b := t.b
	p := h.block("resource", []string{"google_iam_workload_identity_pool_provider", "bridge"},
		attr{"project", text(b.Google.Project)},
		attr{"workload_identity_pool_id", name("google_iam_workload_identity_pool.bridge.workload_identity_pool_id")},
		attr{"workload_identity_pool_provider_id", text(b.ToGoogle.Provider)},
		attr{"display_name", text(steps.PoolDisplayName(b))}, attr{"description", text(b.Description())},
		attr{"attribute_condition", text(b.Condition())}, attr{"attribute_mapping", textMap(b.Mapping())})
	if t.jwt() {
		p.block("oidc", nil, attr{"issuer_uri", name("var.issuer")})
		output(h, "project_number", `split("/", google_iam_workload_identity_pool.bridge.name)[1]`)
	} else {
		p.block("aws", nil, attr{"account_id", text(b.AWS.Account)})
	}
	t.found("google.provider", "google_iam_workload_identity_pool_provider", "bridge", "", b.ProviderName(b.Google.Project))
}

func (t *terraform) grant(h *hcl, g spec.Grant, member expression, known string) {
	called := grantLabel(g)
	grant := h.block("resource", []string{"google_project_iam_member", called},
		attr{"project", text(t.b.Google.Project)}, attr{"role", text(g.Role)}, attr{"member", member})
	id := ""
	if known != "" {
		id = t.b.Google.Project + " " + g.Role + " " + known
	}
	if c := g.Condition; c != nil {
		in := grant.block("condition", nil, attr{"title", text(c.Title)}, attr{"expression", text(c.Expression)})
		if c.Description != "" {
			in.set(attr{"description", text(c.Description)})
		}
		id = withTitle(id, c.Title)
	}
	t.found("google.grants", "google_project_iam_member", called, "", id)
}

// withTitle is the id of a conditional grant. It is split at white space when it is read, and joined by single spaces:
// a title that this changes cannot be imported.
func withTitle(id, title string) string {
	if id == "" || strings.Join(strings.Fields(title), " ") != title {
		return ""
	}
	return id + " " + title
}

// grantLabel names a grant by what it grants, so that another one beside it changes nothing here.
func grantLabel(g spec.Grant) string {
	if g.Condition == nil && !strings.ContainsAny(g.Role, "_-") {
		return label(g.Role)
	}
	said := g.Role
	if c := g.Condition; c != nil {
		said += "\x00" + c.Title + "\x00" + c.Description + "\x00" + c.Expression
	}
	sum := sha256.Sum256([]byte(said))
	return label(g.Role) + "_" + hex.EncodeToString(sum[:4])
}

// vm is the machine. A newer image of its family does not replace it.
func (t *terraform) vm(h *hcl) {
	b, vm := t.b, t.b.ToAWS.VM
	m := h.block("resource", []string{"google_compute_instance", "vm"},
		attr{"project", text(b.Google.Project)}, attr{"name", text(vm.Name)}, attr{"zone", text(vm.Zone)},
		attr{"machine_type", text(vm.MachineType)}, attr{"labels", textMap(b.Labels())})
	m.block("boot_disk", nil).block("initialize_params", nil, attr{"image", text(vm.SourceImage())})
	network := m.block("network_interface", nil, attr{"network", text(vm.Network)})
	if vm.ExternalIP {
		network.block("access_config", nil)
	}
	m.block("service_account", nil, attr{"email", name("google_service_account.to_aws.email")},
		attr{"scopes", textList([]string{"https://www.googleapis.com/auth/cloud-platform"})})
	m.block("lifecycle", nil, attr{"ignore_changes", nameList("boot_disk")})
	m.body.AppendNewline()
	m.set(afterAPIs())
	t.found("google.vm", "google_compute_instance", "vm", "", "projects/"+b.Google.Project+"/zones/"+vm.Zone+"/instances/"+vm.Name)
}
