package main

import (
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

func TestAFleetTellsHowManyBridgesAreDone(t *testing.T) {
	t.Parallel()
	_, env := surroundings(t, sandbox.Options{})
	s := streams{out: io.Discard, err: io.Discard, env: func(name string) string { return env[name] }, now: time.Now, told: &told{}}
	o := &auditOptions{cloudCommand: cloudCommand{streams: s}, targets: []string{fleetOf(t, 3)}}
	var mu sync.Mutex
	var seen []int
	_, err := o.fleet(t.Context(), &site{streams: s, flags: &o.cloud, env: s.env}, func(p ui.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if seen = append(seen, p.Seen); p.Of != 3 || p.Doing != o.everyBridge() {
			t.Errorf("got %+v, want it of 3, and the same words all along", p)
		}
	})
	slices.Sort(seen)
	if err != nil || !slices.Equal(seen, []int{1, 2, 3}) {
		t.Errorf("got %v, %v, want 1 to 3", seen, err)
	}
}
