package steps

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// tally watches one step: it counts its calls, adds up its waits and passes both on as events.
type tally struct {
	step  string
	sink  Sink
	now   func() time.Time
	calls atomic.Int64

	mu     sync.Mutex
	since  time.Time // the wait that is going on began then
	waited time.Duration
}

func (t *tally) emit(e Event) {
	if t.sink == nil {
		return
	}
	e.Time, e.Step = t.now(), t.step
	t.sink(e)
}

// trace is what the calls of this step report to.
func (t *tally) trace() *cloud.Trace {
	return &cloud.Trace{
		Call: func(c cloud.Call) {
			t.calls.Add(1)
			t.emit(Event{Kind: Called, Call: c.Method + " " + c.Host + c.Path, Status: c.Status, Millis: c.Duration.Milliseconds()})
		},
		Waiting: func(w cloud.Waiting) {
			t.wait(w)
			t.emit(Event{Kind: Waiting, Message: w.What, Seen: w.Seen, Want: w.Want, Since: w.Since, Until: w.Until})
		},
		Retrying: func(r cloud.Retrying) {
			t.emit(Event{Kind: Retrying, Message: r.What, Seen: r.Attempt, Millis: r.After.Milliseconds()})
		},
	}
}

// wait keeps the longest span of each wait: a wait reports more than once, always with the time it began.
func (t *tally) wait(w cloud.Waiting) {
	t.mu.Lock()
	defer t.mu.Unlock()
	span := t.now().Sub(w.Since)
	if w.Since.Equal(t.since) {
		t.waited = max(t.waited, span)
		return
	}
	t.since = w.Since
	t.waited += span
}

func (t *tally) waitedMs() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waited.Milliseconds()
}

func (t *tally) in(ctx context.Context) context.Context { return cloud.WithTrace(ctx, t.trace()) }
