package cloud

import (
	"context"
	"time"
)

type paceKey struct{}

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
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
