package ui

import (
	"slices"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// review shows the plan until nothing in it needs an answer, then asks whether to apply it.
func (p *plain) review() error {
	for {
		if err := p.plan(); err != nil {
			return err
		}
		c, ok := p.open()
		if !ok {
			return p.confirm()
		}
		answered, err := p.settle(c)
		if err != nil {
			return err
		}
		if !answered {
			return errLeft
		}
	}
}

// plan reads both clouds and tells what would change.
func (p *plain) plan() error {
	w := p.w
	p.line("")
	p.line("Reading both clouds.")
	consent := steps.Consent{AcceptAccount: w.draft.accept}
	plan, err := w.e.Plan(w.ctx, w.bridge, consent, func(steps.Event) {})
	w.reviewed = true
	w.take(planned{plan, err})
	if err != nil {
		p.lined(w.problem(err, 100))
		return errLeft
	}
	p.line("What would change: %s.", plan.Summary)
	for _, c := range plan.Changes {
		p.line("  %s: %s, %s%s", c.Action, cloudName(c.Cloud), titled(c), p.because(c))
	}
	p.checks()
	return nil
}

func (p *plain) because(c steps.Change) string {
	if says := p.w.reason(c); says != "" {
		return ": " + says
	}
	return ""
}

func (p *plain) checks() {
	w := p.w
	if w.e.Preflight == nil {
		return
	}
	r, err := w.e.Preflight(w.ctx, w.bridge)
	w.take(checked{r, err})
	if err != nil {
		p.line("Preflight could not look: %s", clean(err.Error()))
		return
	}
	good := 0
	for _, c := range r.Checks {
		if c.Outcome == steps.CheckOK {
			good++
			continue
		}
		p.line("Preflight, %s: %s, %s", checkWord(c.Outcome), cloudName(c.Cloud), clean(c.Title))
		for _, s := range []string{c.Detail, c.Fix, c.Command} {
			if s != "" {
				p.line("  %s", clean(s))
			}
		}
	}
	p.line("Preflight: %s in order.", plural(good, "check", "checks"))
}

// open finds a blocked change that a person's consent would let through.
func (p *plain) open() (steps.Change, bool) {
	for _, c := range p.w.plan.Blocked() {
		if c.Allow != "" || c.Accept != "" {
			return c, true
		}
	}
	return steps.Change{}, false
}

// settle asks for that consent.
func (p *plain) settle(c steps.Change) (bool, error) {
	d := &p.w.draft
	if c.Accept != "" {
		yes, err := p.agree("Accept account "+c.Accept+" in place of the one that the role trusts?", "--accept-account "+c.Accept)
		if yes {
			d.accept = c.Accept
		}
		return yes, err
	}
	yes, err := p.agree("Adopt "+titled(c)+"? Only our own part is added to it.", "--adopt "+c.Allow)
	if yes && !slices.Contains(d.adopt, c.Allow) {
		d.adopt = append(d.adopt, c.Allow)
		p.w.settle()
	}
	return yes, err
}

func (p *plain) confirm() error {
	w := p.w
	if why := w.stopped(); why != "" {
		p.line("Nothing can be applied: something is blocked, and the lines above say why.")
		return errLeft
	}
	if !w.plan.Pending() {
		p.line("Nothing to change.")
		return nil
	}
	p.line("")
	yes, err := p.agree("Apply this to project "+w.bridge.Google.Project+" and account "+w.bridge.AWS.Account+"?", "--yes")
	if err == nil && !yes {
		err = errLeft
	}
	return err
}
