package steps

import (
	"fmt"
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Graph is the planks of one bridge with what each needs. It keeps no state of a run: one Graph may plan and apply often.
type Graph struct {
	bridge spec.Bridge
	steps  []Step
}

// Of lists the planks of a bridge in order. It fails only when the list contradicts itself.
func Of(b spec.Bridge) (*Graph, error) {
	g := &Graph{bridge: b, steps: list(b)}
	if err := g.check(); err != nil {
		return nil, fmt.Errorf("order the steps of %s: %w", b.Name, err)
	}
	return g, nil
}

// Steps returns the planks in order: each stands after everything it needs.
func (g *Graph) Steps() []Step { return slices.Clone(g.steps) }

// check holds the list to its own promise: ids are unique and needs stand before what needs them.
func (g *Graph) check() error {
	seen := map[string]bool{}
	for _, s := range g.steps {
		a := s.About()
		if seen[a.ID] {
			return fmt.Errorf("step %s is listed twice", a.ID)
		}
		for _, n := range a.Needs {
			if !seen[n] {
				return fmt.Errorf("step %s needs %s, which does not stand before it", a.ID, n)
			}
		}
		seen[a.ID] = true
	}
	return nil
}

// needs gives the edges of steps in the direction of a want: what a step waits for. Needs outside of the list are left
// out. To take a bridge down the edges are reversed.
func needs(list []Step, want Want) map[string][]string {
	out := make(map[string][]string, len(list))
	for _, s := range list {
		out[s.About().ID] = nil
	}
	for _, s := range list {
		a := s.About()
		for _, n := range a.Needs {
			if _, listed := out[n]; !listed {
				continue
			}
			if want == Present {
				out[a.ID] = append(out[a.ID], n)
			} else {
				out[n] = append(out[n], a.ID)
			}
		}
	}
	return out
}
