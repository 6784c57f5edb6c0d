package steps

import (
	"context"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// MissingRights asks, before anything is changed, for what a purpose takes: for destroying, what the plan removes; for a
// proof, what lending takes. Its error names the permissions that are missing on either side. What may not be looked at
// is no error: the call itself will tell.
func MissingRights(ctx context.Context, w *World, ops cloud.Operators, purpose Purpose, plan Plan) error {
	g, err := Of(w.Bridge)
	if err != nil {
		return err
	}
	p := preflight{World: w.looking(), graph: g, ops: ops, plan: plan}
	var lacks, do []string
	for _, c := range p.permissions(ctx, p.neededFor(purpose).without(onlyPreflight), purpose) {
		if c.Outcome == CheckBlocked {
			lacks = append(lacks, c.Title+": "+c.Detail)
			do = append(do, c.Fix)
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return &explain.Problem{
		Op: "check the permissions to " + purpose.verb(), Kind: explain.Denied, Code: "missing-rights",
		Reason: strings.Join(lacks, "; "), Do: append(do, "the least that it takes: "+printPolicy(purpose)),
	}
}

// neededFor are the rights of a purpose without those for changes that the plan does not have.
func (p *preflight) neededFor(purpose Purpose) Rights {
	if purpose != ForDestroy {
		return RightsFor(p.Bridge, purpose)
	}
	need := Rights{Google: []string{useProject}}
	for _, s := range p.graph.Steps() {
		a := s.About()
		c, planned := p.plan.Change(a.ID)
		for _, permission := range a.Permissions {
			if purpose.takes(permission) && (looksOnly(permission) || planned && c.Action != Keep) {
				need.add(p.Bridge, a, permission)
			}
		}
	}
	need.lookAround(p.Bridge, purpose)
	return need.sorted()
}
