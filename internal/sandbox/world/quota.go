package world

import (
	"sync"
	"time"
)

// Quota is a limit as the knobs set it, or its usual value.
func (w *World) Quota(name string, usual int) int {
	if n, ok := w.knobs.Quotas[name]; ok {
		return n
	}
	return usual
}

// Within counts a call against a rate that the knobs set, and tells whether there was room for it. Windows are whole
// periods of the sandbox's clock, so that whoever holds the clock knows what is refused. Without the knob there is always room.
func (w *World) Within(name, whose string, period time.Duration, now time.Time) bool {
	most, limited := w.knobs.Quotas[name]
	return !limited || w.rates.take(name+" "+whose, most, now.Truncate(period))
}

// rates counts calls in the window that each last fell into.
type rates struct {
	mu   sync.Mutex
	seen map[string]window
}

type window struct {
	from time.Time
	n    int
}

func (r *rates) take(key string, most int, from time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]window{}
	}
	now := r.seen[key]
	if !now.from.Equal(from) {
		now = window{from: from}
	}
	now.n++
	r.seen[key] = now
	return now.n <= most
}
