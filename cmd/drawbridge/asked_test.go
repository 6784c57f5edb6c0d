package main

import "testing"

func TestWhoIsAsked(t *testing.T) {
	for _, tt := range []struct {
		name       string
		in, err    bool
		flags      consentFlags
		env        map[string]string
		screens    bool
		plainLines bool
	}{
		{name: "terminal", in: true, err: true, screens: true},
		{name: "stdin piped", err: true},
		{name: "stderr piped", in: true},
		{name: "--yes", in: true, err: true, flags: consentFlags{yes: true}},
		{name: "--no-input", in: true, err: true, flags: consentFlags{noInput: true}},
		{name: "CI", in: true, err: true, env: map[string]string{"CI": "true"}},
		{name: "--accessible on a pipe", flags: consentFlags{accessible: true}, plainLines: true},
		{name: "--accessible at a terminal", in: true, err: true, flags: consentFlags{accessible: true}, plainLines: true},
		{name: "ACCESSIBLE on a pipe", env: map[string]string{"ACCESSIBLE": "1"}},
		{name: "ACCESSIBLE at a terminal", in: true, err: true, env: map[string]string{"ACCESSIBLE": "1"}, plainLines: true},
		{name: "dumb terminal", in: true, err: true, env: map[string]string{"TERM": "dumb"}, plainLines: true},
		{name: "--accessible --no-input on a pipe", flags: consentFlags{accessible: true, noInput: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := streams{inTerminal: tt.in, errTerminal: tt.err, env: func(name string) string {
				if v, ok := tt.env[name]; ok || name != "TERM" {
					return v
				}
				return "xterm"
			}}
			asks := tt.flags.asks(s)
			if got := asks && !tt.flags.plain(s); got != tt.screens {
				t.Errorf("screens: got %t, want %t", got, tt.screens)
			}
			if got := asks && tt.flags.plain(s); got != tt.plainLines {
				t.Errorf("plain lines: got %t, want %t", got, tt.plainLines)
			}
		})
	}
}

func TestSandboxHidesEveryOtherSignIn(t *testing.T) {
	env := overlay(func(name string) string { return "outer " + name }, map[string]string{"AWS_REGION": "us-east-1"})
	for name, want := range map[string]string{
		"AWS_REGION":                     "us-east-1",
		"AWS_ACCESS_KEY_ID":              "",
		"AWS_PROFILE":                    "",
		"GOOGLE_APPLICATION_CREDENTIALS": "",
		"CLOUDSDK_AUTH_ACCESS_TOKEN":     "",
		"HTTPS_PROXY":                    "",
		"https_proxy":                    "",
		"HOME":                           "outer HOME",
	} {
		if got := env(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
