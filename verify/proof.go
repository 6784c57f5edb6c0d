// Package verify walks across the bridge from each side and says what every hop answered, then tries the doors that must
// stay shut. It proves with the real calls, grants nothing but borrowed access that was asked for, takes back what it
// borrowed, and never shows a token.
package verify

import (
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Verdict of a proof.
type Verdict string

// The verdicts: proven (way through, doors shut), open (a door admitted us), refused, unknown (could not tell), skipped.
const (
	Proven  Verdict = "proven"
	Open    Verdict = "open"
	Refused Verdict = "refused"
	Unknown Verdict = "unknown"
	Skipped Verdict = "skipped"
)

// Proof is the evidence of one direction, hop by hop.
type Proof struct {
	Direction      string  `json:"direction"` // to-aws, to-google
	Verdict        Verdict `json:"verdict"`
	From           string  `json:"from"`           // operator or workload
	Borrowed       *Borrow `json:"borrowed"`       // nil: nothing was borrowed
	Identity       string  `json:"identity"`       // ARN, e-mail or principal; "" when not reached
	IdentitySource string  `json:"identitySource"` // answered, derived
	Expected       string  `json:"expected"`       // to AWS a prefix that ends in /
	Reason         string  `json:"reason,omitempty"`
	Command        string  `json:"command,omitempty"` // skipped: what to run on the workload
	Hops           []Hop   `json:"hops"`
	Doors          []Door  `json:"doors"`
	DurationMs     int64   `json:"durationMs"`
}

// Hop is one call of a proof.
type Hop struct {
	Name       string            `json:"name"` // "ID token", "assume role", "caller identity", …
	Endpoint   string            `json:"endpoint"`
	Outcome    string            `json:"outcome"` // ok, refused, failed, skipped
	DurationMs int64             `json:"durationMs"`
	Claims     map[string]string `json:"claims"`            // decoded, never a signature
	Explain    string            `json:"explain,omitempty"` // what the refusal means
	Do         []string          `json:"do,omitempty"`
	Table      []Claim           `json:"table,omitempty"` // on refusal: what was sent beside what the trust wanted
	Problem    *explain.Problem  `json:"-"`
}

// Claim is a row of the claim table.
type Claim struct {
	Name   string `json:"name"` // azp
	Key    string `json:"key"`  // accounts.google.com:aud, or the condition
	Sent   string `json:"sent"`
	Wanted string `json:"wanted"`
	Holds  bool   `json:"holds"`
	Unread bool   `json:"unread,omitempty"` // it rests on what only the cloud sees: neither holds nor fails as far as is known
}

// Door is a way in that must stay shut.
type Door struct {
	Attempt string `json:"attempt"` // "another audience", "broken signature", …
	Outcome string `json:"outcome"` // refused, admitted, unknown, not-tried
	Explain string `json:"explain"`
}

// Borrow is temporary access that a proof needed, and what became of it.
type Borrow struct {
	What    string    `json:"what"`    // the grant or the statement
	Of      string    `json:"of"`      // on which account or role
	To      string    `json:"to"`      // exactly whom
	Until   time.Time `json:"until"`   // by the cloud's clock
	Removed bool      `json:"removed"` // taken back and read back
	LivesOn string    `json:"livesOn"` // what was obtained and outlives it
	Command string    `json:"command"` // removes it by hand
}
