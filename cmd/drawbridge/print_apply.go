package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// applied writes what an apply came to, and what it found out.
func (p printer) applied(r steps.Result) {
	p.line("%s", p.strong(counted(r.Summary)))
	names := make([]string, 0, len(r.Outputs))
	for n := range r.Outputs {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		p.line("  %s %s", pad(n, 30), r.Outputs[n])
	}
}

func counted(s steps.ResultSummary) string {
	text := plural(s.Done, "step done", "steps done")
	if s.Kept > 0 {
		text += fmt.Sprintf(", %d as wanted", s.Kept)
	}
	if s.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", s.Skipped)
	}
	if s.Failed > 0 {
		text += fmt.Sprintf(", %d failed", s.Failed)
	}
	return text
}

// failures is the error of a result: nil when nothing failed.
func failures(what string, r steps.Result) error {
	failed := r.Failed()
	if len(failed) == 0 {
		return nil
	}
	e := &partError{what: what + ": " + plural(len(failed), "step", "steps") + " failed, " + plural(r.Summary.Skipped, "was", "were") + " skipped"}
	for _, s := range failed {
		problem := s.Problem
		if problem == nil {
			problem = &explain.Problem{Op: s.ID, Kind: explain.Other, Reason: s.Reason}
		}
		e.causes = append(e.causes, goingOn(problem))
	}
	return e
}

// goingOn adds to a sign-in that ended what comes after signing in: a run never begins from nothing.
func goingOn(p *explain.Problem) *explain.Problem {
	again := func(do string) bool { return strings.Contains(do, "run the same command again") }
	if p.Kind != explain.Expired || slices.ContainsFunc(p.Do, again) {
		return p
	}
	told := *p
	told.Do = append(slices.Clone(p.Do), "then run the same command again: nothing that is done is lost")
	return &told
}
