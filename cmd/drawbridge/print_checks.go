package main

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// preflight writes the checks and what each one found; those that are in order only by name.
func (p printer) preflight(r steps.PreflightReport) {
	count := map[steps.CheckOutcome]int{}
	for _, c := range r.Checks {
		count[c.Outcome]++
		p.check(c)
	}
	p.blank()
	parts := []string{plural(count[steps.CheckOK], "check", "checks") + " in order"}
	for _, o := range []steps.CheckOutcome{steps.CheckWarn, steps.CheckBlocked, steps.CheckUnknown} {
		if count[o] > 0 {
			parts = append(parts, plural(count[o], string(o), string(o)))
		}
	}
	p.line("%s", p.strong(strings.Join(parts, ", ")))
}

func (p printer) check(c steps.Check) {
	p.line("%s %s %s", p.checkMark(c.Outcome), pad(c.Title, 58), p.muted(c.Detail))
	if c.Outcome == steps.CheckOK {
		return
	}
	for _, do := range []string{c.Fix, c.Command} {
		if do != "" {
			p.line("    %s %s", p.symbol("→", "->"), do)
		}
	}
}

func (p printer) checkMark(o steps.CheckOutcome) painted {
	switch o {
	case steps.CheckOK:
		return p.good(p.symbol("✓", "ok"))
	case steps.CheckWarn:
		return p.changed(p.symbol("!", " !"))
	case steps.CheckUnknown:
		return p.muted(p.symbol("?", " ?"))
	case steps.CheckBlocked:
	}
	return p.bad(p.symbol("✗", " x"))
}

// destroyed writes what is gone and what stays.
func (p printer) destroyed(r steps.DestroyReport) {
	p.line("%s", p.strong(plural(len(r.Removed), "thing removed", "things removed")))
	for _, t := range r.Removed {
		p.line("%s %s", p.bad("-"), first(t.Title, t.Name, t.ID))
	}
	if len(r.Kept) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.strong("What stays"))
	for _, k := range r.Kept {
		p.line("%s %s  %s", p.muted("="), k.ID, p.muted(k.Reason))
		if k.Until != "" {
			p.line("    until %s", k.Until)
		}
		if k.Command != "" {
			p.line("    %s %s", p.symbol("→", "->"), k.Command)
		}
	}
}
