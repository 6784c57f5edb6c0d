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

	mu    sync.Mutex
	waits map[time.Time]time.Duration // how long each wait has taken so far, by when it began
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

// wait keeps how long each wait has taken: it reports more than once, always with the time it began.
func (t *tally) wait(w cloud.Waiting) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waits == nil {
		t.waits = map[time.Time]time.Duration{}
	}
	t.waits[w.Since] = w.Waited
}

func (t *tally) waitedMs() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum time.Duration
	for _, d := range t.waits {
		sum += d
	}
	return sum.Milliseconds()
}

func (t *tally) in(ctx context.Context) context.Context { return cloud.WithTrace(ctx, t.trace()) }
