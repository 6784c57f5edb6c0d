package google

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// metadataRoutes serve the metadata server of one instance. Every path below is answered, if only by 404.
func metadataRoutes() []route {
	out := []route{get("", "metadata.root", (*call).metadataRoot).public()}
	out[0].when = isMetadata
	for depth := range 8 {
		pattern := "computeMetadata/v1" + strings.Repeat("/{x}", depth)
		out = append(out, anyMetadata(pattern), anyMetadata(pattern+"/"))
	}
	for i, leaf := range []string{"identity", "token"} {
		rt := get("computeMetadata/v1/instance/service-accounts/{who}/"+leaf, "metadata."+leaf, (*call).metadata).public()
		out = slices.Insert(out, i, rt)
	}
	return out
}

func anyMetadata(pattern string) route {
	rt := get(pattern, "metadata.get", (*call).metadata).public()
	rt.pattern = strings.Split(pattern, "/")
	return rt
}

func (q *call) metadataRoot() (any, error) {
	return plain{"application/text", "computeMetadata/\n"}, nil
}

// metadata insists on the header that keeps forged requests out and answers for the instance being played.
func (q *call) metadata() (any, error) {
	if !isMetadata(q.r) || q.r.Header.Get("X-Forwarded-For") != "" {
		return nil, &bareError{http.StatusForbidden, `Missing required header "Metadata-Flavor": "Google"`}
	}
	vm, p := q.played()
	if vm == nil {
		return nil, &bareError{http.StatusNotFound, "no virtual machine is running in the sandbox"}
	}
	where := strings.TrimPrefix(q.r.URL.Path, "/computeMetadata/v1")
	where = strings.Trim(where, "/")
	if rest, ok := strings.CutPrefix(where, "instance/service-accounts"); ok {
		return q.accountMetadata(vm, strings.Trim(rest, "/"))
	}
	values := map[string]string{
		"project/project-id": p.ID, "project/numeric-project-id": p.Number,
		"instance/id": vm.ID, "instance/name": vm.Name, "instance/description": vm.Description,
		"instance/zone":                             "projects/" + p.Number + "/zones/" + vm.Zone,
		"instance/machine-type":                     "projects/" + p.Number + "/machineTypes/" + vm.MachineType,
		"instance/hostname":                         vm.Name + "." + vm.Zone + ".c." + p.ID + ".internal",
		"instance/network-interfaces/0/ip":          vm.InternalIP,
		"universe/universe-domain":                  "googleapis.com",
		"instance/attributes/enable-oslogin":        vm.Metadata["enable-oslogin"],
		"instance/scheduling/preemptible":           "FALSE",
		"instance/network-interfaces/0/dns-servers": "169.254.169.254",
	}
	if value, ok := values[where]; ok && value != "" {
		return plain{"application/text", value}, nil
	}
	if key, ok := strings.CutPrefix(where, "instance/attributes/"); ok && vm.Metadata[key] != "" {
		return plain{"application/text", vm.Metadata[key]}, nil
	}
	return listMetadata(values, where)
}

// listMetadata answers a directory with its entries.
func listMetadata(values map[string]string, where string) (any, error) {
	entries := map[string]bool{}
	if where == "instance" {
		entries["service-accounts/"] = true
	}
	for name := range values {
		rest := name
		if where != "" {
			var ok bool
			if rest, ok = strings.CutPrefix(name, where+"/"); !ok {
				continue
			}
		}
		head, _, deeper := strings.Cut(rest, "/")
		if deeper {
			head += "/"
		}
		entries[head] = true
	}
	if len(entries) == 0 {
		return nil, &bareError{http.StatusNotFound, "metadata entry not found: " + path.Base(where)}
	}
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return plain{"application/text", strings.Join(names, "\n") + "\n"}, nil
}

