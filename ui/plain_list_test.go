package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func TestPlainReadsOutWhatExistsAndTakesOneOfIt(t *testing.T) {
	lines := []string{"2", "", "", "?? runner", "#1"}
	out, text, _ := answer(t, &recorded{}, Options{}, lines...)
	for _, want := range []string{"#1  ci-runner, CI runner, exists, would be adopted", "ci-runner exists and will be adopted"} {
		if !strings.Contains(text, want) {
			t.Errorf("the lines do not say %q:\n%s", want, text)
		}
	}
	if out.Bridge.ToAWS == nil || out.Bridge.ToAWS.ServiceAccount != "ci-runner" || !slices.Contains(out.Bridge.Adopt, "toAWS.serviceAccount") {
		t.Errorf("got %+v adopting %v, want ci-runner adopted:\n%s", out.Bridge.ToAWS, out.Bridge.Adopt, text)
	}
	if strings.Contains(text, "\x1b") {
		t.Error("plain lines hold an escape code")
	}
}

func TestPlainTakesNothingThatDoesNotFit(t *testing.T) {
	r := &recorded{}
	e := r.engine()
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		page([]Choice{{Value: "512-compute@developer.gserviceaccount.com", Note: "exists, would be adopted", Adopt: true}})
		return nil
	}
	var screen strings.Builder
	out, _ := RunPlain(t.Context(), e, Options{PlainIn: strings.NewReader("2\n\n\n??\n#1\n\n"), PlainOut: &screen})
	if !strings.Contains(screen.String(), "It cannot be taken") || len(out.Bridge.Adopt) > 0 {
		t.Errorf("adopts %v, want nothing:\n%s", out.Bridge.Adopt, screen.String())
	}
}

func TestPlainSaysWhyAFieldIsAsked(t *testing.T) {
	_, text, _ := answer(t, &recorded{}, Options{}, "2", "?", "")
	for _, f := range spec.Fields() {
		if f.Path == "name" && !strings.Contains(text, f.Why) {
			t.Errorf("the lines do not say why:\n%s", text)
		}
	}
}

func TestPlainTellsThatANameIsTaken(t *testing.T) {
	_, text, _ := answer(t, &recorded{}, Options{}, "2", "", "", "ci-runner")
	if !strings.Contains(text, "ci-runner exists, would be adopted.") {
		t.Errorf("nobody says that ci-runner is taken:\n%s", text)
	}
}

func TestPlainReadsOutAFewOfThousands(t *testing.T) {
	r := &recorded{}
	e := r.engine()
	e.List = func(_ context.Context, _ spec.Bridge, _ string, page func([]Choice)) error {
		for i := range 5000 {
			page([]Choice{{Value: "role-" + itoa(i)}})
		}
		return nil
	}
	var screen strings.Builder
	in := strings.NewReader("2\n\n\n??\n?? 4999\n#1\n")
	out, _ := RunPlain(t.Context(), e, Options{PlainIn: in, PlainOut: &screen})
	if n := strings.Count(screen.String(), "  #"); n != heard+1 || !strings.Contains(screen.String(), "4980 more") {
		t.Errorf("read out %d lines, want %d and how many more there are", n, heard+1)
	}
	if out.Bridge.ToAWS == nil || out.Bridge.ToAWS.ServiceAccount != "role-4999" {
		t.Errorf("took %+v, want role-4999", out.Bridge.ToAWS)
	}
}
