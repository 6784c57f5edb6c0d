package steps

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// joinedErrors is every error once: a read that several steps share fails once for all of them.
func joinedErrors(errs []error) error {
	var out []error
	for _, err := range errs {
		if err != nil && !slices.Contains(out, err) {
			out = append(out, err)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return errors.Join(out...)
}

// ApplyOptions say who watches a run. The zero value watches nothing.
type ApplyOptions struct {
	Sink    Sink
	Journal *Journal // nil: no journal is kept
}

// Apply makes the plan as it was shown, as much at the same time as needs allow. A step whose need failed is skipped with
// that reason. When ctx ends, writes in flight are finished, nothing new is begun, and the next run goes on from there.
// The error joins the failures; the result is complete either way. A plan with anything blocked is refused untouched.
func (g *Graph) Apply(ctx context.Context, w *World, p Plan, o ApplyOptions) (Result, error) {
	w.settle()
	if b := p.Blocked(); len(b) > 0 {
		return Result{}, &explain.Problem{
			Op: "apply", Kind: explain.Conflict, Reason: b[0].Title + " is blocked: " + b[0].Reason,
			Do: []string{"nothing was touched; plan shows everything that is blocked"},
		}
	}
	r := &run{world: w, plan: p, options: o, needs: edges(p), results: make([]StepResult, len(p.Changes)), ended: map[string]chan struct{}{}}
	for _, c := range p.Changes {
		r.ended[c.ID] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for i := range p.Changes {
		wg.Go(func() { r.step(ctx, i) })
	}
	wg.Wait()
	return r.result()
}

// edges are what each step of a plan waits for. What is left over waits for its needs whichever way the rest runs.
func edges(p Plan) map[string][]string {
	var own []Step
	out := map[string][]string{}
	for _, s := range p.steps {
		if _, old := s.(leftoverStep); !old {
			own = append(own, s)
			continue
		}
		out[s.About().ID] = slices.Clone(s.About().Needs)
	}
	off := switchedOn(p)
	for id, n := range needs(own, p.Want) {
		if c, _ := p.Change(id); !calls(c.Kind, off) {
			n = slices.DeleteFunc(n, func(need string) bool { return need == "google.apis" })
		}
		out[id] = n
	}
	for _, s := range p.steps { // an account goes after the machines that run as it
		if vm, old := s.(*leftoverVM); old && p.Want == Absent {
			const account = "google.service-account.to-aws"
			if _, listed := out[account]; listed {
				out[account] = append(out[account], vm.about.ID)
			}
		}
	}
	return out
}

// switchedOn are the APIs that a plan is going to turn on.
func switchedOn(p Plan) []string {
	c, _ := p.Change("google.apis")
	off, _ := c.Seen.([]string)
	return off
}

// calls reports whether a kind of step calls one of the APIs. Turning APIs on takes Google most of a minute: whoever calls
// none of those that are off need not wait for it.
func calls(kind string, apis []string) bool {
	uses := []string{"iam.googleapis.com", "cloudresourcemanager.googleapis.com"}
	if kind == "vm" {
		uses = append(uses, "compute.googleapis.com")
	}
	return slices.ContainsFunc(uses, func(api string) bool { return slices.Contains(apis, api) })
}

// run is one Apply under way.
type run struct {
	world   *World
	plan    Plan
	options ApplyOptions
	needs   map[string][]string
	results []StepResult
	ended   map[string]chan struct{}

	mu  sync.Mutex
	bad map[string]Outcome // steps that failed or were skipped
}

// step waits for what it needs and then goes, is kept or is skipped.
func (r *run) step(ctx context.Context, i int) {
	c := r.plan.Changes[i]
	t := &tally{step: c.ID, sink: r.options.Sink, now: r.world.Now}
	defer close(r.ended[c.ID])
	for _, id := range r.needs[c.ID] {
		if ended, there := r.ended[id]; there {
			<-ended
		}
	}
	res := StepResult{ID: c.ID, Action: c.Action}
	switch reason := r.unmet(ctx, c); {
	case c.Action == Keep:
		res.Outcome, res.Reason = OutcomeKept, c.Reason
	case reason != "":
		res.Outcome, res.Reason = OutcomeSkipped, reason
		t.emit(Event{Kind: Skipped, Action: c.Action, Title: c.Title, Message: reason})
	default:
		res = r.make(ctx, i, t)
	}
	r.end(i, res)
}

// unmet says why a step cannot go, "" when it can.
func (r *run) unmet(ctx context.Context, c Change) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range r.needs[c.ID] {
		if outcome, bad := r.bad[id]; bad {
			return "needs " + id + ", which was " + past(outcome)
		}
	}
	if ctx.Err() != nil {
		return "interrupted before it began; run the same command again to go on"
	}
	return ""
}

func past(o Outcome) string {
	if o == OutcomeFailed {
		return "not done: it failed"
	}
	return "skipped"
}

// make applies one change between two lines of the journal.
func (r *run) make(ctx context.Context, i int, t *tally) StepResult {
	c := r.plan.Changes[i]
	start := r.world.Now()
	t.emit(Event{Kind: Started, Action: c.Action, Title: c.Title})
	err := r.options.Journal.intent(start, c)
	if err == nil {
		err = r.apply(t.in(ctx), r.plan.steps[i], c)
	}
	end := r.world.Now()
	res := StepResult{
		ID: c.ID, Action: c.Action, Outcome: OutcomeDone, Reason: c.Reason, Calls: int(t.calls.Load()),
		WaitedMs: t.waitedMs(), DurationMs: end.Sub(start).Milliseconds(),
	}
	if err != nil {
		res.Outcome, res.Problem = OutcomeFailed, problemOf(c, err)
		res.Reason = res.Problem.Error()
	}
	if jerr := r.options.Journal.result(end, res); jerr != nil && err == nil {
		res.Outcome, res.Problem = OutcomeFailed, problemOf(c, jerr)
		res.Reason = res.Problem.Error()
	}
	kind := Done
	if res.Outcome == OutcomeFailed {
		kind = Failed
	}
	t.emit(Event{Kind: kind, Action: c.Action, Title: c.Title, Message: res.Reason, Millis: res.DurationMs})
	return res
}

// apply makes one change. When what stands is not as the plan saw it nothing was written, and it is looked at once more: a
// replica that lags behind says so too.
func (r *run) apply(ctx context.Context, s Step, c Change) error {
	err := s.Apply(ctx, r.world, c)
	if errors.Is(err, errMoved) && ctx.Err() == nil {
		err = s.Apply(ctx, r.world, c)
	}
	return err
}

// problemOf makes any failure a Problem.
func problemOf(c Change, err error) *explain.Problem {
	if p, ok := asProblem(err); ok {
		return p
	}
	if p, ok := asProblem(cloud.Problem(string(c.Action)+" "+c.Title, err)); ok {
		return p
	}
	return &explain.Problem{Op: string(c.Action) + " " + c.Title, Kind: explain.Other, Reason: err.Error(), Err: err}
}

func (r *run) end(i int, res StepResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.results[i] = res
	if res.Outcome == OutcomeFailed || res.Outcome == OutcomeSkipped {
		if r.bad == nil {
			r.bad = map[string]Outcome{}
		}
		r.bad[res.ID] = res.Outcome
	}
}

func (r *run) result() (Result, error) {
	out := Result{Steps: r.results, Outputs: outputs(r.world)}
	var errs []error
	for _, s := range r.results {
		out.Summary.count(s.Outcome)
		if s.Problem != nil {
			errs = append(errs, s.Problem)
		}
	}
	if len(errs) == 0 && out.Summary.Skipped > 0 {
		errs = append(errs, &explain.Problem{
			Op: "apply", Kind: explain.Other, Reason: "interrupted", Err: context.Canceled,
			Do: []string{"run the same command again: it goes on where it stopped"},
		})
	}
	return out, joinedErrors(errs)
}
