package google

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const serviceUsage = "serviceusage.googleapis.com"

func serviceRoutes() []route {
	return of(serviceUsage,
		get("v1/projects/{project}/services:batchGet", "serviceusage.services.batchGet", (*call).batchGetServices),
		post("v1/projects/{project}/services:batchEnable", "serviceusage.services.batchEnable", (*call).batchEnable).writing(),
		get("v1/projects/{project}/services", "serviceusage.services.list", (*call).listServices),
		get("v1/projects/{project}/services/{service}", "serviceusage.services.get", (*call).getService),
		post("v1/projects/{project}/services/{service}:enable", "serviceusage.services.enable", (*call).enableService).writing(),
		post("v1/projects/{project}/services/{service}:disable", "serviceusage.services.disable", (*call).disableService).writing(),
		get("v1/operations/{operation}", "serviceusage.operations.get", (*call).serviceOperation),
	)
}

// knownServices are the APIs that can be enabled: those of a bridge and those that workloads commonly call.
var knownServices = strings.Fields(`
	aiplatform.googleapis.com artifactregistry.googleapis.com bigquery.googleapis.com cloudapis.googleapis.com cloudbilling.googleapis.com cloudbuild.googleapis.com
	cloudfunctions.googleapis.com cloudkms.googleapis.com cloudresourcemanager.googleapis.com compute.googleapis.com
	container.googleapis.com dns.googleapis.com firestore.googleapis.com iam.googleapis.com iamcredentials.googleapis.com
	logging.googleapis.com maps-backend.googleapis.com monitoring.googleapis.com oauth2.googleapis.com orgpolicy.googleapis.com
	policytroubleshooter.googleapis.com pubsub.googleapis.com run.googleapis.com secretmanager.googleapis.com
	serviceusage.googleapis.com sheets.googleapis.com spanner.googleapis.com sqladmin.googleapis.com storage.googleapis.com
	sts.googleapis.com translate.googleapis.com vision.googleapis.com webrisk.googleapis.com`)

var serviceName = shape.Of(`^[a-z][a-z0-9.-]*\.[a-z]+$`)

type serviceJSON struct {
	Name   string            `json:"name"`
	Config map[string]string `json:"config,omitempty"`
	State  string            `json:"state"`
	Parent string            `json:"parent"`
}

func (q *call) serviceJSON(p *world.Project, name string) serviceJSON {
	state := "DISABLED"
	if q.serviceOn(p, name) {
		state = "ENABLED"
	}
	parent := "projects/" + p.Number
	return serviceJSON{Name: parent + "/services/" + name, Config: map[string]string{"name": name, "title": title(name)}, State: state, Parent: parent}
}

// needServices is service usage's own refusal, which differs from IAM's.
func (q *call) needServices(permission, doing string) error {
	if q.project != nil && q.may(permission, q.onProject(q.project)) {
		return nil
	}
	return forbidden("Permission denied to %s", doing).
		With(wire.PreconditionFailure("googleapis.com", "110002", "")).
		With(wire.ErrorInfo("AUTH_PERMISSION_DENIED", serviceUsage, map[string]string{"permission": permission}))
}

func (q *call) container() string { return "[projects/" + q.vars["project"] + "]" }

func (q *call) getService() (any, error) {
	name := q.vars["service"]
	if err := q.needServices("serviceusage.services.get", "get service ["+name+"]"); err != nil {
		return nil, err
	}
	if !slices.Contains(knownServices, name) {
		return nil, serviceUnknown(name)
	}
	return q.serviceJSON(q.project, name), nil
}

func serviceUnknown(name string) error {
	return notFound("Not found or permission denied for service(s): %s.", name).
		With(wire.PreconditionFailure("googleapis.com", "220002", "")).
		With(wire.ErrorInfo("SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED", serviceUsage, map[string]string{"services": name}))
}

func (q *call) batchGetServices() (any, error) {
	names := q.query["names"]
	if err := q.needServices("serviceusage.services.get", "get services for consumer container "+q.container()); err != nil {
		return nil, err
	}
	if len(names) == 0 || len(names) > 30 {
		return nil, invalidArgument("A batch must name between 1 and 30 services, got %d.", len(names))
	}
	out := make([]serviceJSON, 0, len(names))
	for _, full := range names {
		part := strings.Split(full, "/")
		if len(part) != 4 || part[0] != "projects" || part[2] != "services" || q.projectNamed(part[1]) != q.project {
			return nil, invalidArgument("Invalid service name %q: want projects/%s/services/{service}.", full, q.vars["project"])
		}
		if !slices.Contains(knownServices, part[3]) {
			return nil, serviceUnknown(part[3])
		}
		out = append(out, q.serviceJSON(q.project, part[3]))
	}
	return map[string]any{"services": out}, nil
}

func (q *call) listServices() (any, error) {
	if err := q.needServices("serviceusage.services.list", "list services for consumer container "+q.container()); err != nil {
		return nil, err
	}
	filter := q.query.Get("filter")
	if filter != "" && filter != "state:ENABLED" && filter != "state:DISABLED" {
		return nil, invalidArgument("Invalid filter: %q. Supported: state:ENABLED, state:DISABLED.", filter)
	}
	var all []serviceJSON
	for _, name := range knownServices {
		s := q.serviceJSON(q.project, name)
		if filter == "" || filter == "state:"+s.State {
			all = append(all, s)
		}
	}
	some, next, err := page(q, all, "pageSize", 50, 200)
	if err != nil {
		return nil, err
	}
	return struct {
		Services []serviceJSON `json:"services,omitempty"`
		Next     string        `json:"nextPageToken,omitempty"`
	}{some, next}, nil
}

// raw encodes what cannot fail to encode: maps and structs of strings.
func raw(v any) json.RawMessage {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}
