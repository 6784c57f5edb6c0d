package verify

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// late is a sandbox on which a bridge stands and whose reads lag, on a clock that a pause moves on.
func late(t *testing.T, lag time.Duration) (*rig, context.Context) {
	t.Helper()
	r := land(t, bothWays, func(o *sandbox.Options) { o.Lag = lag })
	ctx := cloud.WithPace(t.Context(), func(d time.Duration) time.Duration {
		r.server.World().Advance(d)
		return time.Millisecond
	})
	r.raiseIn(ctx, t)
	r.server.World().Advance(2 * lag)
	return r, ctx
}

func TestLoanThatDoesNotShowYetIsReturned(t *testing.T) {
	for _, lag := range []time.Duration{3 * time.Second, time.Minute} {
		r, ctx := late(t, lag)
		ctx, cancel := context.WithCancel(ctx)
		r.server.ResetCalls()
		stop := cloud.WithTrace(ctx, &cloud.Trace{Call: func(c cloud.Call) {
			if c.Operation == "UpdateAssumeRolePolicy" { // both are written at about the same time
				cancel()
			}
		}})
		proofs, err := Proofs(stop, r.world, r.opts)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		r.server.World().Advance(3 * lag) // whatever was written shows by now
		if left := r.lent(t); len(left) > 0 {
			t.Errorf("lag %s: still borrowed: %s", lag, dump(left))
		}
		for _, p := range proofs {
			if p.Borrowed != nil && !p.Borrowed.Removed {
				t.Errorf("lag %s: %s: the proof says that it was not returned", lag, p.Direction)
			}
		}
		cancel()
	}
}
