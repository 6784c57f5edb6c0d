package ui

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// told is one row of a lane of an audit: something that has drifted, or what one rule found, folded or one by one.
type told struct {
	drift *steps.Change
	list  []audit.Finding // of one rule and one severity
	one   bool            // a single finding of an unfolded rule
}

// key names a rule's findings of one severity, for unfolding.
func (t told) key() string { return string(t.list[0].Severity) + " " + t.list[0].ID }

// unfoldedAtMost is how many findings of a rule stand in a lane; the rest is in the JSON.
const unfoldedAtMost = 50

// lane is what is told of one cloud: drift first, then the findings that are grave enough, worst first, by rule.
func (f findings) lane(w *walk, cloud string) []told {
	d := w.survey.found
	if d == nil {
		return nil
	}
	var out []told
	for i := range d.Drift {
		if (d.Drift[i].Cloud == google) == (cloud == google) {
			out = append(out, told{drift: &d.Drift[i]})
		}
	}
	for _, s := range audit.Severities() {
		if f.floor == "" || s.Reaches(f.floor) {
			out = append(out, f.ruled(d.Findings, cloud, s)...)
		}
	}
	return out
}

// ruled groups the findings of one cloud and one severity by their rules, in the order in which they come.
func (f findings) ruled(all []audit.Finding, cloud string, s audit.Severity) []told {
	at := map[string]int{}
	var groups []told
	for _, x := range all {
		if x.Severity != s || (x.Cloud == google) != (cloud == google) {
			continue
		}
		i, ok := at[x.ID]
		if !ok {
			i = len(groups)
			at[x.ID], groups = i, append(groups, told{})
		}
		groups[i].list = append(groups[i].list, x)
	}
	var out []told
	for _, g := range groups {
		out = append(out, g)
		if len(g.list) > 1 && f.open == g.key() {
			for i := range g.list[:min(len(g.list), unfoldedAtMost)] {
				out = append(out, told{list: g.list[i : i+1], one: true})
			}
		}
	}
	return out
}

// severities are the floors that the filter goes through: everything, then ever graver. Those at which nothing would be
// left are passed over.
func (f findings) floors(w *walk) []audit.Severity {
	out := []audit.Severity{""}
	if w.survey.found == nil {
		return out
	}
	counts := w.survey.found.Summary.Findings
	all := audit.Severities()
	for i, s := range slices.Backward(all) {
		left := 0
		for _, graver := range all[:i+1] {
			left += counts[graver]
		}
		if s != all[len(all)-1] && left > 0 {
			out = append(out, s)
		}
	}
	return out
}
