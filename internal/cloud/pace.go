package cloud

import (
	"context"
	"math/rand/v2"
	"time"
)

type (
	paceKey struct{}
	timeKey struct{}
)

// passing is a clock, and how to let time pass on it.
type passing struct {
	now  func() time.Time
	pass func(context.Context, time.Duration) error
}

// WithClock measures waits and retries below the context by another clock, for tests: now tells it, and pass lets a pause
// go by on it. Deadlines are then those of that clock.
func WithClock(ctx context.Context, now func() time.Time, pass func(context.Context, time.Duration) error) context.Context {
	return context.WithValue(ctx, timeKey{}, passing{now, pass})
}

// timeIn is the time by which waits below the context are measured.
func timeIn(ctx context.Context) time.Time {
	if p, ok := ctx.Value(timeKey{}).(passing); ok {
		return p.now()
	}
	return time.Now()
}

// spread makes a pause up to a quarter longer, never shorter, so that many who began to wait together, or were told the
// same Retry-After, do not come back together.
func spread(d time.Duration) time.Duration {
	if d < 4 {
		return d
	}
	return d + rand.N(d/4)
}

// WithPace changes how long each pause between looks and retries really takes, for tests. Deadlines are not
// changed.
func WithPace(ctx context.Context, pace func(time.Duration) time.Duration) context.Context {
	return context.WithValue(ctx, paceKey{}, pace)
}

func paced(ctx context.Context, d time.Duration) time.Duration {
	if pace, ok := ctx.Value(paceKey{}).(func(time.Duration) time.Duration); ok && pace != nil {
		return pace(d)
	}
	return d
}

// pause waits d or until the context ends, whichever comes first.
func pause(ctx context.Context, d time.Duration) error {
	if p, ok := ctx.Value(timeKey{}).(passing); ok {
		return p.pass(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
