package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/api/compute/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Apply makes the change.
func (s *vmStep) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(vmSeen)
	switch c.Action {
	case Create:
		return s.create(ctx, w)
	case Remove:
		return s.remove(ctx, w, seen)
	default:
		return nil
	}
}

// create makes the machine; the account of a moment ago may not be known to Compute Engine yet.
func (s *vmStep) create(ctx context.Context, w *World) error {
	op := "create VM " + s.vm.Name
	var o *compute.Operation
	there := func(ctx context.Context) (bool, error) {
		v, err := readVM(ctx, w, s.vm.Zone, s.vm.Name)
		return v != nil, err
	}
	err := onceMore(ctx, s.about.Title, there, func(ctx context.Context) error {
		return untilSpread(ctx, "the service account to be known to Compute Engine", func(ctx context.Context) (err error) {
			o, err = write(ctx, op, func(ctx context.Context) (*compute.Operation, error) {
				return w.Google.Compute.Instances.Insert(s.b.Google.Project, s.vm.Zone, s.instance()).Context(ctx).Do()
			})
			return err
		})
	})
	switch {
	case err == nil:
		err = awaitVM(ctx, w, op, s.vm.Zone, o)
	case lost(err) || explain.Is(err, explain.Exists):
		err = reread(ctx, s.about.Title, err, there)
	}
	if err != nil {
		return err
	}
	return s.made(ctx, w)
}

// made waits until the machine shows, and holds it to being ours.
func (s *vmStep) made(ctx context.Context, w *World) error {
	var v *compute.Instance
	err := untilThere(ctx, s.about.Title, func(ctx context.Context) (_ bool, err error) {
		v, err = readVM(ctx, w, s.vm.Zone, s.vm.Name)
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
	w.Facts.VMNumericID.Forget()
	return deleteVM(ctx, w, s.about.Title, s.vm.Name, seen)
}

// deleteVM deletes a machine in the zone where the plan saw it, unless it is another one by now.
func deleteVM(ctx context.Context, w *World, title, name string, seen vmSeen) error {
	v, err := readVM(ctx, w, seen.Zone, name)
	if err != nil {
		return err
	}
	if err := still(title, seen, vmSeenOf(v)); err != nil {
		return err
	}
	op := "delete VM " + name
	return erase(ctx, title, func(ctx context.Context) error {
		o, err := write(ctx, op, func(ctx context.Context) (*compute.Operation, error) {
			return w.Google.Compute.Instances.Delete(w.Bridge.Google.Project, seen.Zone, name).Context(ctx).Do()
		})
		if err != nil {
			return err
		}
		return awaitVM(ctx, w, op, seen.Zone, o)
	}, func(ctx context.Context) (bool, error) {
		v, err := readVM(ctx, w, seen.Zone, name)
		return v != nil, err
	})
}

func awaitVM(ctx context.Context, w *World, op, zone string, o *compute.Operation) error {
	of := func(o *compute.Operation) operation {
		if o == nil {
			return operation{}
		}
		return operation{name: o.Name, done: o.Status == "DONE", failure: vmFailure(o)}
	}
	return awaitOperation(ctx, op, of(o), func(ctx context.Context, name string) (operation, error) {
		o, err := w.Google.Compute.ZoneOperations.Get(w.Bridge.Google.Project, zone, name).Context(ctx).Do()
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
