package artifact_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// askedOfGoogle is what apply makes in Google Cloud, from the same derivations that the steps write.
func askedOfGoogle(b spec.Bridge) resources {
	out := resources{"apis " + b.Google.Project: {"names": strings.Join(b.APIs(), " ")}}
	account := func(id, email, direction string) {
		out["account "+email] = map[string]string{"id": id, "display": steps.AccountDisplayName(b, direction), "description": b.Description()}
	}
	bind := func(email, member string) {
		out["binding "+email+" "+member] = map[string]string{"role": "roles/iam.workloadIdentityUser", "condition": "None"}
	}
	if to := b.ToAWS; to != nil {
		account(b.ToAWSAccountID(), b.ToAWSEmail(), steps.ToAWS)
		if to.GKE != nil {
			bind(b.ToAWSEmail(), b.GKEMember())
		}
		if to.VM != nil {
			out["vm "+to.VM.Name] = askedMachine(b)
		}
	}
	if b.ToGoogle == nil {
		return out
	}
	grantee := b.Member(project)
	if email := b.ToGoogleEmail(); email != "" {
		account(b.ToGoogleAccountID(), email, steps.ToGoogle)
		bind(email, grantee)
		grantee = "serviceAccount:" + email
	}
	for _, g := range b.ToGoogle.Grants {
		out["grant "+g.Role+" "+grantee] = map[string]string{"condition": askedCondition(g)}
	}
	out["pool "+b.ToGoogle.Pool] = map[string]string{"display": steps.PoolDisplayName(b), "description": b.Description()}
	out["provider "+b.ToGoogle.Pool+"/"+b.ToGoogle.Provider] = askedProvider(b)
	return out
}

func askedMachine(b spec.Bridge) map[string]string {
	vm := b.ToAWS.VM
	return map[string]string{
		"zone": vm.Zone, "type": vm.MachineType, "image": vm.SourceImage(), "network": vm.Network, "account": b.ToAWSEmail(),
		"scopes": "cloud-platform", "labels": shown(b.Labels()), "external": fmt.Sprint(vm.ExternalIP),
	}
}

func askedProvider(b spec.Bridge) map[string]string {
	p := map[string]string{
		"display": steps.PoolDisplayName(b), "description": b.Description(), "mapping": shown(b.Mapping()), "condition": b.Condition(),
		"kind": "aws", "account": b.AWS.Account, "issuer": "", "audiences": "",
	}
	if b.ToGoogle.Token == spec.TokenJWT {
		p["kind"], p["account"], p["issuer"] = "oidc", "", issuer
	}
	return p
}

func askedCondition(g spec.Grant) string {
	if g.Condition == nil {
		return "None"
	}
	m := map[string]string{"title": g.Condition.Title, "expression": g.Condition.Expression}
	if g.Condition.Description != "" {
		m["description"] = g.Condition.Description
	}
	return shown(m)
}

// shown is a map in one order, with quotes that keep its entries apart.
func shown(m map[string]string) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, fmt.Sprintf("%q=%q", k, m[k]))
	}
	return strings.Join(list, " ")
}

// dictionary reads a map as gcloud does: ^DELIMITER^ in front, or commas.
func dictionary(value string) string {
	if value == "None" {
		return value
	}
	delimiter, list := ",", value
	if rest, ok := strings.CutPrefix(value, "^"); ok {
		delimiter, list, _ = strings.Cut(rest, "^")
	}
	m := map[string]string{}
	for item := range strings.SplitSeq(list, delimiter) {
		k, v, _ := strings.Cut(item, "=")
		m[k] = v
	}
	return shown(m)
}

// gcloudCall adds what a call of gcloud makes.
func gcloudCall(t *testing.T, out resources, command []string) {
	t.Helper()
	words, set := flags(command)
	last := words[len(words)-1]
	switch call := strings.Join(words, " "); {
	case strings.HasPrefix(call, "services enable "):
		out["apis "+set["--project"]] = map[string]string{"names": strings.Join(words[2:], " ")}
	case strings.HasPrefix(call, "iam service-accounts create "):
		email := last + "@" + set["--project"] + ".iam.gserviceaccount.com"
		out["account "+email] = map[string]string{"id": last, "display": set["--display-name"], "description": set["--description"]}
	case strings.HasPrefix(call, "iam service-accounts add-iam-policy-binding "):
		out["binding "+last+" "+set["--member"]] = map[string]string{"role": set["--role"], "condition": set["--condition"]}
	case strings.HasPrefix(call, "projects add-iam-policy-binding "):
		out["grant "+set["--role"]+" "+set["--member"]] = map[string]string{"condition": dictionary(set["--condition"])}
	case strings.HasPrefix(call, "iam workload-identity-pools create "):
		out["pool "+last] = map[string]string{"display": set["--display-name"], "description": set["--description"]}
	case strings.HasPrefix(call, "iam workload-identity-pools providers create-"):
		out["provider "+set["--workload-identity-pool"]+"/"+last] = map[string]string{
			"display": set["--display-name"], "description": set["--description"], "mapping": dictionary(set["--attribute-mapping"]),
			"condition": set["--attribute-condition"], "kind": strings.TrimPrefix(words[3], "create-"), "account": set["--account-id"],
			"issuer": set["--issuer-uri"], "audiences": set["--allowed-audiences"],
		}
	case strings.HasPrefix(call, "compute instances create "):
		_, inside := set["--no-address"]
		out["vm "+last] = map[string]string{
			"zone": set["--zone"], "type": set["--machine-type"], "image": set["--image"], "network": set["--network"], "account": set["--service-account"],
			"scopes": set["--scopes"], "labels": dictionary(set["--labels"]), "external": fmt.Sprint(!inside),
		}
	default:
		t.Errorf("the script calls gcloud %s", call)
	}
}
