package ui

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

func TestLinksOpenOnlyWhereTheTerminalOpensThem(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want bool
	}{
		{Options{}, false},
		{Options{Env: []string{"TERM=xterm-256color"}}, false},
		{Options{Env: []string{"TERM=xterm-kitty"}}, true},
		{Options{Env: []string{"TERM=xterm-kitty"}, NoColor: true}, false},
		{Options{Env: []string{"TERM=xterm-kitty"}, ASCII: true}, false},
		{Options{Env: []string{"TERM_PROGRAM=iTerm.app"}}, true},
		{Options{Env: []string{"TERM_PROGRAM=tmux", "TERM_PROGRAM_VERSION=3.3a"}}, false},
		{Options{Env: []string{"TERM_PROGRAM=tmux", "TERM_PROGRAM_VERSION=3.5a"}}, true},
		{Options{Env: []string{"VTE_VERSION=6003"}}, true},
		{Options{Env: []string{"TERM=xterm-kitty", "FORCE_HYPERLINK=0"}}, false},
	} {
		lines := newLook(c.o, false).linked("https://console.aws.amazon.com/iam/home#/roles", 30)
		if got := strings.Contains(strings.Join(lines, ""), "\x1b]8;;https://console.aws.amazon.com/iam/home#/roles"); got != c.want {
			t.Errorf("%+v: link is %v, want %v", c.o, got, c.want)
		}
	}
}

func TestConsolesAreLinkedOnlyForTheRealClouds(t *testing.T) {
	b, err := spec.ParseWith("bridge.yaml", []byte("version: 1\n"), []string{
		"name=acme", "google.project=acme-build", "aws.account=123456789012", "aws.region=us-gov-west-1", "toAWS.serviceAccount=ci-runner",
	})
	if err != nil {
		t.Fatal(err)
	}
	role := steps.Change{Cloud: aws, Kind: "role", Name: "ci runner"}
	account := steps.Change{Cloud: google, Kind: "service-account", Name: "ci@acme-build.iam.gserviceaccount.com"}
	w := newWalk(t.Context(), Engine{}, Options{})
	w.bridge = b
	if got, want := w.console(role), "https://console.amazonaws-us-gov.com/iam/home#/roles/details/ci%20runner"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := w.console(account), "https://console.cloud.google.com/iam-admin/serviceaccounts?project=acme-build"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, o := range []Options{{Sandbox: true}, {EndpointsOther: true}} {
		w.o = o
		if got := w.console(role); got != "" {
			t.Errorf("%+v: got %s, want none: nothing of it is there", o, got)
		}
	}
}
