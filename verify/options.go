package verify

import (
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// The directions a bridge can be crossed in.
const (
	ToAWS    = "to-aws"
	ToGoogle = "to-google"
)

// Where a proof starts from.
const (
	Auto     = "auto"     // workload when the metadata answers as the bridge's own account or role, else operator
	Operator = "operator" // the signed-in person, with borrowed access if that was asked for
	Workload = "workload" // the workload's own metadata
)

// Options say which proofs are wanted and what may be done for them. The zero value proves every direction of the
// bridge from where it can, borrows nothing and tries the doors.
type Options struct {
	Directions []string        // to-aws, to-google; empty: all of the bridge
	From       string          // auto, operator or workload; empty: auto
	Borrow     bool            // --borrow: consent to temporary access for exactly the caller
	NoDoors    bool            // leave out the ways in that must stay shut
	Operators  cloud.Operators // who is signed in, from cloud.SignIn
	Sink       func(Event)     // never called by two goroutines at once; nil drops the events
	Now        func() time.Time
	Wait       time.Duration  // how long propagation may take; default 2m where AWS must learn of it, 7m where Google must
	Journal    *steps.Journal // what was borrowed and returned is written there; nil: nowhere
}

// EventKind says what an event of a proof reports.
type EventKind string

// The kinds of events.
const (
	HopDone    EventKind = "hop"     // a hop ended; Hop is set
	DoorTried  EventKind = "door"    // a door was tried; Door is set
	Waiting    EventKind = "waiting" // propagation is waited for, since and until when
	Borrowing  EventKind = "borrow"  // access was granted
	Returning  EventKind = "return"  // access was taken back, or could not be
	ProofEnded EventKind = "done"    // a direction ended; Proof is set
)

// Event is one thing that happened during a proof.
type Event struct {
	Time      time.Time `json:"time"`
	Direction string    `json:"direction"`
	Kind      EventKind `json:"kind"`
	Name      string    `json:"name"`              // of the hop, door or grant
	Outcome   string    `json:"outcome,omitempty"` // of the hop, door or proof
	Message   string    `json:"message,omitempty"` // what is waited for, what was borrowed, why it was refused
	Seen      int       `json:"seen,omitempty"`    // waiting: successes in a row so far
	Want      int       `json:"want,omitempty"`    // waiting: successes in a row wanted
	Since     time.Time `json:"since,omitzero"`
	Until     time.Time `json:"until,omitzero"`
	Hop       *Hop      `json:"hop,omitempty"`
	Door      *Door     `json:"door,omitempty"`
	Proof     *Proof    `json:"-"`
}
