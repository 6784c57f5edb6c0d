package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// loadKey, set to "full", asks for the whole load: 2,000 calls a second for thirty seconds.
const loadKey = "DRAWBRIDGE_TEST_LOAD"

// load is how many calls a second are made for how long, by a process that this is written to.
type load struct {
	Mix    *mix
	Rate   int
	Length time.Duration
}

// report is what the loading process saw.
type report struct {
	Calls, Failed     int
	First             string // failure
	Took              time.Duration
	Median, P99, Most time.Duration
}

// generate makes the calls that standard input asks for and prints what came of them.
func generate() int {
	var l load
	if err := json.NewDecoder(os.Stdin).Decode(&l); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(l.run(context.Background())); err != nil {
		return 1
	}
	return 0
}

// run starts each call at its own time, whether or not the ones before are answered, as far as 64 callers can.
func (l load) run(ctx context.Context) report {
	l.Mix.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 30 * time.Second}
	total := int64(float64(l.Rate) * l.Length.Seconds())
	took := make([]time.Duration, total)
	var next, failed atomic.Int64
	var first sync.Once
	out := report{Calls: int(total)}
	began := time.Now()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for n := next.Add(1) - 1; n < total; n = next.Add(1) - 1 {
				due := began.Add(time.Duration(n) * time.Second / time.Duration(l.Rate))
				time.Sleep(time.Until(due))
				if err := l.Mix.call(ctx, n); err != nil {
					failed.Add(1)
					first.Do(func() { out.First = err.Error() })
				}
				took[n] = time.Since(due)
			}
		})
	}
	wg.Wait()
	out.Took, out.Failed = time.Since(began), int(failed.Load())
	slices.Sort(took)
	out.Median, out.P99, out.Most = took[total/2], took[total*99/100], took[total-1]
	return out
}

// from starts another process that makes the calls.
func (l load) from(t *testing.T) report {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), must(os.Executable())(t))
	cmd.Env = append(os.Environ(), workloadKey+"=load")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(must(json.Marshal(l))(t)), os.Stderr
	var out report
	if err := json.Unmarshal(must(cmd.Output())(t), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLoadFromAnotherProcess has another process make mixed calls at a steady rate: none may fail, and what the sandbox
// keeps may not grow with their number.
func TestLoadFromAnotherProcess(t *testing.T) {
	s := start(t, sandbox.Options{})
	l := load{Mix: newMix(t, s), Rate: 200, Length: 2 * time.Second}
	full := os.Getenv(loadKey) == "full"
	if full {
		l.Rate, l.Length = 2000, 30*time.Second
	}
	warm := l
	warm.Length /= 4
	warm.from(t) // fills what is bounded
	s.ResetCalls()
	before := heap()
	got := l.from(t)
	s.ResetCalls()
	grown := int64(heap()) - int64(before)
	t.Logf("%d calls in %s, %d failed; median %s, 99%% %s, slowest %s; heap %d KiB, grown by %d KiB",
		got.Calls, got.Took.Round(time.Millisecond), got.Failed, got.Median, got.P99, got.Most, before>>10, grown>>10)
	if got.Failed > 0 {
		t.Errorf("%d of %d calls failed, first: %s", got.Failed, got.Calls, got.First)
	}
	if full && got.Took > l.Length+time.Second {
		t.Errorf("%d calls took %s, want %s", got.Calls, got.Took, l.Length)
	}
	if grown > 8<<20 {
		t.Errorf("%d calls left %d KiB behind", got.Calls, grown>>10)
	}
}

// TestMemoryStaysFlatUnderLoad makes many calls from several sides at once, as fast as they are answered.
func TestMemoryStaysFlatUnderLoad(t *testing.T) {
	s := start(t, sandbox.Options{})
	m := newMix(t, s)
	m.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(m.client.CloseIdleConnections)
	calls := int64(4000)
	if testing.Short() {
		calls = 400
	}
	run := func() {
		var wg sync.WaitGroup
		var n atomic.Int64
		for range 8 {
			wg.Go(func() {
				for range calls / 8 {
					if err := m.call(t.Context(), n.Add(1)); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	run() // fills the bounded lists
	s.ResetCalls()
	before := heap()
	run()
	s.ResetCalls()
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("%d calls left %d KiB behind", calls, grown>>10)
	}
}

func BenchmarkGoogleRead(b *testing.B) {
	s, err := sandbox.Start(b.Context(), sandbox.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	m := &mix{URL: s.URL(), Operator: s.World().OperatorToken()}
	for b.Loop() {
		if err := m.call(b.Context(), 4); err != nil {
			b.Fatal(err)
		}
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
