package steps

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// chain measures the longest run of calls of which each began after the one before had ended: what could not have been
// made at the same time by anyone who needs their answers in that order.
type chain struct {
	mu    sync.Mutex
	calls int
	spans []span
}

type span struct {
	step       string
	start, end time.Time
}

// BenchmarkPlanApplyBothWays plans and applies a bridge both ways where every reply takes 50 ms. ratio is the time taken
// over the longest chain of dependent calls times 50 ms: 1 is as fast as the order of things allows.
func BenchmarkPlanApplyBothWays(b *testing.B) {
	const latency = 50 * time.Millisecond
	file := example(b, "both-ways.yaml")
	var calls, longest int
	var took time.Duration
	for b.Loop() {
		b.StopTimer()
		w, done := benchWorld(b, file, latency)
		c := &chain{}
		start := time.Now()
		b.StartTimer()
		longest += planAndApply(b, w, c)
		b.StopTimer()
		took += time.Since(start)
		calls += c.calls
		done()
		b.StartTimer()
	}
	b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
	b.ReportMetric(float64(longest)/float64(b.N), "chain/op")
	b.ReportMetric(float64(took)/float64(longest)/float64(latency), "ratio")
}

func benchWorld(b *testing.B, file string, latency time.Duration) (*World, func()) {
	b.Helper()
	server, err := sandbox.Start(context.Background(), sandbox.Options{Latency: latency})
	if err != nil {
		b.Fatal(err)
	}
	bridge, err := spec.Parse("bridge.yaml", []byte(file))
	if err != nil {
		b.Fatal(err)
	}
	env := server.Environ()
	g, a, err := cloud.Open(b.Context(), cloud.Options{Env: func(k string) string { return env[k] }, Project: bridge.Google.Project, Region: bridge.AWS.Region})
	if err != nil {
		b.Fatal(err)
	}
	return &World{Bridge: bridge, Google: g, AWS: a, Facts: &Facts{}, Now: time.Now}, func() { _ = server.Close() }
}

// planAndApply returns the number of calls on the critical path: along the plan the deepest step, along the apply the
// heaviest way through the graph, each step counted with the calls it made one after the other.
func planAndApply(b *testing.B, w *World, c *chain) int {
	b.Helper()
	graph, err := Of(w.Bridge)
	if err != nil {
		b.Fatal(err)
	}
	p, err := graph.Plan(c.watch(b.Context(), "plan"), w, Present, nil)
	if err != nil {
		b.Fatal(err)
	}
	planned := c.depth("plan")
	sink := func(Event) {}
	res, err := graph.Apply(c.watch(b.Context(), "apply"), w, p, ApplyOptions{Sink: sink})
	if err != nil {
		b.Fatal(err)
	}
	return planned + heaviest(p, res)
}

func (c *chain) watch(ctx context.Context, name string) context.Context {
	return cloud.WithTrace(ctx, &cloud.Trace{Call: func(k cloud.Call) {
		c.mu.Lock()
		defer c.mu.Unlock()
		now := time.Now()
		c.calls++
		c.spans = append(c.spans, span{name, now.Add(-k.Duration), now})
	}})
}

// depth is the longest chain of calls that did not overlap.
func (c *chain) depth(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	best := 0
	longest := make([]int, len(c.spans))
	for i, s := range c.spans { // in the order in which they ended
		longest[i] = 1
		for j := range i {
			if s.step == name && c.spans[j].step == name && !c.spans[j].end.After(s.start) {
				longest[i] = max(longest[i], longest[j]+1)
			}
		}
		best = max(best, longest[i])
	}
	return best
}

// heaviest is the number of calls along the heaviest way through the graph. The steps of this bridge make their calls in
// an apply one after the other, but for the two listings that read a role's policies back.
func heaviest(p Plan, res Result) int {
	weight, best := map[string]int{}, 0
	edges := edges(p)
	for _, s := range res.Steps { // in the order of the graph
		before := 0
		for _, n := range edges[s.ID] {
			before = max(before, weight[n])
		}
		calls := s.Calls
		if s.Outcome == OutcomeDone && p.kind(s.ID) == "role-policies" {
			calls--
		}
		weight[s.ID] = before + calls
		best = max(best, weight[s.ID])
	}
	return best
}

func (p Plan) kind(id string) string {
	c, _ := p.Change(id)
	return c.Kind
}
