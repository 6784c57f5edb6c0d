package cloud

import (
	"context"
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Trace is told about what happens below one step or hop. Its functions may be nil and may be called from several
// goroutines at once.
type Trace struct {
	Call     func(Call)
	Waiting  func(Waiting)
	Retrying func(Retrying)
}

// Call is one request and its reply. A repeated request is two calls.
type Call struct {
	Method    string
	Host      string // with the port, when there is one
	Path      string // escaped, without the query
	Operation string // AWS: the API operation, such as CreateRole; else ""
	Status    int    // 0 when no reply came
	Duration  time.Duration
	RequestID string // the cloud's, "" when it gave none
}

// Waiting is one look that has not seen what it waits for yet, or not often enough.
type Waiting struct {
	What         string
	Seen, Want   int // successes in a row so far, and needed
	Since, Until time.Time
	Waited       time.Duration // since Since, by the clock of the wait
}

// Retrying is a call that failed in a passing way and will be made again.
type Retrying struct {
	What    string // "iam.googleapis.com POST", "CreateRole"
	Attempt int    // the one that failed, from 1
	After   time.Duration
	Kind    explain.Kind
}

type traceKey struct{}

// WithTrace reports every call, wait and retry below the context to t, besides the traces it already has.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	if t == nil {
		return ctx
	}
	outer, _ := ctx.Value(traceKey{}).([]*Trace)
	return context.WithValue(ctx, traceKey{}, append(slices.Clip(outer), t))
}

func traces(ctx context.Context) []*Trace {
	list, _ := ctx.Value(traceKey{}).([]*Trace)
	return list
}

func traceCall(ctx context.Context, c Call) {
	for _, t := range traces(ctx) {
		if t.Call != nil {
			t.Call(c)
		}
	}
}

func traceWaiting(ctx context.Context, w Waiting) {
	for _, t := range traces(ctx) {
		if t.Waiting != nil {
			t.Waiting(w)
		}
	}
}

func traceRetrying(ctx context.Context, r Retrying) {
	for _, t := range traces(ctx) {
		if t.Retrying != nil {
			t.Retrying(r)
		}
	}
}
