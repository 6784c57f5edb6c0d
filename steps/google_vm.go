package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/api/compute/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// vmStep is a machine that runs as the service account. It is made once and never changed or replaced; destroy takes it
// only when told to, because people keep things on machines.
type vmStep struct {
	b     spec.Bridge
	vm    spec.VM
	about About
}

func newVM(b spec.Bridge) Step {
	vm := *b.ToAWS.VM
	return &vmStep{b: b, vm: vm, about: About{
		ID: "google.vm", Cloud: "google", Kind: "vm", Name: vm.Name, Title: "VM " + vm.Name + " in " + vm.Zone,
		Scope: "bridge", Direction: "to-aws", Needs: []string{"google.service-account.to-aws"},
		Why: "the workload runs on it as the service account, and gets its tokens from its metadata server",
		Permissions: []string{
			"compute.instances.get", "compute.instances.create", "compute.instances.delete", "compute.instances.setLabels",
			"compute.instances.setServiceAccount", "compute.disks.create", "compute.subnetworks.use", "compute.subnetworks.useExternalIp",
			"iam.serviceAccounts.actAs", "compute.zoneOperations.get",
		},
	}}
}

// About says which machine this is.
func (s *vmStep) About() About { return s.about }

// readVM reads the bridge's machine, nil when there is none.
func readVM(ctx context.Context, w *World) (*compute.Instance, error) {
	vm := w.Bridge.ToAWS.VM
	return read(ctx, w, "VM "+vm.Zone+"/"+vm.Name, func(ctx context.Context) (*compute.Instance, error) {
		v, err := w.Google.Compute.Instances.Get(w.Bridge.Google.Project, vm.Zone, vm.Name).Context(ctx).Do()
		return absent(v, cloud.Problem("read VM "+vm.Name, err))
	})
}

// vmSeen is what a plan saw of the machine.
type vmSeen struct {
	ID      uint64
	Account []string
	Labels  map[string]string
}

func vmSeenOf(v *compute.Instance) vmSeen {
	if v == nil {
		return vmSeen{}
	}
	out := vmSeen{ID: v.Id, Labels: v.Labels}
	for _, a := range v.ServiceAccounts {
		out.Account = append(out.Account, a.Email)
	}
	return out
}

// Plan looks at the machine.
func (s *vmStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	v, err := readVM(ctx, w)
	if v != nil {
		w.Facts.VMNumericID.Set(fmt.Sprint(v.Id))
	}
	switch {
	case err != nil:
		return Change{}, err
	case want == Absent:
		return s.planAbsent(w, v), nil
	case v == nil:
		return s.planCreate(), nil
	}
	return s.planThere(v), nil
}

func (s *vmStep) planThere(v *compute.Instance) Change {
	owner := byLabels(s.b, v.Labels)
	runs := runsAs(v, s.b.ToAWSEmail())
	switch {
	case !runs:
		return s.about.blocked("choose another toAWS.vm.name, or change the VM's account yourself", "it runs as %s, and a VM is never changed", accountsOf(v))
	case owner != ours && s.b.Adopts("toAWS.vm"):
		return s.about.keep("adopted, and it runs as the account")
	case owner != ours:
		return s.about.blocked("choose another toAWS.vm.name", "%s", stranger(owner))
	case leaf(v.MachineType) != s.vm.MachineType:
		return s.about.blocked("put it back, or delete the VM first", "toAWS.vm.machineType cannot change in place: the VM is a %s", leaf(v.MachineType))
	}
	return s.about.keep("it runs as the account")
}

func accountsOf(v *compute.Instance) string {
	if seen := vmSeenOf(v); len(seen.Account) > 0 {
		return seen.Account[0]
	}
	return "no service account"
}

func (s *vmStep) planCreate() Change {
	address := "--no-address"
	if s.vm.ExternalIP {
		address = ""
	}
	var labels []string
	for _, k := range sortedKeys(s.b.Labels()) {
		labels = append(labels, k+"="+s.b.Labels()[k])
	}
	words := []string{
		"gcloud", "compute", "instances", "create", s.vm.Name, "--project", s.b.Google.Project, "--zone", s.vm.Zone,
		"--machine-type", s.vm.MachineType, "--image-project", imageProject(s.vm.Image), "--image-family", leaf(s.vm.Image), "--network", s.vm.Network,
		"--service-account", s.b.ToAWSEmail(), "--scopes", "cloud-platform", "--labels", joined(labels),
	}
	if address != "" {
		words = append(words, address)
	}
	return s.about.change(Create, "it is not there").with(vmSeen{}, command(words...),
		set("zone", s.vm.Zone), set("machineType", s.vm.MachineType), set("image", s.vm.Image), set("network", s.vm.Network),
		set("externalIP", s.vm.ExternalIP), set("serviceAccount", s.b.ToAWSEmail()), set("labels", s.b.Labels()))
}

func (s *vmStep) planAbsent(w *World, v *compute.Instance) Change {
	remove := command("gcloud", "compute", "instances", "delete", s.vm.Name, "--project", s.b.Google.Project, "--zone", s.vm.Zone)
	switch {
	case v == nil:
		return s.about.gone()
	case byLabels(s.b, v.Labels) != ours:
		return s.about.keep("it was not made by this bridge")
	case !w.Consent.WithVM:
		c := s.about.keep("a VM goes only with --with-vm, because people keep things on machines")
		c.Undo = remove
		return c
	}
	return s.about.change(Remove, "it was made by this bridge, and --with-vm says so").with(vmSeenOf(v), remove, drop("id", fmt.Sprint(v.Id)))
}

