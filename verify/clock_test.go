package verify

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// napping is who waits on one sandbox's clock, and until when.
type napping struct {
	mu    sync.Mutex
	wakes []time.Time
}

func (n *napping) begin(wake time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wakes = append(n.wakes, wake)
}

func (n *napping) end(wake time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := slices.Index(n.wakes, wake); i >= 0 {
		n.wakes = slices.Delete(n.wakes, i, i+1)
	}
}

// first reports whether nobody wakes before then.
func (n *napping) first(wake time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !slices.ContainsFunc(n.wakes, wake.After)
}

// waiting lets pauses pass on the sandbox's clock instead of this machine's. That clock moves on only while no call is
// under way, and to the first who wakes: otherwise one who looks quickly would use up the time of one who looks slowly.
// A process that was killed waits no more.
func (s *site) waiting() context.Context {
	w := s.gate.Server.World()
	return cloud.WithClock(s.Context(), w.Now, func(ctx context.Context, d time.Duration) error {
		wake := w.Now().Add(d)
		s.naps.begin(wake)
		defer s.naps.end(wake)
		tick := time.NewTicker(200 * time.Microsecond)
		defer tick.Stop()
		for quiet := 0; w.Now().Before(wake); {
			if s.gate.Gone() {
				runtime.Goexit()
			}
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-tick.C:
			}
			if quiet++; s.gate.Busy() || !s.naps.first(wake) {
				quiet = 0
			}
			if quiet > 4 {
				w.Advance(max(0, wake.Sub(w.Now())))
			}
		}
		return context.Cause(ctx)
	})
}