// played is the instance whose metadata is served: the one named, or the last one made.
func (q *call) played() (*world.ComputeInstance, *world.Project) {
	var vm *world.ComputeInstance
	var home *world.Project
	for _, p := range q.g.Projects {
		for _, i := range p.Instances {
			if want := q.cloud.AsVM; want != "" && i.Name != want {
				continue
			}
			if vm == nil || i.Created.After(vm.Created) {
				vm, home = i, p
			}
		}
	}
	return vm, home
}

func (q *call) accountMetadata(vm *world.ComputeInstance, where string) (any, error) {
	a := q.accountAnywhere(vm.Account)
	if vm.Account == "" || a == nil {
		return nil, &bareError{http.StatusNotFound, "no service account is attached to this instance"}
	}
	if where == "" {
		if q.boolean("recursive") {
			view := map[string]any{"email": a.Email, "aliases": []string{"default"}, "scopes": vm.Scopes}
			return map[string]any{"default": view, a.Email: view}, nil
		}
		return plain{"application/text", a.Email + "/\ndefault/\n"}, nil
	}
	who, leaf, _ := strings.Cut(where, "/")
	if who != "default" && who != a.Email {
		return nil, &bareError{http.StatusNotFound, "service account not found: " + who}
	}
	switch leaf {
	case "":
		if q.boolean("recursive") {
			return map[string]any{"email": a.Email, "aliases": []string{"default"}, "scopes": vm.Scopes}, nil
		}
		return plain{"application/text", "aliases\nemail\nidentity\nscopes\ntoken\n"}, nil
	case "email":
		return plain{"application/text", a.Email}, nil
	case "aliases":
		return plain{"application/text", "default\n"}, nil
	case "scopes":
		return plain{"application/text", strings.Join(vm.Scopes, "\n") + "\n"}, nil
	case "token":
		return q.metadataToken(vm, a)
	case "identity":
		return q.metadataIdentity(vm, a)
	}
	return nil, &bareError{http.StatusNotFound, "metadata entry not found: " + leaf}
}

func (q *call) metadataToken(vm *world.ComputeInstance, a *world.ServiceAccount) (any, error) {
	if a.Disabled || len(vm.Scopes) == 0 {
		return nil, &bareError{http.StatusForbidden, "the service account is disabled or has no scopes on this instance"}
	}
	token, err := q.cloud.issue(&world.GoogleToken{Account: a.UniqueID, Email: a.Email, Scopes: vm.Scopes, Expires: q.now.Add(usualLifetime)})
	return map[string]any{"access_token": token, "expires_in": int(usualLifetime.Seconds()) - 1, "token_type": "Bearer"}, err
}

// metadataIdentity mints an ID token for the instance. Only the full format tells the e-mail and the machine.
func (q *call) metadataIdentity(vm *world.ComputeInstance, a *world.ServiceAccount) (any, error) {
	audience, err := url.QueryUnescape(q.query.Get("audience"))
	if err != nil || audience == "" {
		return nil, &bareError{http.StatusBadRequest, "non-empty audience parameter required"}
	}
	if a.Disabled {
		return nil, &bareError{http.StatusForbidden, "the service account is disabled"}
	}
	claims := q.idClaims(a, q.query.Get("audience"))
	switch format := q.query.Get("format"); format {
	case "", "standard":
	case "full":
		p := q.g.Projects[a.Project]
		claims["email"], claims["email_verified"] = a.Email, true
		claims["google"] = map[string]any{"compute_engine": map[string]any{
			"project_id": p.ID, "project_number": number(p.Number), "zone": vm.Zone, "instance_id": vm.ID,
			"instance_name": vm.Name, "instance_creation_timestamp": vm.Created.Unix(),
		}}
	default:
		return nil, &bareError{http.StatusBadRequest, "invalid format parameter: " + format}
	}
	w := q.cloud.world
	return later(func() (any, error) {
		token, err := w.Sign(world.IssuerGoogle, "RS256", claims)
		return plain{"text/html", token}, err
	}), nil
}

func number(digits string) int64 {
	var n int64
	for _, d := range digits {
		n = n*10 + int64(d-'0')
	}
	return n
}
