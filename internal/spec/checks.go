package spec

import "strings"

// checks are the rules that no field can judge alone, in the order in which a person should hear of them.
func (r *reader) checks() *fault {
	for _, check := range []func() *fault{
		r.checkAdopt, r.checkAccounts, r.checkGKE, r.checkRuntime, r.checkAccess,
		r.checkIDs, r.checkPolicies, r.checkGrants, r.checkDistinct, r.checkSubject, r.checkMapping,
	} {
		if f := check(); f != nil {
			return f
		}
	}
	return nil
}

// about makes a fault about a field at the place where it, or the block around it, was given.
func (r *reader) about(path, reason string, do ...string) *fault {
	return &fault{at: r.nearestGiven(path), field: path, reason: reason, do: do}
}

func (r *reader) checkAdopt() *fault {
	for i, path := range r.bridge.Adopt {
		direction, _, _ := strings.Cut(path, ".")
		reason := ""
		switch {
		case direction == "toAWS" && r.bridge.ToAWS == nil, direction == "toGoogle" && r.bridge.ToGoogle == nil:
			reason = quote(path) + " cannot be adopted: the file does not want " + direction
		case path == "toAWS.provider" && r.bridge.ToAWS.Provider != ProviderExplicit:
			reason = quote(path) + " cannot be adopted: the built-in provider is nobody's, set toAWS.provider: explicit"
		case path == "toAWS.vm" && r.bridge.ToAWS.VM == nil:
			reason = quote(path) + " cannot be adopted: the file has no toAWS.vm"
		case path == "toGoogle.serviceAccount" && r.bridge.ToGoogle.Access == AccessDirect:
			reason = quote(path) + " cannot be adopted: direct access has no service account"
		}
		if reason != "" {
			f := r.about("adopt", reason, "take it out of adopt")
			if n := r.given["adopt"]; n != nil && i < len(n.items) {
				f.at = n.items[i]
			}
			return f
		}
	}
	return nil
}

// checkAccounts wants consent for accounts of other projects: nothing is ever made there.
func (r *reader) checkAccounts() *fault {
	if r.bridge.ToAWS != nil {
		if f := r.foreign("toAWS.serviceAccount", r.bridge.ToAWSEmail()); f != nil {
			return f
		}
	}
	if r.bridge.ToGoogle != nil && r.bridge.ToGoogle.Access != AccessDirect {
		return r.foreign("toGoogle.serviceAccount", r.bridge.ToGoogleEmail())
	}
	return nil
}

func (r *reader) foreign(path, email string) *fault {
	if r.bridge.accountProject(email) == r.bridge.Google.Project || r.bridge.Adopts(path) {
		return nil
	}
	return r.about(path, quote(email)+" belongs to another project than "+r.bridge.Google.Project+", and there it is only adopted, never made",
		"add "+path+" to adopt when the account exists and may be used", "or name an account of "+r.bridge.Google.Project)
}

// checkGKE keeps to the one form of workload pool that is documented without doubt.
func (r *reader) checkGKE() *fault {
	if r.bridge.ToAWS != nil && r.bridge.ToAWS.GKE != nil && strings.Contains(r.bridge.Google.Project, ":") {
		return r.about("toAWS.gke", "a domain-scoped project has no workload pool that can be named safely", "use a project without a domain in its id")
	}
	return nil
}

// checkRuntime keeps what belongs to one runtime out of the others.
func (r *reader) checkRuntime() *fault {
	d := r.bridge.ToGoogle
	if d == nil {
		return nil
	}
	const path = "toGoogle.role."
	onEC2 := d.Role.RunsOn == RunsOnEC2
	switch {
	case !onEC2 && r.given[path+"instanceProfile"] != nil:
		return r.about(path+"instanceProfile", "instance profiles are for runsOn: ec2, and this role runs on "+d.Role.RunsOn, "remove the line")
	case !onEC2 && d.Role.Instance != "":
		return r.about(path+"instance", "only runsOn: ec2 has instances, and this role runs on "+d.Role.RunsOn, "remove the line")
	case d.Role.Instance != "" && !d.Role.InstanceProfile:
		return r.about(path+"instance", "an instance gets the role through a profile, and instanceProfile is false", "set instanceProfile: true")
	case d.Role.RunsOn == RunsOnEKS && d.Role.EKS == nil:
		return r.about(path+"runsOn", "runsOn: eks needs the Kubernetes account that the trust is pinned to",
			"add eks: {cluster: …, namespace: …, serviceAccount: …} to the role")
	case d.Role.RunsOn != RunsOnEKS && d.Role.EKS != nil:
		return r.about(path+"eks", "eks is for runsOn: eks, and this role runs on "+d.Role.RunsOn, "set runsOn: eks or remove the block")
	}
	return nil
}

func (r *reader) checkAccess() *fault {
	d := r.bridge.ToGoogle
	if d != nil && d.Access == AccessDirect && d.ServiceAccount != "" {
		return r.about("toGoogle.serviceAccount", "access: direct grants to the role itself, so there is no service account", "remove the line, or set access: impersonate")
	}
	return nil
}

// checkIDs holds ids that we make to what is accepted everywhere. Google's documented rule allows more, and an adopted
// thing may make use of that.
func (r *reader) checkIDs() *fault {
	d := r.bridge.ToGoogle
	if d == nil {
		return nil
	}
	for _, id := range []struct{ path, value string }{{"toGoogle.pool", d.Pool}, {"toGoogle.provider", d.Provider}} {
		plain := !strings.HasSuffix(id.value, "-") && id.value[0] >= 'a' && id.value[0] <= 'z'
		if !plain && !r.bridge.Adopts(id.path) {
			return r.about(id.path, quote(id.value)+" must begin with a letter and not end with -",
				"set "+id.path+" in the file, or give --set "+id.path+"=VALUE")
		}
	}
	return nil
}

// checkGrants keeps custom roles to those that a project's policy can name.
func (r *reader) checkGrants() *fault {
	d := r.bridge.ToGoogle
	if d == nil {
		return nil
	}
	for i, g := range d.Grants {
		rest, ok := strings.CutPrefix(g.Role, "projects/")
		if !ok || strings.HasPrefix(rest, r.bridge.Google.Project+"/roles/") {
			continue
		}
		f := r.about("toGoogle.grants", quote(g.Role)+" is a role of another project and cannot be granted in "+r.bridge.Google.Project)
		if n := r.given["toGoogle.grants"]; n != nil && i < len(n.items) {
			f.at = n.items[i]
		}
		return f
	}
	return nil
}

// checkDistinct keeps the two directions apart: one identity on both sides could act in circles.
func (r *reader) checkDistinct() *fault {
	b := r.bridge
	if b.ToAWS == nil || b.ToGoogle == nil {
		return nil
	}
	// Role names are unique in an account whatever their case and path.
	if strings.EqualFold(b.ToAWS.Role.Name, b.ToGoogle.Role.Name) {
		return r.about("toGoogle.role.name", "both directions name the role "+quote(b.ToGoogle.Role.Name)+", and AWS ignores case and path in that",
			"set toAWS.role.name or toGoogle.role.name to another name")
	}
	if b.ToAWSEmail() == b.ToGoogleEmail() {
		return r.about("toGoogle.serviceAccount", "both directions name the service account "+quote(b.ToGoogleEmail()),
			"set toAWS.serviceAccount or toGoogle.serviceAccount to another account")
	}
	return nil
}
