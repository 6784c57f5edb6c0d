package steps

import (
	"context"
	"fmt"

	"google.golang.org/api/compute/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
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
