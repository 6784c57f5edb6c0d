package google

import (
	"cmp"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

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

type instanceJSON struct {
	Kind              string                `json:"kind,omitempty"`
	ID                string                `json:"id,omitempty"`
	CreationTimestamp string                `json:"creationTimestamp,omitempty"`
	Name              string                `json:"name,omitempty"`
	Description       string                `json:"description,omitempty"`
	MachineType       string                `json:"machineType,omitempty"`
	Status            string                `json:"status,omitempty"`
	Zone              string                `json:"zone,omitempty"`
	Labels            map[string]string     `json:"labels,omitempty"`
	LabelFingerprint  string                `json:"labelFingerprint,omitempty"`
	Metadata          *metadataJSON         `json:"metadata,omitempty"`
	NetworkInterfaces []networkJSON         `json:"networkInterfaces,omitempty"`
	Disks             []diskJSON            `json:"disks,omitempty"`
	ServiceAccounts   []instanceAccountJSON `json:"serviceAccounts,omitempty"`
	SelfLink          string                `json:"selfLink,omitempty"`
	Tags              map[string]any        `json:"tags,omitempty"`
	Scheduling        map[string]any        `json:"scheduling,omitempty"`
	ShieldedConfig    map[string]any        `json:"shieldedInstanceConfig,omitempty"`
	DeletionProtect   bool                  `json:"deletionProtection,omitempty"`
	CanIPForward      bool                  `json:"canIpForward,omitempty"`
}

type instanceAccountJSON struct {
	Email  string   `json:"email"`
	Scopes []string `json:"scopes"`
}

type metadataJSON struct {
	Kind        string             `json:"kind,omitempty"`
	Fingerprint string             `json:"fingerprint,omitempty"`
	Items       []metadataItemJSON `json:"items,omitempty"`
}

type metadataItemJSON struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type networkJSON struct {
	Kind          string       `json:"kind,omitempty"`
	Name          string       `json:"name,omitempty"`
	Network       string       `json:"network,omitempty"`
	Subnetwork    string       `json:"subnetwork,omitempty"`
	NetworkIP     string       `json:"networkIP,omitempty"`
	StackType     string       `json:"stackType,omitempty"`
	AccessConfigs []accessJSON `json:"accessConfigs,omitempty"`
}

type accessJSON struct {
	Kind        string `json:"kind,omitempty"`
	Type        string `json:"type,omitempty"`
	Name        string `json:"name,omitempty"`
	NatIP       string `json:"natIP,omitempty"`
	NetworkTier string `json:"networkTier,omitempty"`
}

type diskJSON struct {
	Kind             string          `json:"kind,omitempty"`
	Type             string          `json:"type,omitempty"`
	Mode             string          `json:"mode,omitempty"`
	Source           string          `json:"source,omitempty"`
	DeviceName       string          `json:"deviceName,omitempty"`
	Boot             bool            `json:"boot,omitempty"`
	AutoDelete       bool            `json:"autoDelete,omitempty"`
	DiskSizeGb       string          `json:"diskSizeGb,omitempty"`
	InitializeParams *initializeJSON `json:"initializeParams,omitempty"`
}

type initializeJSON struct {
	SourceImage string            `json:"sourceImage,omitempty"`
	DiskSizeGb  string            `json:"diskSizeGb,omitempty"`
	DiskType    string            `json:"diskType,omitempty"`
	DiskName    string            `json:"diskName,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

func (q *call) instancePath(zone, name string) string {
	return "projects/" + q.project.ID + "/zones/" + zone + "/instances/" + name
}

func (q *call) instanceView(i *world.ComputeInstance) instanceJSON {
	zone := "projects/" + q.project.ID + "/zones/" + i.Zone
	nic := networkJSON{Kind: "compute#networkInterface", Name: "nic0", NetworkIP: i.InternalIP, StackType: "IPV4_ONLY",
		Network: q.link("projects/" + q.project.ID + "/global/networks/" + i.Network)}
	if i.ExternalIP != "" {
		nic.AccessConfigs = []accessJSON{{Kind: "compute#accessConfig", Type: "ONE_TO_ONE_NAT", Name: "External NAT", NatIP: i.ExternalIP, NetworkTier: "PREMIUM"}}
	}
	out := instanceJSON{
		Kind: "compute#instance", ID: i.ID, CreationTimestamp: i.Created.Format("2006-01-02T15:04:05.000-07:00"), Name: i.Name,
		Description: i.Description, MachineType: q.link(zone + "/machineTypes/" + i.MachineType), Status: "RUNNING", Zone: q.link(zone),
		Labels: i.Labels, LabelFingerprint: "42WmSpB8rSM=", NetworkInterfaces: []networkJSON{nic}, SelfLink: q.link(q.instancePath(i.Zone, i.Name)),
		Disks:    []diskJSON{{Kind: "compute#attachedDisk", Type: "PERSISTENT", Mode: "READ_WRITE", Boot: true, AutoDelete: true, DeviceName: "persistent-disk-0", DiskSizeGb: i.DiskGB, Source: q.link(zone + "/disks/" + i.Name)}},
		Metadata: &metadataJSON{Kind: "compute#metadata", Fingerprint: "sNTBcLkAJrA="},
	}
	if i.Account != "" {
		out.ServiceAccounts = []instanceAccountJSON{{i.Account, i.Scopes}}
	}
	for _, key := range slices.Sorted(mapKeys(i.Metadata)) {
		out.Metadata.Items = append(out.Metadata.Items, metadataItemJSON{key, i.Metadata[key]})
	}
	return out
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

var instanceName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

func computeInvalid(field, value, why string) error {
	e := invalidArgument("Invalid value for field 'resource.%s': '%s'. %s", field, value, why)
	e.Legacy = "invalid"
	return e
}

func (q *call) insertInstance() (any, error) {
	var in instanceJSON
	if err := q.decode(&in); err != nil {
		return nil, err
	}
	if err := q.needCompute("compute.instances.create", "projects/"+q.vars["project"]+"/zones/"+q.vars["zone"]+"/instances/"+in.Name); err != nil {
		return nil, err
	}
	if err := q.inZone(); err != nil {
		return nil, err
	}
	vm, err := q.newInstance(in)
	if err != nil {
		return nil, err
	}
	key := vm.Zone + "/" + vm.Name
	if q.project.Instances[key] != nil {
		path := q.instancePath(vm.Zone, vm.Name)
		e := alreadyExists("The resource '%s' already exists", path)
		e.Legacy = "alreadyExists"
		return nil, e
	}
	q.project.Instances[key] = vm
	q.project.LastInstance = key
	return q.computeOp("insert", vm), nil
}

// newInstance checks a request and makes the machine: its type, image, network, and an account the caller may attach.
func (q *call) newInstance(in instanceJSON) (*world.ComputeInstance, error) {
	vm := &world.ComputeInstance{
		Name: in.Name, Zone: q.vars["zone"], MachineType: path.Base(in.MachineType), Labels: in.Labels, Description: in.Description,
		Network: "default", Created: q.now, DiskGB: "10", Metadata: map[string]string{},
	}
	if !instanceName.MatchString(in.Name) {
		return nil, computeInvalid("name", in.Name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'")
	}
	if !machineType.MatchString(vm.MachineType) {
		return nil, computeInvalid("machineType", in.MachineType, "The referenced resource does not exist.")
	}
	if err := checkLabels(in.Labels); err != nil {
		return nil, err
	}
	if err := q.attachDisk(vm, in.Disks); err != nil {
		return nil, err
	}
	if err := q.attachNetwork(vm, in.NetworkInterfaces); err != nil {
		return nil, err
	}
	if err := q.attachAccount(vm, in.ServiceAccounts); err != nil {
		return nil, err
	}
	if in.Metadata != nil {
		for _, item := range in.Metadata.Items {
			vm.Metadata[item.Key] = item.Value
		}
	}
	vm.ID = q.state.Digits(19)
	vm.InternalIP = "10.128.0." + q.state.Digits(2)
	return vm, nil
}

var labelText = regexp.MustCompile(`^[\p{Ll}\p{Lo}0-9_-]{0,63}$`)

func checkLabels(labels map[string]string) error {
	for key, value := range labels {
		if key == "" || !labelText.MatchString(key) || !labelText.MatchString(value) {
			return computeInvalid("labels", key+"="+value, "Label keys and values must be at most 63 characters of lower case letters, digits, underscores and dashes.")
		}
	}
	return nil
}

func (q *call) attachDisk(vm *world.ComputeInstance, disks []diskJSON) error {
	if len(disks) == 0 || !disks[0].Boot || disks[0].InitializeParams == nil {
		return computeInvalid("disks", "", "At least one boot disk made from an image is required.")
	}
	p := disks[0].InitializeParams
	part := strings.Split(p.SourceImage, "projects/")
	name := strings.Split(part[len(part)-1], "/")
	if len(name) == 5 && name[1] == "global" && name[2] == "images" && name[3] == "family" && publicImages[name[4]] == name[0] {
		vm.Image = name[4]
	} else if len(name) == 4 && name[1] == "global" && name[2] == "images" && publicImages[familyOf(name[3])] == name[0] {
		vm.Image = familyOf(name[3])
	} else {
		return computeInvalid("disks[0].initializeParams.sourceImage", p.SourceImage, "The referenced image resource cannot be found.")
	}
	if p.DiskSizeGb != "" {
		vm.DiskGB = p.DiskSizeGb
	}
	return nil
}

func familyOf(image string) string {
	family, _, _ := strings.Cut(image, "-v2")
	return family
}

func (q *call) attachNetwork(vm *world.ComputeInstance, nics []networkJSON) error {
	if len(nics) == 0 {
		return computeInvalid("networkInterfaces", "", "At least one network interface is required.")
	}
	nic := nics[0]
	if name := path.Base(nic.Network); nic.Network != "" && name != "default" {
		return computeInvalid("networkInterfaces[0].network", nic.Network, "The referenced network resource cannot be found.")
	}
	if len(nic.AccessConfigs) > 0 {
		vm.ExternalIP = "34.87.1." + q.state.Digits(2)
	}
	return nil
}

// attachAccount wants iam.serviceAccounts.actAs on the account that the machine will be.
func (q *call) attachAccount(vm *world.ComputeInstance, accounts []instanceAccountJSON) error {
	if len(accounts) == 0 {
		return nil
	}
	if len(accounts) > 1 {
		return computeInvalid("serviceAccounts", "", "At most one service account is supported.")
	}
	email := accounts[0].Email
	if email == "default" {
		email = q.project.Number + "-compute@developer.gserviceaccount.com"
	}
	a := q.accountAnywhere(email)
	if a == nil || !q.visible(a) {
		e := invalidArgument("Invalid value for field 'resource.serviceAccounts[0].email': '%s'. The specified service account '%s' was not found.", email, email)
		e.Legacy = "invalid"
		return e
	}
	if !q.may("iam.serviceAccounts.actAs", q.onAccount(a)) {
		e := denied("iam.serviceAccounts.actAs", "")
		e.Message = "The user does not have access to service account '" + email + "'.  User: '" + q.who.label() + "'.  Ask a project owner to grant you the iam.serviceAccountUser role on the service account"
		e.Code, e.Status, e.Legacy = http.StatusForbidden, "PERMISSION_DENIED", "SERVICE_ACCOUNT_ACCESS_DENIED"
		return e
	}
	vm.Account, vm.Scopes = a.Email, accounts[0].Scopes
	return nil
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

var labelFilter = regexp.MustCompile(`^\(?\s*(labels\.([a-z0-9_-]+)|name)\s*(=|eq|:)\s*"?([^")]*)"?\s*\)?$`)

// labelled understands filters such as labels.NAME=VALUE and name=NAME. Another filter matches nothing.
func labelled(vm *world.ComputeInstance, filter string) bool {
	if filter == "" {
		return true
	}
	m := labelFilter.FindStringSubmatch(filter)
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

type computeOpJSON struct {
	Kind          string              `json:"kind"`
	ID            string              `json:"id"`
	Name          string              `json:"name"`
	Zone          string              `json:"zone"`
	OperationType string              `json:"operationType"`
	TargetLink    string              `json:"targetLink"`
	TargetID      string              `json:"targetId"`
	Status        string              `json:"status"`
	User          string              `json:"user"`
	Progress      int                 `json:"progress"`
	InsertTime    string              `json:"insertTime"`
	EndTime       string              `json:"endTime,omitempty"`
	SelfLink      string              `json:"selfLink"`
	Error         map[string][]any    `json:"error,omitempty"`
	Warnings      []map[string]string `json:"warnings,omitempty"`
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
