package steps

import (
	"context"
	"fmt"

	"google.golang.org/api/compute/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// leftoverVM is a machine with our labels that the file no longer names. The file that dropped it says that it goes;
// destroy takes it only when told to.
type leftoverVM struct {
	b     spec.Bridge
	about About
	vm    *compute.Instance
	want  Want
}

func newLeftoverVM(b spec.Bridge, v *compute.Instance, want Want) Step {
	return &leftoverVM{b: b, vm: v, want: want, about: About{
		ID: "google.vm:" + v.Name, Cloud: "google", Kind: "vm", Name: v.Name,
		Title: "VM " + v.Name + " in " + leaf(v.Zone) + " of an earlier file", Scope: "bridge", Why: noLongerNamed,
	}}
}

func (s *leftoverVM) leftover() {}

// About says which machine this is.
func (s *leftoverVM) About() About { return s.about }

// Plan removes the machine, on destroy only with consent.
func (s *leftoverVM) Plan(_ context.Context, w *World, _ Want) (Change, error) {
	remove := removeVMCommand(s.b, s.vm)
	if s.want == Absent && !w.Consent.WithVM {
		c := s.about.keep("a VM goes only with --with-vm, because people keep things on machines")
		c.Undo = remove
		return c, nil
	}
	return s.about.change(Remove, noLongerNamed).with(vmSeenOf(s.vm), remove, drop("id", fmt.Sprint(s.vm.Id))), nil
}

// Apply deletes the machine, after looking again.
func (s *leftoverVM) Apply(ctx context.Context, w *World, c Change) error {
	seen, _ := c.Seen.(vmSeen)
	return deleteVM(ctx, w, s.about.Title, s.vm.Name, seen)
}

// leftoverVMs are the machines with our labels, in any zone, of another name than the file's. Of two of one name the
// second waits for the next run: ids name them by name alone.
func leftoverVMs(ctx context.Context, w *World, want Want) ([]Step, error) {
	list, err := markedVMs(ctx, w)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []Step
	for _, v := range list {
		named := w.Bridge.ToAWS != nil && w.Bridge.ToAWS.VM != nil && w.Bridge.ToAWS.VM.Name == v.Name
		if !named && !seen[v.Name] {
			seen[v.Name] = true
			out = append(out, newLeftoverVM(w.Bridge, v, want))
		}
	}
	return out, nil
}

// stayingVM names a machine of the bridge's own that runs as the account and is not going to be removed.
func (s *accountStep) stayingVM(ctx context.Context, w *World) (string, error) {
	if s.direction != "to-aws" || s.fallen || w.Consent.WithVM {
		return "", nil
	}
	adopted := ""
	if !s.leftover && s.b.ToAWS != nil && s.b.ToAWS.VM != nil {
		adopted = s.b.ToAWS.VM.Name
	}
	list, err := readVMs(ctx, w, s.project)
	if explain.Is(err, explain.Denied) {
		return "", nil // that we may not list them is told among what hangs on the account
	}
	for _, v := range list {
		if runsAs(v, s.email) && (v.Name == adopted || byLabels(s.b, v.Labels) == ours) {
			return v.Name, err
		}
	}
	return "", err
}
