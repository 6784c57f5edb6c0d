package verify

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// waits is how long each kind of thing was waited for, by the sandbox's clock.
type waits struct {
	mu   sync.Mutex
	late []string // waits that were still going on after their deadline
	most map[string]time.Duration
}

func (w *waits) note(s *site) steps.Sink {
	return func(e steps.Event) {
		if e.Kind != steps.Waiting {
			return
		}
		now := s.gate.Server.World().Now()
		kind, _, _ := strings.Cut(strings.TrimPrefix(e.Step, "google."), ".to-")
		w.mu.Lock()
		defer w.mu.Unlock()
		w.most[kind] = max(w.most[kind], now.Sub(e.Since))
		if now.After(e.Until) {
			w.late = append(w.late, fmt.Sprintf("%s: %s, %s late", e.Step, e.Message, now.Sub(e.Until)))
		}
	}
}

// Everything lags at once, and the whole life of each bridge converges, every wait within its own deadline.
func TestEveryKindConvergesUnderLag(t *testing.T) {
	for _, example := range examples {
		at := map[string][]string{}
		for _, c := range courses(t, example) {
			at[c.command.name] = c.after
		}
		for _, lag := range []time.Duration{0, 5 * time.Second, time.Minute} {
			t.Run(fmt.Sprintf("%s/%s", example, lag), func(t *testing.T) {
				t.Parallel()
				s, w := laggingSite(t, example, lag), &waits{most: map[string]time.Duration{}}
				s.sink = w.note(s)
				for _, c := range []command{apply, prove, destroy} {
					s.must(c)
					s.gate.Server.World().Settle()
					if diff := cmp.Diff(at[c.name], sandboxtest.State(t, s.gate.Server)); diff != "" {
						t.Errorf("after %s (-without lag +got):\n%s", c.name, diff)
					}
				}
				for _, l := range w.late {
					t.Error(l)
				}
				if lag > 0 && len(w.most) < 3 {
					t.Errorf("got waits for %v only: nothing lagged", w.most)
				}
				t.Logf("waited by the sandbox's clock: %v", w.most)
			})
		}
	}
}
