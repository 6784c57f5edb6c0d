package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

func TestNamesOfOthersCannotSteerTheTerminal(t *testing.T) {
	var out strings.Builder
	p := printer{w: &out}
	p.line("role %s %s", "\x1b]0;pwned\x07\x1b[2Jname\u202egnp", p.muted("a\x9bb"))
	if got := out.String(); strings.ContainsAny(got, "\x1b\x07\u202e\u009b") || strings.Count(got, "\n") != 1 {
		t.Errorf("got %q, want no control character and one line", got)
	}
}

func TestColourNeedsATerminal(t *testing.T) {
	for _, tt := range []struct {
		name     string
		env      map[string]string
		noColor  bool
		terminal bool
		want     bool
	}{
		{"terminal", map[string]string{"TERM": "xterm"}, false, true, true},
		{"pipe", map[string]string{"TERM": "xterm"}, false, false, false},
		{"--no-color", map[string]string{"TERM": "xterm"}, true, true, false},
		{"NO_COLOR", map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false, true, false},
		{"dumb", map[string]string{"TERM": "dumb"}, false, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := streams{env: func(n string) string { return tt.env[n] }}
			if got := newPrinter(nil, s, tt.noColor, tt.terminal).colour; got != tt.want {
				t.Errorf("got colour %t, want %t", got, tt.want)
			}
		})
	}
}

func TestChangedPolicyIsShownLineByLine(t *testing.T) {
	var out bytes.Buffer
	p := printer{w: &out}
	p.field(steps.Field{
		Path:   "trust",
		Before: map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Condition": "lax"}}},
		After:  map[string]any{"Statement": []any{map[string]any{"Effect": "Allow", "Condition": "exact"}}},
	})
	for _, want := range []string{"trust:", `      -       "Condition": "lax"`, `      +       "Condition": "exact"`, `"Effect": "Allow"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant it to show %q", out.String(), want)
		}
	}
}

func TestAccessThatIsStillLentIsNotAnnouncedAsGivenBack(t *testing.T) {
	var out bytes.Buffer
	printer{w: &out}.returned(verify.Event{Kind: verify.Returning, Direction: "to-google", Outcome: "failed", Message: "denied"})
	if got := out.String(); !strings.Contains(got, "NOT given back: denied") {
		t.Errorf("got %q", got)
	}
}
