package google

import (
	"cmp"
	"path"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func instanceRoutes() []route {
	const all = "compute/v1/projects/{project}/zones/{zone}/instances"
	return of(compute,
		post(all, "compute.instances.insert", (*call).insertInstance).writing(),
		get(all, "compute.instances.list", (*call).listInstances),
		get(all+"/{instance}", "compute.instances.get", (*call).getInstance),
		remove(all+"/{instance}", "compute.instances.delete", (*call).deleteInstance),
		get("compute/v1/projects/{project}/aggregated/instances", "compute.instances.aggregatedList", (*call).aggregatedInstances),
	)
}

func (q *call) instancePath(zone, name string) string {
	return "projects/" + q.project.ID + "/zones/" + zone + "/instances/" + name
}

func (q *call) instance(permission string) (*world.ComputeInstance, error) {
	path := "projects/" + q.vars["project"] + "/zones/" + q.vars["zone"] + "/instances/" + q.vars["instance"]
	if err := q.needCompute(permission, path); err != nil {
		return nil, err
	}
	if err := q.inZone(); err != nil {
		return nil, err
	}
	vm := q.project.Instances[q.vars["zone"]+"/"+q.vars["instance"]]
	if vm == nil {
		for _, other := range q.project.Instances {
			if other.ID == q.vars["instance"] && other.Zone == q.vars["zone"] {
				vm = other
			}
		}
	}
	if vm == nil || !q.settledSince(vm.Created) {
		return nil, computeNotFound(path)
	}
	return vm, nil
}

func (q *call) getInstance() (any, error) {
	vm, err := q.instance("compute.instances.get")
	if err != nil {
		return nil, err
	}
	return q.instanceView(vm), nil
}

func (q *call) instances(zone string) []instanceJSON {
	out := []instanceJSON{}
	for _, vm := range q.project.Instances {
		if (zone == "" || vm.Zone == zone) && q.settledSince(vm.Created) && labelled(vm, q.query.Get("filter")) {
			out = append(out, q.instanceView(vm))
		}
	}
	slices.SortFunc(out, func(a, b instanceJSON) int { return cmp.Compare(a.SelfLink, b.SelfLink) })
	return out
}

var labelFilter = shape.Parts(`^\(?\s*(labels\.([a-z0-9_-]+)|name)\s*(=|eq|:)\s*"?([^")]*)"?\s*\)?$`)

// labelled understands filters such as labels.NAME=VALUE and name=NAME. Another filter matches nothing.
func labelled(vm *world.ComputeInstance, filter string) bool {
	if filter == "" {
		return true
	}
	m := labelFilter(filter)
	switch {
	case m == nil:
		return false
	case m[1] == "name":
		return vm.Name == m[4]
	}
	value, ok := vm.Labels[m[2]]
	return ok && (value == m[4] || m[4] == "*")
}

func (q *call) listInstances() (any, error) {
	path := "projects/" + q.vars["project"] + "/zones/" + q.vars["zone"]
	if err := q.needCompute("compute.instances.list", path); err != nil {
		return nil, err
	}
	if err := q.inZone(); err != nil {
		return nil, err
	}
	some, next, err := page(q, q.instances(q.vars["zone"]), "maxResults", 500, 500)
	return struct {
		Kind  string         `json:"kind"`
		ID    string         `json:"id"`
		Items []instanceJSON `json:"items,omitempty"`
		Next  string         `json:"nextPageToken,omitempty"`
	}{"compute#instanceList", path + "/instances", some, next}, err
}

func (q *call) aggregatedInstances() (any, error) {
	if err := q.needCompute("compute.instances.list", "projects/"+q.vars["project"]); err != nil {
		return nil, err
	}
	items := map[string]any{}
	for _, vm := range q.instances("") {
		zone := "zones/" + path.Base(vm.Zone)
		scoped, _ := items[zone].(map[string][]instanceJSON)
		if scoped == nil {
			scoped = map[string][]instanceJSON{}
		}
		scoped["instances"] = append(scoped["instances"], vm)
		items[zone] = scoped
	}
	return map[string]any{"kind": "compute#instanceAggregatedList", "id": "projects/" + q.project.ID + "/aggregated/instances", "items": items}, nil
}

func (q *call) deleteInstance() (any, error) {
	vm, err := q.instance("compute.instances.delete")
	if err != nil {
		return nil, err
	}
	delete(q.project.Instances, vm.Zone+"/"+vm.Name)
	return q.computeOp("delete", vm), nil
}
