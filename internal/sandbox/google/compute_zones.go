package google

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
)

const compute = "compute.googleapis.com"

func zoneRoutes() []route {
	const zone = "compute/v1/projects/{project}/zones/{zone}"
	return of(compute,
		get("compute/v1/projects/{project}", "compute.projects.get", (*call).computeProject),
		get("compute/v1/projects/{project}/zones", "compute.zones.list", (*call).listZones),
		get(zone, "compute.zones.get", (*call).getZone),
		get(zone+"/machineTypes/{type}", "compute.machineTypes.get", (*call).getMachineType),
		get("compute/v1/projects/{project}/global/images/family/{family}", "compute.images.getFromFamily", (*call).getImageFamily),
		get("compute/v1/projects/{project}/global/images/{image}", "compute.images.get", (*call).getImage),
		get("compute/v1/projects/{project}/global/networks/{network}", "compute.networks.get", (*call).getNetwork),
		get(zone+"/operations/{operation}", "compute.zoneOperations.get", (*call).zoneOperation),
		post(zone+"/operations/{operation}/wait", "compute.zoneOperations.wait", (*call).zoneOperation),
	)
}

// regions are those of Google Cloud; each has the zones a, b and c but for the few that do not.
var regions = strings.Fields(`
	africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2 asia-northeast3 asia-south1 asia-south2 asia-southeast1
	asia-southeast2 australia-southeast1 australia-southeast2 europe-central2 europe-north1 europe-southwest1 europe-west1 europe-west2
	europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12 me-central1 me-central2 me-west1
	northamerica-northeast1 northamerica-northeast2 northamerica-south1 southamerica-east1 southamerica-west1 us-central1 us-east1
	us-east4 us-east5 us-south1 us-west1 us-west2 us-west3 us-west4`)

func zonesOf(region string) []string {
	letters := "abc"
	switch region {
	case "europe-west1":
		letters = "bcd"
	case "us-east1":
		letters = "bcd"
	case "us-central1":
		letters = "abcf"
	}
	out := make([]string, 0, len(letters))
	for _, letter := range letters {
		out = append(out, region+"-"+string(letter))
	}
	return out
}

func zoneExists(name string) bool {
	for _, region := range regions {
		if slices.Contains(zonesOf(region), name) {
			return true
		}
	}
	return false
}

func (q *call) link(path string) string { return q.cloud.base() + "/compute/v1/" + path }

// needCompute refuses in Compute Engine's own words.
func (q *call) needCompute(permission, resource string) error {
	if q.project != nil && q.may(permission, q.onProject(q.project)) {
		return nil
	}
	e := denied(permission, resource)
	e.Message, e.Legacy = "Required '"+permission+"' permission for '"+resource+"'", "forbidden"
	return e
}

func computeNotFound(resource string) error {
	e := notFound("The resource '%s' was not found", resource)
	e.Legacy = "notFound"
	return e
}

// inZone checks that the zone of the path exists.
func (q *call) inZone() error {
	if zoneExists(q.vars["zone"]) {
		return nil
	}
	e := invalidArgument("Invalid value for field 'zone': '%s'. Unknown zone.", q.vars["zone"])
	e.Legacy = "invalid"
	return e
}

func (q *call) computeProject() (any, error) {
	if err := q.needCompute("compute.projects.get", "projects/"+q.vars["project"]); err != nil {
		return nil, err
	}
	return map[string]any{
		"kind": "compute#project", "id": q.project.Number, "name": q.project.ID,
		"defaultServiceAccount": q.project.Number + "-compute@developer.gserviceaccount.com", "selfLink": q.link("projects/" + q.project.ID),
	}, nil
}

func (q *call) zone(name string) map[string]any {
	return map[string]any{
		"kind": "compute#zone", "id": "2231", "name": name, "status": "UP", "description": name,
		"region":   q.link("projects/" + q.project.ID + "/regions/" + name[:len(name)-2]),
		"selfLink": q.link("projects/" + q.project.ID + "/zones/" + name),
	}
}

func (q *call) listZones() (any, error) {
	if err := q.needCompute("compute.zones.list", "projects/"+q.vars["project"]); err != nil {
		return nil, err
	}
	var all []any
	for _, region := range regions {
		for _, name := range zonesOf(region) {
			all = append(all, q.zone(name))
		}
	}
	some, next, err := page(q, all, "maxResults", 500, 500)
	out := map[string]any{"kind": "compute#zoneList", "id": "projects/" + q.project.ID + "/zones", "items": some}
	if next != "" {
		out["nextPageToken"] = next
	}
	return out, err
}

func (q *call) getZone() (any, error) {
	path := "projects/" + q.vars["project"] + "/zones/" + q.vars["zone"]
	if err := q.needCompute("compute.zones.get", path); err != nil {
		return nil, err
	}
	if !zoneExists(q.vars["zone"]) {
		return nil, computeNotFound(path)
	}
	return q.zone(q.vars["zone"]), nil
}

var machineType = shape.Of(`^((e2|n1|n2|n2d|n4|c3|c4|t2d|t2a|c2)-(micro|small|medium|standard-[0-9]+|highmem-[0-9]+|highcpu-[0-9]+)|f1-micro|g1-small)$`)

func (q *call) getMachineType() (any, error) {
	path := "projects/" + q.vars["project"] + "/zones/" + q.vars["zone"] + "/machineTypes/" + q.vars["type"]
	if err := q.needCompute("compute.machineTypes.get", path); err != nil {
		return nil, err
	}
	if !machineType(q.vars["type"]) || !zoneExists(q.vars["zone"]) {
		return nil, computeNotFound(path)
	}
	return map[string]any{"kind": "compute#machineType", "name": q.vars["type"], "zone": q.vars["zone"], "selfLink": q.link(path)}, nil
}

// publicImages are the families of the public image projects that a small machine is made from.
var publicImages = map[string]string{
	"debian-11": "debian-cloud", "debian-12": "debian-cloud", "debian-13": "debian-cloud",
	"ubuntu-2204-lts": "ubuntu-os-cloud", "ubuntu-2404-lts-amd64": "ubuntu-os-cloud", "cos-stable": "cos-cloud", "rocky-linux-9": "rocky-linux-cloud",
}

// getImageFamily needs no permission on the public projects.
func (q *call) getImageFamily() (any, error) {
	family, project := q.vars["family"], q.vars["project"]
	path := "projects/" + project + "/global/images/family/" + family
	if publicImages[family] != project {
		return nil, computeNotFound(path)
	}
	return q.image(project, family+"-v20261110", family), nil
}

func (q *call) getImage() (any, error) {
	name, project := q.vars["image"], q.vars["project"]
	for family, home := range publicImages {
		if home == project && strings.HasPrefix(name, family+"-v") {
			return q.image(project, name, family), nil
		}
	}
	return nil, computeNotFound("projects/" + project + "/global/images/" + name)
}

func (q *call) image(project, name, family string) any {
	return map[string]any{
		"kind": "compute#image", "name": name, "family": family, "status": "READY", "diskSizeGb": "10",
		"selfLink": q.link("projects/" + project + "/global/images/" + name),
	}
}

func (q *call) getNetwork() (any, error) {
	path := "projects/" + q.vars["project"] + "/global/networks/" + q.vars["network"]
	if err := q.needCompute("compute.networks.get", path); err != nil {
		return nil, err
	}
	if q.vars["network"] != "default" {
		return nil, computeNotFound(path)
	}
	return map[string]any{"kind": "compute#network", "name": "default", "autoCreateSubnetworks": true, "selfLink": q.link(path)}, nil
}
