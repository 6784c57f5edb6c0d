package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// plank is one change while it is made.
type plank struct {
	change     steps.Change
	kind       steps.EventKind // the last that was heard of it, "" before it started
	message    string
	seen, want int
	since      time.Time // of the wait
	until      time.Time
	started    time.Time
	took       time.Duration
	calls      int
	kept       bool
}

// lanes is a run as it is heard of: the planks in the order of the plan.
type lanes struct {
	planks []plank
	index  map[string]int
}

func newLanes(p steps.Plan) lanes {
	l := lanes{index: map[string]int{}}
	for _, c := range p.Changes {
		l.index[c.ID] = len(l.planks)
		l.planks = append(l.planks, plank{change: c, kept: c.Action == steps.Keep})
	}
	return l
}

// take folds one event in.
func (l lanes) take(e steps.Event) {
	i, ok := l.index[e.Step]
	if !ok {
		return
	}
	p := &l.planks[i]
	switch e.Kind {
	case steps.Planned:
		return
	case steps.Called:
		p.calls++
		if p.kind != steps.Waiting {
			p.kind = steps.Started
		}
		return
	case steps.Started:
		p.started = e.Time
	case steps.Done, steps.Skipped, steps.Failed:
		if !p.started.IsZero() {
			p.took = e.Time.Sub(p.started)
		}
	case steps.Waiting, steps.Retrying:
		p.seen, p.want, p.since, p.until = e.Seen, e.Want, e.Since, e.Until
	}
	p.kind, p.message = e.Kind, e.Message
}

// settle lets the result have the last word.
func (l lanes) settle(r steps.Result) {
	for _, s := range r.Steps {
		i, ok := l.index[s.ID]
		if !ok {
			continue
		}
		p := &l.planks[i]
		p.took, p.message = time.Duration(s.DurationMs)*time.Millisecond, s.Reason
		switch s.Outcome {
		case steps.OutcomeDone:
			p.kind = steps.Done
		case steps.OutcomeKept:
			p.kind, p.kept = steps.Done, true
		case steps.OutcomeSkipped:
			p.kind = steps.Skipped
		case steps.OutcomeFailed:
			if p.kind = steps.Failed; calledOff(s) {
				p.kind, p.message = steps.Skipped, underWay
			}
		}
	}
}

// underWay is said of a step that was stopped: its write may have been made.
const underWay = "stopped under way; the next run goes on with it"

// calledOff reports whether a step ended because the run was stopped: that is no failure of its own.
func calledOff(s steps.StepResult) bool {
	return s.Outcome == steps.OutcomeFailed && s.Problem != nil && errors.Is(s.Problem, context.Canceled)
}

// named says a message of the engine with the titles of the steps it names in place of their ids. After a stop nothing
// that was left out is said to have failed.
func (w *walk) named(message string) string {
	if w.interrupted && message != underWay {
		return "not begun"
	}
	for _, p := range w.run.planks {
		message = strings.ReplaceAll(message, "needs "+p.change.ID+",", "needs "+titled(p.change)+",")
	}
	return clean(message)
}

// count says how many of the changes are done, and how many there are besides those kept.
func (l lanes) count() (done, all int) {
	for _, p := range l.planks {
		if p.kept {
			continue
		}
		if all++; p.kind == steps.Done {
			done++
		}
	}
	return done, all
}

// over reports whether nothing more will be heard of a plank.
func (p plank) over() bool {
	return p.kind == steps.Done || p.kind == steps.Skipped || p.kind == steps.Failed
}
