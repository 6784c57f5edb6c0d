package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Proofs crosses the bridge in every asked direction at the same time and returns the evidence in the order to-aws,
// to-google. Refusals are verdicts, not errors: an error means unusable options, or borrowed access that could not be
// taken back and has to be removed by hand; the proofs are returned with it.
func Proofs(ctx context.Context, w *steps.World, o Options) ([]Proof, error) {
	o = o.complete(ctx, w)
	asked, err := directions(w.Bridge, o)
	if err != nil {
		return nil, err
	}
	routes := routesFor(ctx, w, o, asked)
	proofs, failed := make([]Proof, len(routes)), make([]error, len(routes))
	var both sync.WaitGroup
	for i, r := range routes {
		both.Go(func() { proofs[i], failed[i] = cross(ctx, w, o, r) })
	}
	both.Wait()
	return proofs, errors.Join(failed...)
}

// complete fills in what the zero value means, puts one lock around the sink, and asks who is signed in when nobody has.
func (o Options) complete(ctx context.Context, w *steps.World) Options {
	if o.From == "" {
		o.From = Auto
	}
	if o.Now == nil {
		o.Now = w.Now
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Sink = oneAtATime(o.Sink, o.Now)
	if who := o.Operators; who.Google.Principal == "" && who.GoogleErr == nil && who.AWS.Principal == "" && who.AWSErr == nil {
		o.Operators = cloud.SignIn(ctx, w.Google, w.AWS)
	}
	return o
}

func oneAtATime(sink func(Event), now func() time.Time) func(Event) {
	if sink == nil {
		return func(Event) {}
	}
	if now == nil {
		now = time.Now
	}
	var mu sync.Mutex
	return func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Time.IsZero() {
			e.Time = now()
		}
		sink(e)
	}
}

// directions lists what is asked for, in the order in which proofs are shown.
func directions(b spec.Bridge, o Options) ([]string, error) {
	if !slices.Contains([]string{Auto, Operator, Workload}, o.From) {
		return nil, fmt.Errorf("start proof: %q is not a place to start from; use auto, operator or workload", o.From)
	}
	has := map[string]bool{ToAWS: b.ToAWS != nil, ToGoogle: b.ToGoogle != nil}
	for _, d := range o.Directions {
		if wanted, known := has[d]; !known {
			return nil, fmt.Errorf("start proof: %q is not a direction; use to-aws or to-google", d)
		} else if !wanted {
			return nil, fmt.Errorf("start proof: bridge %s has no direction %s; it has %s", b.Name, d, strings.Join(present(has), " and "))
		}
	}
	asked := present(has)
	if len(o.Directions) == 0 {
		return asked, nil
	}
	return slices.DeleteFunc(asked, func(d string) bool { return !slices.Contains(o.Directions, d) }), nil
}

func present(has map[string]bool) []string {
	var list []string
	for _, d := range []string{ToAWS, ToGoogle} {
		if has[d] {
			list = append(list, d)
		}
	}
	return list
}