// Apply makes the change.
func (s *vmStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(vmSeen)
	switch c.Action {
	case Create:
		return s.create(ctx, w)
	case Remove:
		return s.remove(ctx, w, seen)
	}
	return nil
}

// create makes the machine; the account of a moment ago may not be known to Compute Engine yet.
func (s *vmStep) create(ctx context.Context, w *World) error {
	op := "create VM " + s.vm.Name
	var o *compute.Operation
	err := untilSpread(ctx, "the service account to be known to Compute Engine", func(ctx context.Context) (err error) {
		o, err = write(ctx, op, func(ctx context.Context) (*compute.Operation, error) {
			return w.Google.Compute.Instances.Insert(s.b.Google.Project, s.vm.Zone, s.instance()).Context(ctx).Do()
		})
		return err
	})
	switch {
	case err == nil:
		err = s.await(ctx, w, op, o)
	case lost(err) || explain.Is(err, explain.Exists):
		cause := err
		err = reread(ctx, s.about.Title, cause, func(ctx context.Context) (bool, error) {
			v, err := readVM(ctx, w)
			return v != nil, err
		})
	}
	if err != nil {
		return err
	}
	var v *compute.Instance
	err = untilThere(ctx, s.about.Title, func(ctx context.Context) (_ bool, err error) {
		v, err = readVM(ctx, w)
		return v != nil, err
	})
	if err != nil {
		return err
	}
	if byLabels(s.b, v.Labels) != ours || !runsAs(v, s.b.ToAWSEmail()) {
		return moved(s.about.Title)
	}
	w.Facts.VMNumericID.Set(fmt.Sprint(v.Id))
	return nil
}

func (s *vmStep) instance() *compute.Instance {
	network := &compute.NetworkInterface{Network: "global/networks/" + s.vm.Network}
	if s.vm.ExternalIP {
		network.AccessConfigs = []*compute.AccessConfig{{Name: "External NAT", Type: "ONE_TO_ONE_NAT"}}
	}
	return &compute.Instance{
		Name: s.vm.Name, MachineType: "zones/" + s.vm.Zone + "/machineTypes/" + s.vm.MachineType,
		Disks: []*compute.AttachedDisk{{
			Boot: true, AutoDelete: true,
			InitializeParams: &compute.AttachedDiskInitializeParams{SourceImage: sourceImage(s.vm.Image)},
		}},
		NetworkInterfaces: []*compute.NetworkInterface{network},
		ServiceAccounts:   []*compute.ServiceAccount{{Email: s.b.ToAWSEmail(), Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"}}},
		Labels:            maps.Clone(s.b.Labels()),
	}
}

func (s *vmStep) remove(ctx context.Context, w *World, seen vmSeen) error {
	v, err := readVM(ctx, w)
	if err != nil {
		return err
	}
	if err := still(s.about.Title, seen, vmSeenOf(v)); err != nil {
		return err
	}
	op := "delete VM " + s.vm.Name
	o, err := write(ctx, op, func(ctx context.Context) (*compute.Operation, error) {
		return w.Google.Compute.Instances.Delete(s.b.Google.Project, s.vm.Zone, s.vm.Name).Context(ctx).Do()
	})
	if err == nil {
		err = s.await(ctx, w, op, o)
	}
	if err != nil && !lost(err) && !explain.Is(err, explain.Missing) {
		return err
	}
	w.Facts.VMNumericID.Forget()
	return untilGone(ctx, s.about.Title, func(ctx context.Context) (bool, error) {
		v, err := readVM(ctx, w)
		return v != nil, err
	})
}

func (s *vmStep) await(ctx context.Context, w *World, op string, o *compute.Operation) error {
	of := func(o *compute.Operation) operation {
		if o == nil {
			return operation{}
		}
		return operation{name: o.Name, done: o.Status == "DONE", failure: vmFailure(o)}
	}
	return awaitOperation(ctx, op, of(o), func(ctx context.Context, name string) (operation, error) {
		o, err := w.Google.Compute.ZoneOperations.Get(s.b.Google.Project, s.vm.Zone, name).Context(ctx).Do()
		return of(o), err
	})
}

// vmFailure puts the error of a compute operation into the form of the other APIs.
func vmFailure(o *compute.Operation) any {
	if o.Error == nil || len(o.Error.Errors) == 0 {
		return nil
	}
	e := o.Error.Errors[0]
	return map[string]any{"code": 9, "message": e.Code + ": " + e.Message}
}

// imageProject is the public project that keeps the images of a family, such as debian-12.
func imageProject(image string) string {
	families := map[string]string{"debian": "debian-cloud", "ubuntu": "ubuntu-os-cloud", "cos": "cos-cloud", "rocky": "rocky-linux-cloud", "rhel": "rhel-cloud", "sles": "suse-cloud", "centos": "centos-cloud", "fedora": "fedora-cloud"}
	for _, prefix := range slices.Sorted(maps.Keys(families)) {
		if len(image) > len(prefix) && image[:len(prefix)] == prefix {
			return families[prefix]
		}
	}
	return "debian-cloud"
}

// sourceImage turns a family into the newest image of it; a full path stays as it is.
func sourceImage(image string) string {
	if image != leaf(image) {
		return image
	}
	return "projects/" + imageProject(image) + "/global/images/family/" + image
}
