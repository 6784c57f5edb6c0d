package artifact

import (
	"strconv"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// google is the Google half, a module of its own. Members are additive: what others grant stays.
func (t *terraform) google() string {
	h := &hcl{}
	b := t.b
	project := hclText(b.Google.Project)
	h.line("# The Google half of bridge %s.", b.Name)
	h.line("# A pool that was deleted keeps its id for 30 days: undelete it with gcloud and import it, since creating it fails.")
	h.block("terraform", nil, func() {
		h.block("required_providers", []attr{{"google", "{\n  source  = \"hashicorp/google\"\n  version = \">= 6.0.0, < 8.0.0\"\n}"}})
	})
	if t.jwt() {
		t.variable(h, "issuer", "token issuer of the AWS account; the account-wide switch itself is never managed here")
	}
	h.line("")
	h.block(`data "google_project" "this"`, []attr{{"project_id", project}})
	for i, api := range b.APIs() {
		t.resource(h, "google_project_service", "api_"+strconv.Itoa(i), "google.apis", b.Google.Project+"/"+api,
			attr{"project", project}, attr{"service", hclText(api)}, attr{"disable_on_destroy", "false"})
	}
	if b.ToAWS != nil {
		t.account(h, "to_aws", toAWS, b.ToAWSAccountID(), b.ToAWSEmail())
		t.machines(h)
	}
	if b.ToGoogle != nil {
		t.pool(h)
	}
	t.googleOutputs(h)
	return h.out.String()
}

func (t *terraform) account(h *hcl, label, direction, id, email string) {
	project := t.b.Google.Project
	t.resource(h, "google_service_account", label, "google.service-account."+direction, "projects/"+project+"/serviceAccounts/"+email,
		attr{"project", hclText(project)}, attr{"account_id", hclText(id)},
		attr{"display_name", hclText(accountDisplayName(t.b, direction))}, attr{"description", hclText(t.b.Description())})
}

// machines is the VM that runs as the service account and the Kubernetes account that may act as it.
func (t *terraform) machines(h *hcl) {
	if t.b.ToAWS.VM != nil {
		t.vm(h)
	}
	if t.b.ToAWS.GKE == nil {
		return
	}
	t.member(h, "gke", "google.gke-binding", "to_aws", t.b.ToAWSEmail(), hclText(t.b.GKEMember()), t.b.GKEMember())
}

// member lets somebody act as a service account.
func (t *terraform) member(h *hcl, label, step, account, email, member, known string) {
	const role = "roles/iam.workloadIdentityUser"
	t.resource(h, "google_service_account_iam_member", label, step, "projects/"+t.b.Google.Project+"/serviceAccounts/"+email+" "+role+" "+known,
		attr{"service_account_id", "google_service_account." + account + ".name"}, attr{"role", hclText(role)}, attr{"member", member})
}

func (t *terraform) pool(h *hcl) {
	b := t.b
	project := hclText(b.Google.Project)
	t.resource(h, "google_iam_workload_identity_pool", "bridge", "google.pool", b.PoolName(b.Google.Project),
		attr{"project", project}, attr{"workload_identity_pool_id", hclText(b.ToGoogle.Pool)},
		attr{"display_name", hclText(poolDisplayName(b))}, attr{"description", hclText(b.Description())})
	t.provider(h)
	number := "${data.google_project.this.number}"
	pieces := around(func(w string) string { return b.Member(w) })
	member := hclSpliced(pieces, number[2:len(number)-1])
	known := b.Member(t.number)
	grantee, granteeKnown := member, known
	if b.ToGoogle.Access != spec.AccessDirect {
		t.account(h, "to_google", toGoogle, b.ToGoogleAccountID(), b.ToGoogleEmail())
		t.member(h, "bridge", "google.binding", "to_google", b.ToGoogleEmail(), member, known)
		grantee, granteeKnown = "google_service_account.to_google.member", "serviceAccount:"+b.ToGoogleEmail()
	}
	for i, g := range b.ToGoogle.Grants {
		t.grant(h, i, g, grantee, granteeKnown)
	}
}

func (t *terraform) provider(h *hcl) {
	b := t.b
	block := func() { h.block("aws", []attr{{"account_id", hclText(b.AWS.Account)}}) }
	if t.jwt() {
		block = func() { h.block("oidc", []attr{{"issuer_uri", "var.issuer"}}) }
	}
	t.resourceWith(h, "google_iam_workload_identity_pool_provider", "bridge", "google.provider", b.ProviderName(b.Google.Project), []attr{
		{"project", hclText(b.Google.Project)},
		{"workload_identity_pool_id", "google_iam_workload_identity_pool.bridge.workload_identity_pool_id"},
		{"workload_identity_pool_provider_id", hclText(b.ToGoogle.Provider)},
		{"display_name", hclText(poolDisplayName(b))},
		{"description", hclText(b.Description())},
		{"attribute_condition", hclText(b.Condition())},
		{"attribute_mapping", hclMap(b.Mapping())},
	}, block)
}

func (t *terraform) grant(h *hcl, i int, g spec.Grant, grantee, known string) {
	id := t.b.Google.Project + " " + g.Role + " " + known
	var more []func()
	if c := g.Condition; c != nil {
		attrs := []attr{{"title", hclText(c.Title)}, {"expression", hclText(c.Expression)}}
		if c.Description != "" {
			attrs = append(attrs, attr{"description", hclText(c.Description)})
		}
		id += " " + c.Title
		more = append(more, func() { h.block("condition", attrs) })
	}
	t.resourceWith(h, "google_project_iam_member", "grant_"+strconv.Itoa(i), "google.grants", id, []attr{
		{"project", hclText(t.b.Google.Project)}, {"role", hclText(g.Role)}, {"member", grantee},
	}, more...)
}

func (t *terraform) googleOutputs(h *hcl) {
	h.line("")
	h.block(`output "project_number"`, []attr{{"value", "data.google_project.this.number"}})
	if t.b.ToAWS != nil {
		h.line("")
		h.block(`output "unique_id"`, []attr{{"value", "google_service_account.to_aws.unique_id"}})
	}
}

// vm is the machine. A newer image of its family does not replace it.
func (t *terraform) vm(h *hcl) {
	b, vm := t.b, t.b.ToAWS.VM
	blocks := []func(){
		func() {
			h.block("boot_disk", nil, func() { h.block("initialize_params", []attr{{"image", hclText(vm.SourceImage())}}) })
		},
		func() {
			var address []func()
			if vm.ExternalIP {
				address = append(address, func() { h.block("access_config", nil) })
			}
			h.block("network_interface", []attr{{"network", hclText(vm.Network)}}, address...)
		},
		func() {
			h.block("service_account", []attr{{"email", "google_service_account.to_aws.email"}, {"scopes", hclList([]string{"https://www.googleapis.com/auth/cloud-platform"})}})
		},
		func() { h.block("lifecycle", []attr{{"ignore_changes", "[boot_disk]"}}) },
	}
	t.resourceWith(h, "google_compute_instance", "vm", "google.vm", "projects/"+b.Google.Project+"/zones/"+vm.Zone+"/instances/"+vm.Name, []attr{
		{"project", hclText(b.Google.Project)},
		{"name", hclText(vm.Name)},
		{"zone", hclText(vm.Zone)},
		{"machine_type", hclText(vm.MachineType)},
		{"labels", hclMap(b.Labels())},
	}, blocks...)
}
