package audit

import (
	"slices"
	"time"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Document is drawbridge.audit/v1 without the heading that all documents share.
type Document struct {
	Drift        []steps.Change `json:"drift"`
	Findings     []Finding      `json:"findings"`
	Accepted     []Finding      `json:"accepted"` // by a baseline; they count for nothing
	NotEvaluated []NotEvaluated `json:"notEvaluated"`
	Trusts       []Trust        `json:"trusts"`            // who can reach whom
	Bridges      []string       `json:"bridges,omitempty"` // marks of those that a fleet's audit was asked about
	Summary      Summary        `json:"summary"`
}

// Summary counts.
type Summary struct {
	Drift        int              `json:"drift"`
	Findings     map[Severity]int `json:"findings"`
	Accepted     int              `json:"accepted"`
	NotEvaluated int              `json:"notEvaluated"`
	Bridges      int              `json:"bridges"`
}

// Heading is what a report says about the run.
type Heading struct {
	Subject string // a bridge's name, or what was looked at
	Place   string // "" for the real clouds
	Version string
	At      time.Time
}

// NewDocument puts a report and the drift together. Findings are taken as they are: split them by a baseline first.
func NewDocument(drift []steps.Change, open, accepted []Finding, unread []NotEvaluated, trusts []Trust, bridges int) Document {
	d := Document{
		Drift: never(drift), Findings: never(open), Accepted: never(accepted), NotEvaluated: never(unread), Trusts: never(trusts),
		Summary: Summary{Drift: len(drift), Findings: map[Severity]int{}, Accepted: len(accepted), NotEvaluated: len(unread), Bridges: bridges},
	}
	for _, f := range open {
		d.Summary.Findings[f.Severity]++
	}
	return d
}

// Merge makes one document of several, in an order that does not depend on theirs.
func Merge(documents []Document) Document {
	var drift []steps.Change
	var open, accepted []Finding
	var unread []NotEvaluated
	var trusts []Trust
	var marks []string
	bridges := 0
	for _, d := range documents {
		drift, open, accepted = append(drift, d.Drift...), append(open, d.Findings...), append(accepted, d.Accepted...)
		unread, trusts, bridges = append(unread, d.NotEvaluated...), append(trusts, d.Trusts...), bridges+d.Summary.Bridges
		marks = append(marks, d.Bridges...)
	}
	sortAll(drift, open, accepted, unread, trusts)
	slices.Sort(marks)
	out := NewDocument(drift, open, accepted, unread, trusts, bridges)
	out.Bridges = marks
	return out
}

// Of says of everything in the document whose audit it comes from, in a fleet.
func (d Document) Of(bridge string) Document {
	for i := range d.Drift {
		d.Drift[i].Reason = bridge + ": " + d.Drift[i].Reason
	}
	for i := range d.Findings {
		d.Findings[i].Bridge = bridge
	}
	for i := range d.NotEvaluated {
		d.NotEvaluated[i].Bridge = bridge
	}
	for i := range d.Trusts {
		d.Trusts[i].Bridge = bridge
	}
	return d
}

// Answer reports whether the document is a no: drift, a finding as grave as the threshold, or a rule of that weight that
// could not be evaluated.
func (d Document) Answer(threshold Severity, allowUnread bool) bool {
	for _, f := range d.Findings {
		if f.Severity.Reaches(threshold) {
			return true
		}
	}
	for _, n := range d.NotEvaluated {
		if !allowUnread && !n.Optional && n.Severity.Reaches(threshold) {
			return true
		}
	}
	return len(d.Drift) > 0
}

func never[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
