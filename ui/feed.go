package ui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// feed carries what a call of the engine reports to the screens. The engine never waits for the screen: put only appends
// and rings. One command returns everything that waits as one message, which carries the command for the next.
type feed struct {
	mu      sync.Mutex
	waiting []tea.Msg
	over    bool
	bell    chan struct{} // holds one ring
}

// fed is what a feed had waiting. With over set it is the last of its feed.
type fed struct {
	call string
	from *feed
	msgs []tea.Msg
	over bool
	next tea.Cmd
}

// put adds a message. It never blocks.
func (f *feed) put(m tea.Msg) {
	f.mu.Lock()
	f.waiting = append(f.waiting, m)
	f.mu.Unlock()
	f.ring()
}

// end adds the last message.
func (f *feed) end(m tea.Msg) {
	f.mu.Lock()
	f.waiting = append(f.waiting, m)
	f.over = true
	f.mu.Unlock()
	f.ring()
}

func (f *feed) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// take waits until something is there and returns all of it.
func (f *feed) take(call string) tea.Msg {
	<-f.bell
	f.mu.Lock()
	defer f.mu.Unlock()
	out := fed{call: call, from: f, msgs: f.waiting, over: f.over}
	f.waiting = nil
	if !f.over {
		out.next = func() tea.Msg { return f.take(call) }
	}
	return out
}

// job is one call of the engine: it may report on its way and returns its last word.
type job func(ctx context.Context, put func(tea.Msg)) tea.Msg

// running is a call in flight.
type running struct {
	feed *feed
	stop context.CancelFunc
	done chan struct{} // closed when the job has returned
}

// start runs a job in its own goroutine. A call of the same name that still runs is told to stop, and what it says from
// then on is dropped.
func (w *walk) start(call string, j job) tea.Cmd {
	w.halt(call)
	ctx, stop := context.WithCancel(w.ctx)
	f := &feed{bell: make(chan struct{}, 1)}
	r := running{f, stop, make(chan struct{})}
	w.calls[call] = r
	go func() {
		defer close(r.done)
		defer stop()
		f.end(j(ctx, f.put))
	}()
	return func() tea.Msg { return f.take(call) }
}

// drain stops what still runs and waits for it: nobody reads, or tells, behind the back of what comes after the screens.
func (w *walk) drain() {
	for _, r := range w.calls {
		r.stop()
		<-r.done
	}
}

// halt tells a call to stop and forgets it: its last word will not be heard.
func (w *walk) halt(call string) {
	if r, ok := w.calls[call]; ok {
		r.stop()
		delete(w.calls, call)
	}
}

// interrupt tells a call to stop and goes on listening until it did.
func (w *walk) interrupt(call string) {
	if r, ok := w.calls[call]; ok {
		r.stop()
	}
}

// runs reports whether a call is in flight.
func (w *walk) runs(call string) bool { _, ok := w.calls[call]; return ok }
