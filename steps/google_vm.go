package steps

import (
	"context"
	"fmt"

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
		Scope: "bridge", Direction: "to-aws", Needs: []string{"google.apis", "google.service-account.to-aws"},
		Why: "the workload runs on it as the service account, and gets its tokens from its metadata server",
		Permissions: []string{
			"compute.instances.get", "compute.instances.list", "compute.instances.create", "compute.instances.delete", "compute.instances.setLabels",
			"compute.instances.setServiceAccount", "compute.disks.create", "compute.subnetworks.use", "compute.subnetworks.useExternalIp",
			"iam.serviceAccounts.actAs", "compute.zoneOperations.get",
		},
	}}
}

// About says which machine this is.
func (s *vmStep) About() About { return s.about }

// readVM reads a machine of the bridge's project, nil when there is none.
func readVM(ctx context.Context, w *World, zone, name string) (*compute.Instance, error) {
	return read(ctx, w, "VM "+zone+"/"+name, func(ctx context.Context) (*compute.Instance, error) {
		v, err := w.Google.Compute.Instances.Get(w.Bridge.Google.Project, zone, name).Context(ctx).Do()
		return absent(v, cloud.Problem("read VM "+name, err))
	})
}

// readVMs lists a project's machines in all zones; none where compute was never turned on.
func readVMs(ctx context.Context, w *World, project string) ([]*compute.Instance, error) {
	return read(ctx, w, "VMs of "+project, func(ctx context.Context) ([]*compute.Instance, error) {
		var out []*compute.Instance
		err := w.Google.Compute.Instances.AggregatedList(project).Pages(ctx, func(r *compute.InstanceAggregatedList) error {
			for _, zone := range r.Items {
				out = append(out, zone.Instances...)
			}
			return nil
		})
		return nothingWhenOff(out, cloud.Problem("list the VMs of "+project, err))
	})
}

// markedVMs are the machines that carry our labels, in any zone.
func markedVMs(ctx context.Context, w *World) ([]*compute.Instance, error) {
	list, err := readVMs(ctx, w, w.Bridge.Google.Project)
	var out []*compute.Instance
	for _, v := range list {
		if byLabels(w.Bridge, v.Labels) == ours {
			out = append(out, v)
		}
	}
	return out, err
}

// find looks for the machine where the file says, and else for ours of that name in the other zones: names are unique in
// a zone alone. Who may not list sees none there.
func (s *vmStep) find(ctx context.Context, w *World) (*compute.Instance, error) {
	v, err := readVM(ctx, w, s.vm.Zone, s.vm.Name)
	if v != nil || err != nil {
		return v, err
	}
	list, err := markedVMs(ctx, w)
	if explain.Is(err, explain.Denied) {
		return nil, nil
	}
	for _, v := range list {
		if v.Name == s.vm.Name {
			return v, err
		}
	}
	return nil, err
}

// vmSeen is what a plan saw of the machine.
type vmSeen struct {
	ID      uint64
	Zone    string
	Account []string
	Labels  map[string]string
}

func vmSeenOf(v *compute.Instance) vmSeen {
	if v == nil {
		return vmSeen{}
	}
	out := vmSeen{ID: v.Id, Zone: leaf(v.Zone), Labels: v.Labels}
	for _, a := range v.ServiceAccounts {
		out.Account = append(out.Account, a.Email)
	}
	return out
}

// Plan looks at the machine.
func (s *vmStep) Plan(ctx context.Context, w *World, want Want) (Change, error) {
	v, err := s.find(ctx, w)
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
	case leaf(v.Zone) != s.vm.Zone:
		return s.about.blocked("put toAWS.vm.zone back, or choose another toAWS.vm.name: the VM of the old name is then removed",
			"toAWS.vm.zone cannot change in place: the VM is in %s", leaf(v.Zone))
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
	if v == nil {
		return s.about.gone()
	}
	remove := removeVMCommand(s.b, v)
	switch {
	case byLabels(s.b, v.Labels) != ours:
		return s.about.keep("it was not made by this bridge")
	case !w.Consent.WithVM:
		c := s.about.keep("a VM goes only with --with-vm, because people keep things on machines")
		c.Undo = remove
		return c
	}
	return s.about.change(Remove, "it was made by this bridge, and --with-vm says so").with(vmSeenOf(v), remove, drop("id", fmt.Sprint(v.Id)))
}

func removeVMCommand(b spec.Bridge, v *compute.Instance) string {
	return command("gcloud", "compute", "instances", "delete", v.Name, "--project", b.Google.Project, "--zone", leaf(v.Zone))
}
