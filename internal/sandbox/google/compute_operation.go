package google

import (
	"path"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

type computeOpJSON struct {
	Kind          string `json:"kind"`
	ID            string `json:"id"`
	Name          string `json:"name"`
	Zone          string `json:"zone"`
	OperationType string `json:"operationType"`
	TargetLink    string `json:"targetLink"`
	TargetID      string `json:"targetId"`
	Status        string `json:"status"`
	User          string `json:"user"`
	Progress      int    `json:"progress"`
	InsertTime    string `json:"insertTime"`
	EndTime       string `json:"endTime,omitempty"`
	SelfLink      string `json:"selfLink"`
}

func (q *call) computeOp(kind string, vm *world.ComputeInstance) any {
	name := "operation-" + q.state.Digits(13) + "-" + q.state.Hex(13) + "-" + q.state.Hex(8) + "-" + q.state.Hex(8)
	op := &world.GoogleOperation{
		Name: "projects/" + q.project.ID + "/zones/" + vm.Zone + "/operations/" + name, Project: q.project.ID,
		Compute: &world.ComputeWork{ID: q.state.Digits(19), Zone: vm.Zone, Kind: kind, Target: q.instancePath(vm.Zone, vm.Name), TargetID: vm.ID, Operator: q.who.label()},
	}
	q.keep(op)
	return q.computeOpView(op, "RUNNING")
}

func (q *call) computeOpView(op *world.GoogleOperation, status string) computeOpJSON {
	out := computeOpJSON{
		Kind: "compute#operation", ID: op.Compute.ID, Name: path.Base(op.Name), Zone: q.link("projects/" + op.Project + "/zones/" + op.Compute.Zone),
		OperationType: op.Compute.Kind, TargetLink: q.link(op.Compute.Target), TargetID: op.Compute.TargetID, Status: status,
		User: op.Compute.Operator, InsertTime: stamp(op.Created), SelfLink: q.link(op.Name),
	}
	if status == "DONE" {
		out.Progress, out.EndTime = 100, stamp(op.Done)
	}
	return out
}

// zoneOperation answers get and wait alike: the sandbox's wait returns at once, as the real one may.
func (q *call) zoneOperation() (any, error) {
	if err := q.needCompute("compute.zoneOperations.get", "projects/"+q.vars["project"]+"/zones/"+q.vars["zone"]); err != nil {
		return nil, err
	}
	name := "projects/" + q.project.ID + "/zones/" + q.vars["zone"] + "/operations/" + q.vars["operation"]
	op := q.g.Operations[name]
	if op == nil || op.Compute == nil {
		return nil, computeNotFound(name)
	}
	if q.now.Before(op.Done) {
		return q.computeOpView(op, "RUNNING"), nil
	}
	return q.computeOpView(op, "DONE"), nil
}
