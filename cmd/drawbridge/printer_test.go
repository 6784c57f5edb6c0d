package main

import (
	"strings"
	"testing"
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
