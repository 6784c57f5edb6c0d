package ui

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// standing is a bridge and the plan that takes it down.
func standing(t *testing.T) (spec.Bridge, steps.Plan) {
	t.Helper()
	b, err := spec.ParseWith("bridge.yaml", []byte("version: 1\n"), []string{
		"name=acme-build", "google.project=acme-build", "aws.account=123456789012", "aws.region=eu-west-1",
		"toAWS.serviceAccount=acme-build-to-aws",
	})
	if err != nil {
		t.Fatal(err)
	}
	p := steps.Plan{Want: steps.Absent}
	for _, c := range (&recorded{}).changes(b) {
		c.Action = steps.Remove
		if c.Scope == "project" {
			c.Action, c.Reason = steps.Keep, "never undone: others may rely on it"
		}
		p.Changes = append(p.Changes, c)
		count(&p.Summary, c.Action)
	}
	return b, p
}

func razingAt(t *testing.T) *driver {
	t.Helper()
	d := drive(t, (&recorded{}).engine(), Options{}, 80, 24)
	b, p := standing(t)
	d.until("who we are", func() bool { return d.m.asked })
	d.m.bridge, d.m.plan, d.m.down, d.m.e.Save = b, &p, true, nil
	d.m.at = newRazing(d.m.walk)
	return d
}

func TestDestroyWantsTheNameTyped(t *testing.T) {
	d := razingAt(t)
	golden(t, "destroy-80x24", d.text())
	d.press("enter").shows("type acme-build to destroy it")
	d.write("acme-buil")
	d.press("enter")
	if d.m.razed {
		t.Fatal("destroyed although the name was not typed")
	}
	d.write("d").key("enter")
	d.until("the lanes", func() bool { return d.m.ended() })
	d.shows("Destroy acme-build", "What can go is gone.", "APIs", "never undone: others may rely on it")
	if !d.m.razed {
		t.Error("not destroyed although the name was typed")
	}
	d.press("s").shows("What stays", "never undone").press("esc")
	d.key("enter")
	d.until("the end", func() bool { return d.quit })
}

func TestDestroyIsLeftByEscAndCtrlC(t *testing.T) {
	for _, k := range []string{"esc", "ctrl+c"} {
		d := razingAt(t)
		d.write("acme-build").key(k)
		d.until("the end", func() bool { return d.quit })
		if d.m.razed {
			t.Errorf("destroyed by %s", k)
		}
	}
}

func TestPlainDestroyWantsTheNameTyped(t *testing.T) {
	b, p := standing(t)
	for text, want := range map[string]bool{"acme-build\n": true, "acme\n": false, "yes\n": false, "\n": false} {
		var screen bytes.Buffer
		got, err := ConfirmDestroy(t.Context(), Options{PlainIn: strings.NewReader(text), PlainOut: &screen}, b, p)
		if err != nil || got != want {
			t.Errorf("%q gives %v, %v, want %v:\n%s", text, got, err, want, screen.String())
		}
	}
	_, err := ConfirmDestroy(t.Context(), Options{PlainIn: strings.NewReader(""), PlainOut: &bytes.Buffer{}}, b, p)
	if u, ok := errors.AsType[*Unanswered](err); !ok || u.Flag != "--yes" {
		t.Errorf("no answer gives %v, want --yes", err)
	}
}
