package artifact

import (
	"maps"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

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
