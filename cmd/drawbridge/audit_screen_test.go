//go:build unix

package main

import (
	"strings"
	"testing"
)

func TestAnAuditIsAScreenAtATerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, 80, 24).run("drawbridge audit --discover --project acme-build --sandbox").await("▸ Audit", "Who gets in", "q close")
	d.press("Enter").await("What was seen", "What to do").press("Escape").await("q close")
	d.press("n").await("Not evaluated, and so not passed").press("Escape").await("q close")
	d.press("q").await("Audit acme-build and 123456789012", "high", "all of it as text").ends(3)
}

func TestAnAuditAtATerminalIsTextWhereNobodyWantsAScreen(t *testing.T) {
	t.Parallel()
	d := sit(t, 120, 40).run("drawbridge audit --discover --project acme-build --sandbox --no-input").await("Not evaluated", "1 high").ends(3)
	if shown := d.screen(); strings.Contains(shown, "Who gets in") {
		t.Errorf("a screen was shown:\n%s", shown)
	}
}
