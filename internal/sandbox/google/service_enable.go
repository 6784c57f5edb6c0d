package google

import (
	"net/http"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func (q *call) enableService() (any, error) {
	name := q.vars["service"]
	var in struct{}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.checkEnable(name); err != nil {
		return nil, err
	}
	if q.serviceOn(q.project, name) {
		return q.nothingToDo(name), nil
	}
	q.switchService(name, true)
	return q.started(q.serviceOp("EnableServiceResponse", map[string]any{"service": enabledJSON(q.project, name)})), nil
}

// checkEnable asks for the permission, for the service to exist and for the organisation to allow it.
func (q *call) checkEnable(name string) error {
	if err := q.needServices("serviceusage.services.enable", "enable service ["+name+"]"); err != nil {
		return err
	}
	if !serviceName(name) || !slices.Contains(knownServices, name) {
		return serviceUnknown(name)
	}
	if !permits(q.project, "gcp.restrictServiceUsage", name) {
		return violation("Request is disallowed by organization's constraints/gcp.restrictServiceUsage constraint for 'projects/"+q.project.ID+"' attempting to use service '"+name+"'.",
			"gcp.restrictServiceUsage", "orgpolicy:projects/"+q.project.ID, "")
	}
	return nil
}

// batchEnable is atomic and takes up to twenty names. A batch of one is an error: that is what :enable is for.
func (q *call) batchEnable() (any, error) {
	var in struct{ ServiceIDs []string }
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if len(in.ServiceIDs) < 2 || len(in.ServiceIDs) > 20 {
		return nil, invalidArgument("Request must contain between 2 and 20 services, got %d.", len(in.ServiceIDs))
	}
	for _, name := range in.ServiceIDs {
		if err := q.checkEnable(name); err != nil {
			return nil, err
		}
	}
	services := make([]any, 0, len(in.ServiceIDs))
	for _, name := range in.ServiceIDs {
		if !q.serviceOn(q.project, name) {
			q.switchService(name, true)
		}
		services = append(services, enabledJSON(q.project, name))
	}
	return q.started(q.serviceOp("BatchEnableServicesResponse", map[string]any{"services": services})), nil
}

func (q *call) disableService() (any, error) {
	name := q.vars["service"]
	var in struct {
		DisableDependentServices bool
		CheckIfServiceHasUsage   string
	}
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needServices("serviceusage.services.disable", "disable service ["+name+"]"); err != nil {
		return nil, err
	}
	if !q.serviceOn(q.project, name) {
		return nil, precondition("The service %s is not enabled for project %s.", name, q.project.Number).
			With(wire.ErrorInfo("SU_SERVICE_NOT_ENABLED", serviceUsage, map[string]string{"services": name}))
	}
	q.switchService(name, false)
	return q.started(q.serviceOp("DisableServiceResponse", map[string]any{})), nil
}

func (q *call) switchService(name string, on bool) {
	s := q.project.Services[name]
	if s == nil {
		s = &world.Settled[bool]{}
		q.project.Services[name] = s
	}
	s.Set(on, q.now, q.lag)
}

func enabledJSON(p *world.Project, name string) serviceJSON {
	parent := "projects/" + p.Number
	return serviceJSON{Name: parent + "/services/" + name, State: "ENABLED", Parent: parent}
}

func (q *call) serviceOp(kind string, response map[string]any) *world.GoogleOperation {
	response["@type"] = "type.googleapis.com/google.api.serviceusage.v1." + kind
	metadata := map[string]any{"@type": "type.googleapis.com/google.protobuf.Empty", "value": map[string]any{}}
	if kind == "BatchEnableServicesResponse" {
		metadata = map[string]any{"@type": "type.googleapis.com/google.api.serviceusage.v1.OperationMetadata"}
	}
	return &world.GoogleOperation{
		Name: "operations/acat.p2-" + q.project.Number + "-" + q.state.UUID(), Project: q.project.ID,
		Metadata: raw(metadata), Response: raw(response),
	}
}

// nothingToDo is the operation of enabling what is enabled: done at once.
func (q *call) nothingToDo(name string) any {
	response := map[string]any{"@type": "type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse", "service": enabledJSON(q.project, name)}
	return operationJSON{Name: "operations/noop.DONE_OPERATION", Done: true, Response: raw(response)}
}

func (q *call) serviceOperation() (any, error) {
	name := "operations/" + q.vars["operation"]
	if name == "operations/noop.DONE_OPERATION" {
		return operationJSON{Name: name, Done: true}, nil
	}
	op := q.g.Operations[name]
	if op == nil || op.Compute != nil {
		return nil, failure(http.StatusForbidden, "PERMISSION_DENIED", "The caller does not have permission")
	}
	q.project = q.g.Projects[op.Project]
	if err := q.needServices("serviceusage.services.get", "get operation ["+name+"]"); err != nil {
		return nil, err
	}
	return q.operation(name)
}
