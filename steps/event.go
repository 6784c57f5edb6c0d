package steps

import "time"

// EventKind says what an event reports.
type EventKind string

// The kinds of events, in the order a step goes through them.
const (
	Planned  EventKind = "planned"
	Started  EventKind = "started"
	Called   EventKind = "call"
	Waiting  EventKind = "waiting"
	Retrying EventKind = "retrying"
	Done     EventKind = "done"
	Skipped  EventKind = "skipped"
	Failed   EventKind = "failed"
)

// Event is one thing that happened during a run; screen, lines, JSON and journal are readers of the same events.
type Event struct {
	Time    time.Time `json:"time"`
	Step    string    `json:"step"`
	Kind    EventKind `json:"kind"`
	Action  Action    `json:"action,omitempty"`
	Title   string    `json:"title,omitempty"`
	Message string    `json:"message,omitempty"` // what is waited for, why it was skipped, how it failed
	Call    string    `json:"call,omitempty"`    // "POST iam.googleapis.com/v1/projects/…"
	Status  int       `json:"status,omitempty"`
	Millis  int64     `json:"ms,omitempty"`
	Seen    int       `json:"seen,omitempty"` // waiting: reads in a row so far
	Want    int       `json:"want,omitempty"` // waiting: reads in a row wanted
	Since   time.Time `json:"since,omitzero"`
	Until   time.Time `json:"until,omitzero"`
}

// Sink receives events. It must not block; a nil Sink drops them.
type Sink func(Event)
