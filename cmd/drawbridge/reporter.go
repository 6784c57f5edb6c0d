package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// eventFlags say where events go.
type eventFlags struct{ to string }

func (f *eventFlags) bind(c *cobra.Command) {
	c.Flags().StringVar(&f.to, "events", "", "write events as NDJSON to `FILE`; - is stderr, without other progress")
}

// reporter tells progress: lines for people, events for programs. Both read the same events.
type reporter struct {
	mu     sync.Mutex
	lines  *printer // nil: no lines
	events io.Writer
	close  func() error
	waits  map[string]string // what each step is known to wait for
	failed error             // the first event that could not be written
}

func newReporter(s streams, o outputFlags, e eventFlags) (*reporter, error) {
	r := &reporter{waits: map[string]string{}, close: func() error { return nil }}
	switch e.to {
	case "":
	case "-":
		r.events = s.err
		return r, nil
	default:
		file, err := os.OpenFile(e.to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, &usageError{what: "open --events: " + err.Error(), err: err, do: []string{"name a file you may write, or -"}}
		}
		r.events, r.close = file, file.Close
	}
	p := newPrinter(s.err, s, o.noColor, s.errTerminal)
	r.lines = &p
	return r, nil
}

// step reports one event of a plan or an apply.
func (r *reporter) step(e steps.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(e)
	if r.lines == nil {
		return
	}
	switch e.Kind {
	case steps.Waiting:
		if r.newWait(e.Step, e.Message) {
			r.lines.line("  %s", r.lines.waiting(e.Title, e.Message, e.Since, e.Until))
		}
	case steps.Retrying:
		r.lines.line("  %s: %s", name(e), e.Message)
	case steps.Done:
		if e.Action != steps.Keep {
			r.lines.line("%s %s %s", r.lines.rune(e.Action), pad(name(e), 52), r.lines.muted("done "+seconds(e.Millis)))
		}
	case steps.Skipped:
		r.lines.line("%s %s %s", r.lines.muted("."), pad(name(e), 52), r.lines.muted("skipped: "+e.Message))
	case steps.Failed:
		r.lines.line("%s %s %s", r.lines.bad("!"), pad(name(e), 52), r.lines.bad("failed: "+e.Message))
	case steps.Planned, steps.Started, steps.Called:
	}
}

// newWait reports whether this wait has not been told yet.
func (r *reporter) newWait(who, what string) bool {
	if r.waits[who] == what {
		return false
	}
	r.waits[who] = what
	return true
}

// proof reports one event of a verification.
func (r *reporter) proof(e verify.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.write(eventOf(e))
	if r.lines == nil {
		return
	}
	switch e.Kind {
	case verify.Waiting:
		if r.newWait(e.Direction, e.Message) {
			r.lines.line("  %s", r.lines.waiting(r.lines.way(e.Direction), e.Message, e.Since, e.Until))
		}
	case verify.Borrowing:
		r.lines.line("%s %s: borrowed: %s", r.lines.changed("+"), r.lines.way(e.Direction), e.Message)
	case verify.Returning:
		r.lines.returned(e)
	case verify.HopDone, verify.DoorTried, verify.ProofEnded:
	}
}

func (r *reporter) write(e steps.Event) {
	if r.events == nil || r.failed != nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = r.events.Write(append(explain.EscapeJSON(line), '\n'))
	}
	r.failed = err
}

// finish closes the events and tells about a failure to write them: a stream with holes is no evidence.
func (r *reporter) finish() error {
	err := r.close()
	if r.failed != nil {
		err = r.failed
	}
	if err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

func name(e steps.Event) string {
	if e.Title != "" {
		return e.Title
	}
	return e.Step
}
