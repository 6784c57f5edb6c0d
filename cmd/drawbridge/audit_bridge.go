package main

import (
	"context"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// audit plans for drift and asks the rules about what read gives.
func (s *session) audit(ctx context.Context, read func(context.Context) (inventory.Inventory, error)) (audit.Document, error) {
	return s.auditTelling(ctx, func(ui.Progress) {}, read)
}

// auditTelling does the same and tells how far it has come.
func (s *session) auditTelling(
	ctx context.Context, tell func(ui.Progress), read func(context.Context) (inventory.Inventory, error),
) (audit.Document, error) {
	const comparing = "comparing both clouds with the bridge"
	tell(ui.Progress{Doing: comparing})
	plan, err := s.graph.Plan(ctx, s.world, steps.Present, counting(comparing, tell))
	if err != nil {
		return audit.Document{}, err
	}
	tell(ui.Progress{Doing: "looking for borrowed access that was left behind"})
	left, err := verify.Leftovers(ctx, s.world)
	if err != nil {
		return audit.Document{}, err
	}
	tell(ui.Progress{Doing: "reading project " + s.bridge.Google.Project + " and account " + s.bridge.AWS.Account})
	inv, err := read(ctx)
	if err != nil {
		return audit.Document{}, err
	}
	inv.Bridges = []spec.Bridge{s.bridge}
	inv.Files, inv.Applied, inv.Profiles = s.credentialFiles(), s.applied(), s.awsProfiles()
	tell(ui.Progress{Doing: "asking every rule"})
	report := audit.Evaluate(inv)
	drift := driftOf(slices.Concat(plan.Changes, left, s.fileDrift()))
	return audit.NewDocument(drift, report.Findings, nil, report.NotEvaluated, report.Trusts, 1), nil
}

// driftOf is what a plan would change, and borrowed access that a killed run left behind.
func driftOf(changes []steps.Change) []steps.Change {
	return slices.DeleteFunc(changesOf(changes), func(c steps.Change) bool { return c.Action == steps.Keep })
}

func (s *session) inventory(ctx context.Context) (inventory.Inventory, error) {
	return inventory.Read(ctx, inventory.Source{
		Google: s.world.Google, AWS: s.world.AWS, Project: s.bridge.Google.Project, Account: s.bridge.AWS.Account, Now: s.now,
	})
}

// credentialFiles are the configurations that were generated for this bridge and still lie where they were written.
func (s *session) credentialFiles() []inventory.File {
	var out []inventory.File
	s.eachGenerated(func(dir string, e artifact.Entry, data []byte) {
		path := filepath.Join(dir, filepath.FromSlash(e.Path))
		if info, err := os.Stat(path); err == nil && e.Kind == "credential-config" {
			out = append(out, inventory.File{Path: path, Mode: uint32(info.Mode().Perm()), Bytes: data})
		}
	})
	return out
}

// fileDrift finds generated files that somebody edited, and those made from an earlier bridge.
func (s *session) fileDrift() []steps.Change {
	now, err := artifact.NewManifest(s.bridge, nil)
	if err != nil {
		return nil
	}
	var out []steps.Change
	s.eachGenerated(func(dir string, e artifact.Entry, data []byte) {
		if artifact.Hash(data) != e.SHA256 {
			out = append(out, fileChange(dir, e, "was edited after it was generated"))
		}
	})
	for dir, m := range s.manifests() {
		if m.BridgeSHA256 == now.BridgeSHA256 {
			continue
		}
		for _, e := range m.Files {
			out = append(out, fileChange(dir, e, "was generated from an earlier bridge"))
		}
	}
	return out
}

func fileChange(dir string, e artifact.Entry, reason string) steps.Change {
	path := filepath.Join(dir, filepath.FromSlash(e.Path))
	return steps.Change{
		ID: "local.file:" + path, Kind: "file", Name: path, Title: "file " + path, Action: steps.Update, Scope: "bridge",
		Reason: reason, Command: "drawbridge generate " + e.Kind + " -o " + dir, Fields: []steps.Field{}, Needs: []string{},
	}
}

// manifests gives, place by place, what was generated for this bridge. A directory that has been given to another bridge
// since, or that is gone, says nothing.
func (s *session) manifests() iter.Seq2[string, artifact.Manifest] {
	return func(yield func(string, artifact.Manifest) bool) {
		for _, dir := range s.places() {
			m, err := readManifest(dir)
			if err == nil && m.Bridge == s.bridge.Mark() && !yield(dir, m) {
				return
			}
		}
	}
}

// eachGenerated calls f for every file that a manifest of the bridge lists and that is there. A manifest names nothing
// outside its own directory.
func (s *session) eachGenerated(f func(dir string, e artifact.Entry, data []byte)) {
	for dir, m := range s.manifests() {
		for _, e := range m.Files {
			name := filepath.FromSlash(e.Path)
			if !filepath.IsLocal(name) {
				continue
			}
			if data, err := readPlain(filepath.Join(dir, name)); err == nil && data != nil {
				f(dir, e, data)
			}
		}
	}
}
