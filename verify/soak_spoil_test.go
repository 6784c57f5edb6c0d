package verify

import (
	"maps"
	"slices"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
)

// crash ends a run at one of its calls.
func (w *walk) crash() {
	how := slices.Sorted(maps.Keys(sandboxtest.Crashes()))[w.dice.IntN(3)]
	w.spoil("crash", sandboxtest.Crashes()[how], how)
}

// fault spoils one call of a run.
func (w *walk) fault() {
	all := slices.DeleteFunc(troubles(), func(t trouble) bool { return t.slow })
	one := all[w.dice.IntN(len(all))]
	w.spoil("fault", one.does, one.name)
}

func (w *walk) spoil(what string, does incident, how string) {
	s, c := w.site(), []command{apply, destroy, prove}[w.dice.IntN(3)]
	at := point{Nth: 1 + w.dice.IntN(60)}
	_, err := w.run(s, c, at, does)
	w.stands[s], w.edited = false, w.clouds().Now()
	w.owed = w.owed || c.name == prove.name
	w.also("%s of %s at call %d, %s, met %t: %v", what, c.name, at.Nth, how, s.gate.Reached(), err)
	w.counts[what+": "+c.name+", "+how]++
}

// applyTwice lets two operators apply one bridge at the same time.
func (w *walk) applyTwice() {
	s := w.site()
	w.together(s, w.second[s])
}

// applyBoth lets each bridge be applied by its operator at the same time.
func (w *walk) applyBoth() { w.together(w.sites...) }

func (w *walk) together(sites ...*site) {
	before := w.sight()
	var wg sync.WaitGroup
	processes, errs := make([]*process, len(sites)), make([]error, len(sites))
	for i, s := range sites {
		wg.Go(func() { processes[i], errs[i] = s.run(apply, point{}, nil) })
	}
	wg.Wait()
	w.kept(before, "two applies")
	w.edited = w.clouds().Now()
	for i, s := range sites {
		w.say(s, processes[i], errs[i])
		w.told(s, "apply", errs[i], "another operator wrote as well")
		w.stands[s] = false
	}
}
