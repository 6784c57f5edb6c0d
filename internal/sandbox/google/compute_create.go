package google

import (
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/shape"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

var instanceName = shape.Of(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

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
	return q.computeOp("insert", vm), nil
}

// newInstance checks a request and makes the machine: its type, image, network, and an account the caller may attach.
func (q *call) newInstance(in instanceJSON) (*world.ComputeInstance, error) {
	vm := &world.ComputeInstance{
		Name: in.Name, Zone: q.vars["zone"], MachineType: path.Base(in.MachineType), Labels: in.Labels, Description: in.Description,
		Network: "default", Created: q.now, DiskGB: "10", Metadata: map[string]string{},
	}
	if !instanceName(in.Name) {
		return nil, computeInvalid("name", in.Name, "Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)'")
	}
	if !machineType(vm.MachineType) {
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

// The length is held apart: the letters of all scripts, repeated 63 times, cost every start of the program 4 MB.
var labelText = shape.Of(`^[\p{Ll}\p{Lo}0-9_-]*$`)

func isLabel(s string) bool { return utf8.RuneCountInString(s) <= 63 && labelText(s) }

func checkLabels(labels map[string]string) error {
	for key, value := range labels {
		if key == "" || !isLabel(key) || !isLabel(value) {
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
