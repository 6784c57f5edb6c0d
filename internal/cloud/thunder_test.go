package cloud

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// pausesOf runs many callers at the same time and collects how long each pauses first.
func pausesOf(t *testing.T, callers int, call func(context.Context)) []time.Duration {
	t.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			first := true
			call(WithPace(t.Context(), func(d time.Duration) time.Duration {
				if first {
					mu.Lock()
					all = append(all, d)
					mu.Unlock()
				}
				first = false
				return 0
			}))
		})
	}
	wg.Wait()
	if len(all) != callers {
		t.Fatalf("%d of %d callers paused", len(all), callers)
	}
	return all
}

// wantSpread fails when more than a third come back within a tenth of the time over which they may.
func wantSpread(t *testing.T, all []time.Duration, least, over time.Duration) {
	t.Helper()
	tenths := map[time.Duration]int{}
	for _, d := range all {
		if d < least || d > least+over {
			t.Errorf("paused %s, want between %s and %s", d, least, least+over)
		}
		tenths[(d-least)/(over/10)]++
	}
	for at, n := range tenths {
		if n > len(all)/3 {
			t.Errorf("%d of %d come back within %s of %s", n, len(all), over/10, least+at*(over/10))
		}
	}
}

func TestManyWhoAreThrottledTogetherDoNotComeBackTogether(t *testing.T) {
	for name, tt := range map[string]struct {
		reply       http.HandlerFunc
		least, over time.Duration
	}{
		"Google, Retry-After": {status(429, `{}`, "Retry-After", "8"), 8 * time.Second, 2 * time.Second},
		"Google, RetryInfo": {
			status(429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"8s"}]}}`),
			8 * time.Second, 2 * time.Second,
		},
		"Google, nothing asked": {status(503, `{}`), 150 * time.Millisecond, 300 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			f := opened(t, tt.reply)
			all := pausesOf(t, 60, func(ctx context.Context) {
				if err := readGoogle(&far{g: f.g, ctx: ctx}); !explain.Is(err, explain.Throttled) {
					t.Errorf("got %v, want throttled", err)
				}
			})
			wantSpread(t, all, tt.least, tt.over)
		})
	}
}

func TestManyWhoWaitForTheSameThingDoNotLookTogether(t *testing.T) {
	all := pausesOf(t, 60, func(ctx context.Context) {
		n := 0
		_ = Until(ctx, Wait{What: "role ci-runner"}, func(context.Context) error {
			if n++; n > 1 {
				return nil
			}
			return problem(explain.Pending)
		})
	})
	wantSpread(t, all, 2*time.Second, 500*time.Millisecond)
}
