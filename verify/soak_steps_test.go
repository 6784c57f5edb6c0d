package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// replan is a plan that must find nothing to do.
var replan = command{"plan", func(ctx context.Context, p *process) error {
	graph, err := steps.Of(p.world.Bridge)
	if err != nil {
		return err
	}
	if p.plan, err = graph.Plan(ctx, p.world, steps.Present, p.sink); err != nil {
		return err
	}
	if !p.plan.Pending() {
		return nil
	}
	return fmt.Errorf("plan again: got %v pending, want nothing", pending(p.plan))
}}

func pending(p steps.Plan) []string {
	var out []string
	for _, c := range p.Changes {
		if c.Action != steps.Keep {
			out = append(out, fmt.Sprintf("%s %s: %s", c.Action, c.ID, c.Reason))
		}
	}
	return out
}

// run runs a command and holds what it did to what nobody may do: take what others have, let in more than the file says.
func (w *walk) run(s *site, c command, at point, does incident) (*process, error) {
	before := w.sight()
	w.fresh = w.lagging && w.clouds().Now().Sub(w.edited) < walkLag
	p, err := s.run(c, at, does)
	w.say(s, p, err)
	w.kept(before, c.name)
	return p, err
}

// kept compares the clouds with what they were before something of the program ran.
func (w *walk) kept(before sight, what string) {
	w.Helper()
	after := w.sight()
	for _, way := range after.ways.without(before.ways, after.asked) {
		w.Errorf("%s lets more in than the file says: %s", what, way)
	}
	for _, pin := range before.pins.without(after.lives) {
		if before.lives[pin] {
			w.Errorf("%s removed %s, on which others hang", what, pin)
		}
	}
}

// told wants an error to be told as one is, and none at all where nothing was in the way.
func (w *walk) told(s *site, what string, err error, excused string) {
	w.Helper()
	outcome := "done"
	for _, e := range parts(err) {
		if e == nil {
			continue
		}
		problem, ok := errors.AsType[*explain.Problem](e)
		unproven, no := errors.AsType[*unprovenError](e)
		switch {
		case ok:
			outcome = string(problem.Kind)
			if problem.Kind != explain.Conflict {
				w.Logf("seed %d, step %d: %s %s: %v", w.seed, len(w.trace), what, s.bridge.Name, e)
			}
		case no:
			outcome = string(unproven.proof.Verdict)
		default:
			w.Errorf("%s %s: got %T %v, want a problem", what, s.bridge.Name, e, e)
		}
	}
	if w.fresh && explain.Is(err, explain.Conflict) {
		excused = "what somebody did came to be seen between plan and apply"
	}
	if err != nil && excused == "" {
		w.Errorf("%s %s: got %v with nothing in the way", what, s.bridge.Name, err)
	}
	w.also("%s: %s", s.bridge.Name, outcome)
	if err != nil {
		w.also("[%s; %v]", excused, err)
	}
	w.counts[what+": "+outcome]++
}

func (w *walk) apply(s *site) {
	p, err := w.run(s, apply, point{}, nil)
	w.told(s, "apply", err, w.inTheWay(s, p))
	if err == nil {
		w.converged(s)
	}
}

// converged holds a bridge that was applied with success to its file.
func (w *walk) converged(s *site) {
	w.owed = w.owed && len(w.sight().loans) > 0
	if w.fresh {
		return // it planned by what stood before; the next apply is held to the file
	}
	w.stands[s] = true
	v := w.sight()
	for _, way := range v.ways.without(v.asked) {
		if w.namesOf(s)[strings.SplitN(way, ":", 2)[0]] {
			w.Errorf("apply left a way in that the file does not ask for: %s", way)
		}
	}
	if _, err := w.run(s, replan, point{}, nil); err != nil {
		w.Errorf("%s after apply: %v", s.bridge.Name, err)
	}
}

// namesOf are the names of what a bridge makes, as facts call them.
func (w *walk) namesOf(s *site) facts {
	out := facts{}
	if to := s.bridge.ToAWS; to != nil {
		out.add("role %s", strings.ToLower(to.Role.Name))
		out.add("account %s", s.bridge.ToAWSEmail())
		if to.VM != nil {
			out.add("vm %s/%s", to.VM.Zone, to.VM.Name)
		}
	}
	if to := s.bridge.ToGoogle; to != nil {
		out.add("role %s", strings.ToLower(to.Role.Name))
		out.add("profile %s", strings.ToLower(to.Role.Name))
		out.add("account %s", s.bridge.ToGoogleEmail())
		out.add("pool %s", to.Pool)
		out.add("provider %s/%s", to.Pool, to.Provider)
	}
	return out
}

// applyMeddled applies while somebody edits before one of its calls.
func (w *walk) applyMeddled() {
	s := w.site()
	w.editAt.Store(1 + w.dice.Int32N(60))
	p, err := w.run(s, apply, point{}, nil)
	w.editAt.Store(0)
	w.stands[s] = false
	excuse := "somebody edited meanwhile"
	if way := w.inTheWay(s, p); way != "" {
		excuse = way
	}
	w.told(s, "apply", err, excuse)
}

func (w *walk) destroy(s *site) {
	p, err := w.run(s, destroy, point{}, nil)
	w.stands[s] = false
	w.told(s, "destroy", err, "")
	if err == nil {
		w.gone(s, p)
	}
}

// gone holds a destroy that kept nothing to having left nothing.
func (w *walk) gone(s *site, p *process) {
	report := steps.DestroyOf(p.plan, p.result)
	if report.Held() {
		w.counts["destroy: held"]++
		w.also("held")
		return
	}
	if left := w.sight().ours[s.bridge.Mark()]; len(left) > 0 {
		w.Errorf("destroy left %v", left)
	}
}

func (w *walk) prove(s *site) {
	p, err := w.run(s, prove, point{}, nil)
	excuse := "it is not known to stand, or was adopted"
	if w.stands[s] && !s.bridge.Adopts("toGoogle.role") {
		excuse = ""
	}
	w.told(s, "verify", err, excuse)
	loose := len(w.looser(s)) > 0
	for _, proof := range p.proofs {
		if proof.Verdict == Open && !loose {
			w.Errorf("verify says that %s is open: %s", proof.Direction, proof.Reason)
		}
	}
	if err == nil {
		w.owed = w.owed && len(w.sight().loans) > 0
	}
}

// looser are the ways into a bridge that its file does not ask for.
func (w *walk) looser(s *site) []string {
	v, names := w.sight(), w.namesOf(s)
	return slices.DeleteFunc(v.ways.without(v.asked), func(way string) bool { return !names[strings.SplitN(way, ":", 2)[0]] })
}
