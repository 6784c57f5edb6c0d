package main

import (
	"fmt"
	"time"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// waiting says what is waited for, since when and until when at most.
func (p printer) waiting(who, what string, since, until time.Time) painted {
	text := who + ": waiting for " + what
	if who == "" {
		text = "waiting for " + what
	}
	if !since.IsZero() && !until.IsZero() {
		text += fmt.Sprintf(", since %s, until %s at most", clock(since), clock(until))
	}
	return p.muted(text)
}

// rune draws an action in its colour.
func (p printer) rune(a steps.Action) painted {
	sign := string(a.Rune())
	switch a {
	case steps.Create, steps.Adopt, steps.Restore:
		return p.good(sign)
	case steps.Update:
		return p.changed(sign)
	case steps.Remove, steps.Blocked:
		return p.bad(sign)
	case steps.Keep:
	}
	return p.muted(sign)
}

// way is a direction in words.
func (p printer) way(direction string) string {
	arrow := p.symbol("→", "->")
	if direction == verify.ToAWS {
		return "Google " + arrow + " AWS"
	}
	return "AWS " + arrow + " Google"
}
