package steps

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Plan looks at everything at once, in both clouds, and says what would have to change for want. It never writes. Reads
// need no order: each object is read once, and whoever wants to know about it shares the answer. When reads fail, the
// error joins every failure and no plan is given.
func (g *Graph) Plan(ctx context.Context, w *World, want Want, sink Sink) (Plan, error) {
	w.settle()
	look := w
	if w.reads == nil {
		look = w.looking()
		look.reads.twice = want == Absent // a replica that does not know a thing yet must not keep it from being removed
	}
	if level, why := g.bridge.Standing(); level == spec.StandingBlocked && want == Present {
		return g.standingBlocked(w, why, sink), nil
	}
	own := make([]planned, len(g.steps))
	var found []planned
	err := all(
		func() error { planAll(ctx, look, g.steps, want, sink, own); return nil },
		func() error {
			list, err := leftovers(ctx, look, want)
			found = make([]planned, len(list))
			planAll(ctx, look, list, Absent, sink, found)
			return err
		},
	)
	plan := Plan{Want: want}
	errs := []error{err}
	for _, p := range slices.Concat(own, found) {
		errs = append(errs, p.err)
		plan.Changes = append(plan.Changes, p.change)
		plan.steps = append(plan.steps, p.step)
	}
	if err := joinedErrors(errs); err != nil {
		return Plan{}, err
	}
	plan.Summary = summarize(plan.Changes)
	return plan, nil
}

// settle fills in what a caller may leave out.
func (w *World) settle() {
	if w.Facts == nil {
		w.Facts = &Facts{}
	}
	if w.Now == nil {
		w.Now = time.Now
	}
}

// planned is what one step answered.
type planned struct {
	step   Step
	change Change
	err    error
}

func planAll(ctx context.Context, w *World, list []Step, want Want, sink Sink, out []planned) {
	var wg sync.WaitGroup
	for i, s := range list {
		wg.Go(func() {
			t := &tally{step: s.About().ID, sink: sink, now: w.Now}
			c, err := s.Plan(t.in(ctx), w, want)
			out[i] = planned{s, warned(w.Bridge, c), err}
			if err == nil {
				t.emit(Event{Kind: Planned, Action: c.Action, Title: c.Title, Message: c.Reason})
			} else {
				t.emit(Event{Kind: Failed, Title: s.About().Title, Message: err.Error()})
			}
		})
	}
	wg.Wait()
}

// warned adds to an AWS change what is doubtful about its partition.
func warned(b spec.Bridge, c Change) Change {
	if level, why := b.Standing(); level == spec.StandingWarn && c.Cloud == "aws" && c.Action != Keep {
		c.Reason += "; note: " + why
	}
	return c
}

// standingBlocked is the plan into a partition for which there is no evidence that it can work. Nothing is read.
func (g *Graph) standingBlocked(w *World, why string, sink Sink) Plan {
	p := Plan{Want: Present, steps: g.steps}
	for _, s := range g.steps {
		c := s.About().change(Blocked, why)
		p.Changes = append(p.Changes, c)
		(&tally{step: c.ID, sink: sink, now: w.Now}).emit(Event{Kind: Planned, Action: c.Action, Title: c.Title, Message: c.Reason})
	}
	p.Summary = summarize(p.Changes)
	return p
}
