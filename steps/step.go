// Package steps holds the planks of a bridge: one step per written thing, each able to see, make and remove it. The graph
// runs them in both clouds at the same time, as far as their needs allow. A step never widens what was asked, never
// touches what is not ours, and applies exactly the change it was shown.
package steps

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// Want is the end a plan aims at.
type Want bool

// A bridge is wanted Present by apply and Absent by destroy.
const (
	Present Want = true
	Absent  Want = false
)

// Step is one thing to see, make and remove.
type Step interface {
	About() About
	// Plan looks, never touches, and says what would have to change for w.
	Plan(ctx context.Context, w *World, want Want) (Change, error)
	// Apply makes exactly the change it was shown. It reads again first and stops when reality moved. Safe to repeat.
	Apply(ctx context.Context, w *World, c Change) error
}

// About says what a step is, before any cloud was asked.
type About struct {
	ID          string // CLOUD.KIND[.DIRECTION][:NAME]
	Cloud       string // "google" or "aws"
	Kind        string // "role", "service-account", …
	Name        string // the thing's own name
	Title       string // for people: "role /drawbridge/ci-runner"
	Why         string // one sentence: why the bridge needs it
	Scope       string // "bridge", "account" or "project": how far its effect reaches
	Direction   string // "to-aws", "to-google", "" for both
	Needs       []string
	Permissions []string // what the operator must be allowed to do, "iam:CreateRole" or "iam.serviceAccounts.create"
}

// World is what a step may look at and use.
type World struct {
	Bridge  spec.Bridge
	Google  *cloud.Google
	AWS     *cloud.AWS
	Facts   *Facts
	Consent Consent
	Now     func() time.Time

	// Evidence is what the journal says we added, for destroy alone: it decides about what was joined from two adopted
	// things. Nil keeps such things.
	Evidence *Evidence

	reads *reads // what one plan has read so far; nil outside a plan: then every read asks the cloud
}

// Consent is what a person agreed to beyond the file. The zero value agrees to nothing.
type Consent struct {
	AcceptAccount string // --accept-account: the live number of a re-created service account
	WithVM        bool   // destroy --with-vm
}

// Action is what a change does; its rune is also its drawing.
type Action string

// The actions, in the order they are counted.
const (
	Create  Action = "create"
	Update  Action = "update"
	Adopt   Action = "adopt"
	Restore Action = "restore"
	Keep    Action = "keep"
	Remove  Action = "remove"
	Blocked Action = "blocked"
)

// Rune draws the action in one cell.
func (a Action) Rune() rune {
	switch a {
	case Create:
		return '+'
	case Update:
		return '~'
	case Adopt:
		return '^'
	case Restore:
		return '*'
	case Remove:
		return '-'
	case Blocked:
		return '!'
	case Keep:
	}
	return '='
}

// Change is what a step would do, as data for plan/v1 and for its own Apply.
type Change struct {
	ID      string   `json:"id"`
	Cloud   string   `json:"cloud"`
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	Action  Action   `json:"action"`
	Scope   string   `json:"scope"`
	Reason  string   `json:"reason"`
	Fields  []Field  `json:"fields"`
	Needs   []string `json:"needs"`
	Command string   `json:"command"`          // the equivalent gcloud or aws line, for people
	Title   string   `json:"title,omitempty"`  // for people
	Until   string   `json:"until,omitempty"`  // destroy: until when a reserved id can be restored or a session lives, RFC 3339
	Undo    string   `json:"undo,omitempty"`   // destroy: the command that restores it
	Lasts   string   `json:"lasts,omitempty"`  // destroy: what a removal leaves behind for a while, in one clause
	Held    bool     `json:"held,omitempty"`   // destroy: ours and removable, but kept because others hang on it
	Notice  bool     `json:"notice,omitempty"` // kept as it is, yet a person should read the reason
	Allow   string   `json:"allow,omitempty"`  // blocked: the field of the adopt list that would let it through, such as toAWS.role
	Accept  string   `json:"accept,omitempty"` // blocked, account re-created: the live number a person may accept, see Consent

	Seen any `json:"-"` // what Plan read, so that Apply can tell whether reality moved

	gone bool // destroy: there was nothing to remove
}

// Field is one property before and after. After may be an Unknown.
type Field struct {
	Path      string `json:"path"`
	Before    any    `json:"before"`
	After     any    `json:"after"`
	Sensitive bool   `json:"sensitive"`
}
