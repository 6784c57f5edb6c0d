// Package explain says well what went wrong: a Problem carries what was attempted, what kind of failure it is, who can
// mend it and how. It decides nothing about retries or exit codes and never holds a credential.
package explain

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Kind sorts failures by what can be done about them.
type Kind string

// The kinds of failure. Decide by these, never by the text of a message.
const (
	Other     Kind = "other"
	Missing   Kind = "missing"   // the thing is not there
	Exists    Kind = "exists"    // the name is taken
	Denied    Kind = "denied"    // the caller may not
	Pending   Kind = "pending"   // made, but not visible or usable yet
	Throttled Kind = "throttled" // too fast, try later
	Conflict  Kind = "conflict"  // somebody else changed it meanwhile, or others hang on it
	Disabled  Kind = "disabled"  // an API or an account-wide setting is off
	Expired   Kind = "expired"   // the sign-in ended
)

// Problem is an error for people: what was attempted, why it failed, who can mend it and how.
type Problem struct {
	Op         string        `json:"op"`                   // what was being attempted, lower case: "create role ci-runner"
	Kind       Kind          `json:"kind"`                 // what sort of failure it is
	Code       string        `json:"code,omitempty"`       // the provider's own word: EntityAlreadyExists, PERMISSION_DENIED, invalid_grant
	Status     int           `json:"status,omitempty"`     // HTTP status, 0 when no reply came
	Permission string        `json:"permission,omitempty"` // the permission that is missing, when the reply names it
	Reason     string        `json:"reason"`               // the provider's message or our own, one line, free of secrets
	Who        string        `json:"who,omitempty"`        // who can mend it: "a project owner", "your organisation's administrator"
	Do         []string      `json:"do,omitempty"`         // what to do next, one imperative line each
	RequestID  string        `json:"requestId,omitempty"`  // for the provider's support
	RetryAfter time.Duration `json:"-"`                    // how long the provider asked us to wait, 0 when it did not
	Final      bool          `json:"-"`                    // waiting cannot mend it: an organisation's policy, a perimeter, an account's limit
	Err        error         `json:"-"`                    // the cause, for errors.As; its text may be long and is not printed
}

// Error gives "op: reason" on one line.
func (p *Problem) Error() string {
	parts := make([]string, 0, 2)
	if p.Op != "" {
		parts = append(parts, p.Op)
	}
	switch {
	case p.Reason != "":
		parts = append(parts, p.Reason)
	case p.Err != nil:
		parts = append(parts, p.Err.Error())
	default:
		parts = append(parts, string(p.Kind))
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

// KindOf returns the kind of the outermost Problem in err's chain, Other when there is none, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Kind
	}
	return Other
}

// Is reports whether err is a Problem of one of the kinds.
func Is(err error, kinds ...Kind) bool {
	k := KindOf(err)
	return slices.Contains(kinds, k)
}
