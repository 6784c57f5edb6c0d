package steps

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// GoogleRole is a custom role in the form that `gcloud iam roles create --file` reads.
type GoogleRole struct {
	Title               string   `json:"title"`
	Description         string   `json:"description"`
	Stage               string   `json:"stage"`
	IncludedPermissions []string `json:"includedPermissions"`
}

// GoogleRole is the custom role that holds the rights in the project.
func (r Rights) GoogleRole(b spec.Bridge, p Purpose) GoogleRole {
	return GoogleRole{
		Title: "drawbridge " + string(p), Description: "What drawbridge needs to " + p.verb() + " bridge " + b.Name,
		Stage: "GA", IncludedPermissions: slices.Clone(r.Google),
	}
}

func (p Purpose) verb() string {
	if p == ForSetup {
		return "set up"
	}
	return string(p)
}

// Policy is the policy document that holds the rights in the account. Looking is allowed on all that lies below the paths
// of the bridge, where whatever carries its mark is looked for, and on the bare names: of what is not there, AWS knows no
// path.
func (r Rights) Policy(b spec.Bridge) spec.Document {
	on := map[string][]string{}
	for _, one := range r.AWS {
		things := strings.Join(one.things(b), " ")
		on[things] = append(on[things], one.Action)
	}
	d := spec.Document{Version: "2012-10-17", Statement: []spec.Statement{}}
	for _, things := range sortedKeys(on) {
		slices.Sort(on[things])
		d.Statement = append(d.Statement, spec.Statement{
			Effect: "Allow", Action: slices.Compact(on[things]), Resource: strings.Fields(things),
		})
	}
	return d
}

// things are the resources that an action is allowed on.
func (r Right) things(b spec.Bridge) []string {
	kind, name, named := strings.Cut(strings.TrimPrefix(r.On, "arn:"+b.Partition()+":iam::"+b.AWS.Account+":"), "/")
	if !named || kind == "oidc-provider" || !looksOnly(r.Action) {
		return []string{r.On}
	}
	all := "arn:" + b.Partition() + ":iam::" + b.AWS.Account + ":" + kind + "/"
	cut := strings.LastIndexByte(name, '/') + 1
	return slices.Compact([]string{all + name[:cut] + "*", all + name[cut:]})
}
