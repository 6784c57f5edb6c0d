// Package audit says who can get in, what is looser than it should be and how to close it: rules over an inventory, and
// the formats in which the answer is written. It asks no cloud, changes nothing, and never calls a rule passed whose
// facts could not be read.
package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// Severity is how much a finding weighs.
type Severity string

// The severities, from the gravest on.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Severities lists them from the gravest on.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

// Reaches reports whether s is as grave as a threshold, or graver. A threshold that is no severity, such as "none", is
// reached by nothing.
func (s Severity) Reaches(threshold Severity) bool {
	at := slices.Index(Severities(), threshold)
	return at >= 0 && slices.Index(Severities(), s) <= at
}

// Finding is one thing that is not as it should be.
type Finding struct {
	ID        string   `json:"id"` // of the rule
	Severity  Severity `json:"severity"`
	Cloud     string   `json:"cloud"` // google or aws
	Resource  string   `json:"resource"`
	Title     string   `json:"title"`
	Evidence  string   `json:"evidence"`           // exactly what was seen: statement, operator, key, value
	Fix       string   `json:"fix"`                // what to do, one sentence
	Document  string   `json:"document,omitempty"` // the corrected document, where there is one
	Command   string   `json:"command"`
	Reference string   `json:"reference"`
	Bridge    string   `json:"bridge,omitempty"` // whose audit said it, in a fleet

	about []string // subjects, for telling whose business it is and what it hides
}

// Key tells a finding from all others over time: rule, resource and evidence.
func (f Finding) Key() string { return f.ID + " " + f.Resource + " " + f.Evidence }

// NotEvaluated is a rule that could not say anything.
type NotEvaluated struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"` // the gravest that the rule gives
	Reason   string   `json:"reason"`
	Optional bool     `json:"optional,omitempty"` // needs more than an audit is given: never a reason to answer no
	Bridge   string   `json:"bridge,omitempty"`
}

// Rule is one question with an answer for every inventory.
type Rule struct {
	ID        string
	Severity  Severity // the gravest that it gives
	Title     string
	Reference string
	Needs     []inventory.Part
	Optional  bool // needs more than an audit is given: never a reason to answer no

	lacks func(inventory.Inventory) string // why it cannot be asked, beside the needs; "" when it can. May be nil.
	find  func(*sight) []Finding
}

// Cloud is the side that the rule looks at.
func (r Rule) Cloud() string {
	if strings.HasPrefix(r.ID, "AWS-") {
		return "aws"
	}
	return "google"
}

// Report is what the rules say about one inventory, worst first.
type Report struct {
	Findings     []Finding
	NotEvaluated []NotEvaluated
	Trusts       []Trust
}

// Evaluate asks every rule. With bridges in the inventory, findings about other things are left out. Of two findings of
// which one implies the other, the graver stays.
func Evaluate(inv inventory.Inventory) Report {
	s := newSight(inv)
	out := Report{Findings: []Finding{}, NotEvaluated: []NotEvaluated{}}
	for _, r := range Rules() {
		if !asked(r, inv) {
			continue
		}
		if n, missing := unread(r, inv); missing {
			out.NotEvaluated = append(out.NotEvaluated, n)
		}
		if !r.without(inv) && !s.blind(r) {
			out.Findings = append(out.Findings, r.over(s)...)
		}
	}
	out.Findings = hide(slices.DeleteFunc(out.Findings, func(f Finding) bool { return !s.concerns(f) }))
	Sort(out.Findings)
	out.Trusts = s.trusts(out.Findings)
	return out
}

// over asks the rule and fills in what all of its findings share.
func (r Rule) over(s *sight) []Finding {
	found := r.find(s)
	for i := range found {
		f := &found[i]
		f.ID, f.Cloud, f.Reference = r.ID, r.Cloud(), r.Reference
		if f.Severity == "" {
			f.Severity = r.Severity
		}
		if f.Title == "" {
			f.Title = r.Title
		}
	}
	return found
}

// asked reports whether the side that the rule is about was looked at.
func asked(r Rule, inv inventory.Inventory) bool {
	if r.Cloud() == "aws" {
		return inv.Account != nil
	}
	return inv.Project != nil
}

func unread(r Rule, inv inventory.Inventory) (NotEvaluated, bool) {
	n := NotEvaluated{ID: r.ID, Severity: r.Severity, Optional: r.Optional}
	if r.without(inv) {
		n.Reason = r.lacks(inv)
		return n, true
	}
	u, missing := inv.Missing(r.Needs...)
	if missing {
		n.Reason = fmt.Sprintf("missing permission %s: %s", u.Permission, u.Reason)
	}
	return n, missing
}

// without reports whether the rule lacks what no permission would give.
func (r Rule) without(inv inventory.Inventory) bool { return r.lacks != nil && r.lacks(inv) != "" }

// Sort puts the worst first, then by bridge, rule and resource, so that equal worlds give equal reports.
func Sort(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Severities(), a.Severity), slices.Index(Severities(), b.Severity)),
			cmp.Compare(a.Bridge, b.Bridge), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Resource, b.Resource),
			cmp.Compare(a.Evidence, b.Evidence), cmp.Compare(a.Command, b.Command),
		)
	})
}
