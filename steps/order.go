package steps

import "github.com/drawbridge-cloud/drawbridge/internal/spec"

// list is every plank of a bridge, in order: each stands after what it needs.
func list(b spec.Bridge) []Step {
	var out []Step
	put := func(wanted bool, s func(spec.Bridge) Step) {
		if wanted {
			out = append(out, s(b))
		}
	}
	in, back := b.ToAWS != nil, b.ToGoogle != nil
	direct := back && b.ToGoogle.Access == spec.AccessDirect
	jwt := back && b.ToGoogle.Token == spec.TokenJWT

	put(true, newProject) // the project's number: members and audiences are written with it
	put(true, newAPIs)    // nothing else can be seen or made before its API is on

	// To AWS: an account, and a role that trusts its number.
	put(in, newAccountToAWS)                                                // the identity that comes in
	put(in && b.ToAWS.Provider == spec.ProviderExplicit, newGoogleProvider) // only when asked for: everybody else uses the built-in one
	put(in, newRoleToAWS)                                                   // what it may become
	put(in, newPoliciesToAWS)                                               // what it may do
	put(in && b.ToAWS.VM != nil, newVM)                                     // a machine that runs as the account
	put(in && b.ToAWS.GKE != nil, newKubernetesBinding)                     // a Kubernetes account that may act as the account

	// To Google: a role, and a pool whose only provider admits nobody else.
	put(jwt, newOutbound)                                            // AWS issues tokens only when the account says so
	put(back, newRoleToGoogle)                                       // the identity that comes in
	put(back, newPoliciesToGoogle)                                   // what it may do in AWS, and ask for its token
	put(back && b.ToGoogle.Role.InstanceProfile, newInstanceProfile) // how an instance gets the role
	put(back && b.ToGoogle.Role.Instance != "", newAssociation)      // the instance that gets it
	put(back, newPool)                                               // the namespace of those who come in
	put(back, newProvider)                                           // the door: whom it admits and how they are called
	put(back && !direct, newAccountToGoogle)                         // what they act as
	put(back && !direct, newBinding)                                 // that exactly this role may
	put(true, newGrants)                                             // what they may do; the only writer of the project's policy
	return out
}

// IDForm is one form that the ids of steps take.
type IDForm struct {
	ID    string `json:"id"` // CLOUD.KIND[.DIRECTION], with :NAME for what is left over from an earlier file
	Cloud string `json:"cloud"`
	Kind  string `json:"kind"`
	Scope string `json:"scope"`
	Why   string `json:"why"`
}

// IDs lists every id a change can carry, for `schema --ids`.
func IDs() []IDForm {
	var out []IDForm
	seen := map[string]bool{}
	add := func(a About) {
		if !seen[a.ID] {
			seen[a.ID] = true
			out = append(out, IDForm{a.ID, a.Cloud, a.Kind, a.Scope, a.Why})
		}
	}
	for _, b := range everything() {
		for _, s := range list(b) {
			add(s.About())
		}
	}
	for _, a := range leftoverForms() {
		add(a)
	}
	return out
}

// everything is bridges that between them want every plank.
func everything() []spec.Bridge {
	role := spec.Role{Name: "NAME", Path: "/drawbridge/"}
	b := spec.Bridge{
		Name:   "NAME",
		Google: spec.Google{Project: "PROJECT"},
		AWS:    spec.AWS{Account: "ACCOUNT", Region: "us-east-1"},
		ToAWS: &spec.ToAWS{
			ServiceAccount: "NAME", Role: role, Provider: spec.ProviderExplicit,
			VM: &spec.VM{Name: "NAME"}, GKE: &spec.GKE{Namespace: "NAMESPACE", ServiceAccount: "NAME"},
		},
		ToGoogle: &spec.ToGoogle{
			Role: spec.WorkloadRole{Role: role, RunsOn: spec.RunsOnEC2, InstanceProfile: true, Instance: "INSTANCE"},
			Pool: "POOL", Provider: "PROVIDER", ServiceAccount: "NAME", Token: spec.TokenJWT,
			Access: spec.AccessImpersonate,
		},
	}
	return []spec.Bridge{b}
}
