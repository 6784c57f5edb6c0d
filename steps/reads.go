package steps

import (
	"context"
	"reflect"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// reads is what one plan has read: each object once, however many steps look at it.
type reads struct {
	mu    sync.Mutex
	kept  map[string]*answer
	twice bool // what seems not to be there is looked for twice
}

type answer struct {
	done  chan struct{}
	value any
	err   error
}

// looking gives a copy of w that reads each object once, for the length of one plan.
func (w *World) looking() *World {
	c := *w
	c.reads = &reads{kept: map[string]*answer{}}
	return &c
}

// planning reports whether this is a look for a plan. What could be seen then must be seen again before a change.
func (w *World) planning() bool { return w.reads != nil }

// read asks a cloud for one object under a key that names it. Within a plan the first to ask makes the call and all
// others share its answer, failures too. Outside of one every read is made.
func read[T any](ctx context.Context, w *World, key string, call func(context.Context) (T, error)) (T, error) {
	if w.reads == nil {
		return call(ctx)
	}
	w.reads.mu.Lock()
	a, known := w.reads.kept[key]
	if !known {
		a = &answer{done: make(chan struct{})}
		w.reads.kept[key] = a
	}
	w.reads.mu.Unlock()
	if !known {
		a.value, a.err = call(ctx)
		if w.reads.twice && a.err == nil && reflect.ValueOf(a.value).IsZero() {
			a.value, a.err = call(ctx)
		}
		close(a.done)
	}
	var none T
	select {
	case <-a.done:
	case <-ctx.Done():
		return none, cloud.Problem("read "+key, context.Cause(ctx))
	}
	if a.err != nil {
		return none, a.err
	}
	return a.value.(T), nil
}

// all runs reads that do not need each other at the same time and returns the first failure in their order.
func all(calls ...func() error) error {
	errs := make([]error, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() { errs[i] = call() })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// into is one of the calls of all: it keeps what was read in place.
func into[T any](place *T, call func() (T, error)) func() error {
	return func() error {
		v, err := call()
		*place = v
		return err
	}
}

// each runs f for every item, a few at a time, and returns the first failure.
func each[T any](items []T, f func(T) error) error {
	const atOnce = 8
	slots := make(chan struct{}, atOnce)
	calls := make([]func() error, len(items))
	for i, item := range items {
		calls[i] = func() error {
			slots <- struct{}{}
			defer func() { <-slots }()
			return f(item)
		}
	}
	return all(calls...)
}

// absent turns "is not there" into nothing and no error. An API that is off counts as nothing there when the bridge
// is going to turn it on: behind it nothing can be seen before.
func absent[T any](v *T, err error) (*T, error) {
	if explain.Is(err, explain.Missing, explain.Disabled) {
		return nil, nil
	}
	return v, err
}
