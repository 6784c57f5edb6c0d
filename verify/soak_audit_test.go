package verify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// audit looks for the looser trust while it is there.
func (w *walk) audit(s *site) {
	var doc audit.Document
	read := command{"audit", func(ctx context.Context, p *process) (err error) {
		doc, err = auditOf(ctx, p)
		return err
	}}
	before := asText(w.sight().all())
	_, err := w.run(s, read, point{}, nil)
	w.told(s, "audit", err, "")
	w.write(s, doc)
	v := w.sight()
	if after := asText(v.all()); before != after {
		w.Errorf("audit changed the clouds: got %s, want %s", after, before)
	}
	for _, way := range w.looser(s) {
		if !v.lives[strings.SplitN(way, ":", 2)[0]] {
			continue // it is deleted
		}
		w.counts["audit: looser trust to tell"]++
		if !tells(doc, strings.SplitN(way, ":", 2)[0]) {
			w.Errorf("audit does not tell of %s: drift %s, findings %s", way, asText(doc.Drift), asText(doc.Findings))
		}
	}
}

// auditOf is what drawbridge audit does for one bridge.
func auditOf(ctx context.Context, p *process) (audit.Document, error) {
	graph, err := steps.Of(p.world.Bridge)
	if err != nil {
		return audit.Document{}, err
	}
	plan, err := graph.Plan(ctx, p.world, steps.Present, p.sink)
	if err != nil {
		return audit.Document{}, err
	}
	b := p.world.Bridge
	inv, err := inventory.Read(ctx, inventory.Source{Google: p.world.Google, AWS: p.world.AWS, Project: b.Google.Project, Account: b.AWS.Account, Now: p.world.Now})
	if err != nil {
		return audit.Document{}, err
	}
	inv.Bridges = []spec.Bridge{b}
	report := audit.Evaluate(inv)
	drift := slices.DeleteFunc(plan.Changes, func(c steps.Change) bool { return c.Action == steps.Keep })
	return audit.NewDocument(drift, report.Findings, nil, report.NotEvaluated, report.Trusts, 1), nil
}

// tells wants the drift to name a thing, and a finding by which an audit says no.
func tells(doc audit.Document, thing string) bool {
	name := thing[strings.LastIndexAny(thing, " /")+1:]
	drift := slices.ContainsFunc(doc.Drift, func(c steps.Change) bool { return strings.Contains(c.Name+c.Title, name) })
	found := slices.ContainsFunc(doc.Findings, func(f audit.Finding) bool {
		return strings.Contains(f.Resource+asText(f.Evidence), name) && slices.Contains([]audit.Severity{audit.Critical, audit.High, audit.Medium}, f.Severity)
	})
	return drift && found
}

// end takes back what hands did, and lets every bridge be applied, proved and destroyed once more.
func (w *walk) end() {
	w.lagging = false
	for _, one := range slices.Backward(w.undo) {
		w.byHand(one.undo)
	}
	w.undo = nil
	w.clouds().Advance(2 * walkLag)
	for _, s := range w.sites {
		w.mend(s)
		for _, c := range []command{apply, replan, prove} {
			if c.name == prove.name && s.bridge.Adopts("toGoogle.role") {
				continue // nothing is lent on what was adopted
			}
			if _, err := w.run(s, c, point{}, nil); err != nil {
				w.Errorf("in the end, %s %s: %v", c.name, s.bridge.Name, err)
			}
		}
	}
	for _, s := range w.sites {
		p, err := w.run(s, destroy, point{}, nil)
		report := steps.DestroyOf(p.plan, p.result)
		if err != nil || report.Held() {
			w.Errorf("in the end, destroy %s: %v, kept %s", s.bridge.Name, err, asText(report.Kept))
		}
	}
	v := w.sight()
	if len(v.lives) > 0 || len(v.loans) > 0 {
		w.Errorf("in the end, left: %v, lent %v", slices.Sorted(maps.Keys(v.lives)), v.loans)
	}
	w.counts["end"]++
}

// mend does what a plan tells a person to do whose role trusts an account that is gone: destroy, then apply.
func (w *walk) mend(s *site) {
	p, err := w.run(s, apply, point{}, nil)
	if err != nil && w.inTheWay(s, p) == "the role trusts another account than lives" {
		w.counts["mended by destroy"]++
		w.destroy(s)
	}
}
