package steps

import (
	"context"
	"strings"
)

// Offer is one value that a field of the bridge can take, as it stands in the clouds.
type Offer struct {
	Value string // what goes into the field
	Title string // how people know it, "" when the value says it all
	Note  string // what taking it means, such as "exists, would be adopted"
	Adopt bool   // it exists without this bridge's mark: taking it needs consent
	Path  string // of a role, in its account; "" for everything else
	Gone  bool   // deleted, with this bridge's mark: taking it restores it
}

// Offers lists what the field at path can take, page by page as the clouds answer, and stops when ctx ends. A path that no
// cloud knows the values of has none. It only reads.
func Offers(ctx context.Context, w *World, path string, page func([]Offer)) error {
	o := offers{World: w, page: page}
	if find := o.of(path); find != nil {
		return find(ctx)
	}
	return nil
}

// offers is one listing under way.
type offers struct {
	*World
	page func([]Offer)
}

func (o offers) of(path string) func(context.Context) error {
	switch path {
	case "google.project":
		return o.projects
	case "aws.region":
		return o.regions
	case "toAWS.serviceAccount", "toGoogle.serviceAccount":
		return o.accounts
	case "toAWS.role.name", "toGoogle.role.name":
		return o.roles
	case "toGoogle.pool":
		return o.pools
	case "toGoogle.provider":
		return o.providers
	case "toGoogle.grants":
		return o.grants
	case "toGoogle.role.instance":
		return o.instances
	case "toAWS.vm.name":
		return o.vms
	case "toAWS.vm.zone":
		return o.zones
	}
	if strings.HasSuffix(path, ".managedPolicies") || strings.HasSuffix(path, ".permissionsBoundary") {
		return o.policies
	}
	return nil
}

// stands says of a thing that exists what taking it means.
func stands(value, title string, owner whose) Offer {
	switch owner {
	case ours:
		return Offer{Value: value, Title: title, Note: "exists, made by this bridge"}
	case anothers:
		return Offer{Value: value, Title: title, Note: "belongs to another bridge"}
	case nobodys:
	}
	return Offer{Value: value, Title: title, Note: "exists, would be adopted", Adopt: true}
}
