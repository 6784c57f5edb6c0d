package verify

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
)

// outage is something that begins in the middle of a run and lasts.
type outage struct {
	name   string
	faults []string
	calls  int          // how many calls it lasts; 0: until the run has ended
	kind   explain.Kind // of every error of the run; "": it must converge
	says   string       // what to do
}

func outages() []outage {
	const iam, google = "aws.iam.*=", "google.iam.*="
	return []outage{
		{"expired keys of AWS", []string{iam + "ExpiredToken"}, 0, explain.Expired, "sign in to AWS again"},
		{"expired token of Google", []string{google + "UNAUTHENTICATED"}, 0, explain.Expired, "gcloud auth application-default login"},
		{"network lost for a moment", []string{iam + "refuse", google + "refuse"}, 3, "", ""},
		{"network lost for good", []string{iam + "refuse", google + "refuse"}, 0, explain.Other, "check the network"},
	}
}

// What begins in the middle of a run is noticed and explained, and the run after it goes on: nothing is made twice.
func TestAnOutageInTheMiddleIsToldAndTheNextRunGoesOn(t *testing.T) {
	const example = "both-ways.yaml"
	life := courses(t, example)
	for _, c := range []course{life[0], life[2]} {
		for _, o := range outages() {
			t.Run(c.command.name+"/"+o.name, func(t *testing.T) {
				t.Parallel()
				s := newSite(t, example)
				for _, before := range c.before {
					s.must(before)
				}
				o.befall(t, s, c)
				if diff := cmp.Diff(c.after, sandboxtest.State(t, s.gate.Server)); diff != "" {
					t.Errorf("in the end (-undisturbed +got):\n%s", diff)
				}
			})
		}
	}
}

// befall runs the command with the outage in its middle and, when it had to give up, once more after it.
func (o outage) befall(t *testing.T, s *site, c course) {
	t.Helper()
	var mu sync.Mutex // calls come at the same time, and the outage must begin before it ends
	seen, from := 0, len(c.points)*2/3
	s.gate.Before(func(point) {
		mu.Lock()
		defer mu.Unlock()
		switch seen++; {
		case seen == from:
			_ = s.gate.Server.SetFaults(o.faults...)
		case o.calls > 0 && seen == from+o.calls:
			_ = s.gate.Server.SetFaults()
		}
	})
	_, err := s.run(c.command, point{}, nil)
	s.gate.Before(nil)
	if ferr := s.gate.Server.SetFaults(); ferr != nil {
		t.Fatal(ferr)
	}
	switch {
	case o.kind == "" && err != nil:
		t.Fatalf("got %v, want it to converge", err)
	case o.kind == "":
		return
	case err == nil:
		t.Fatal("got no error")
	}
	for _, e := range parts(err) {
		p, ok := errors.AsType[*explain.Problem](e)
		if !ok || p.Kind != o.kind {
			t.Errorf("got %v, want a problem of kind %s", e, o.kind)
		} else if told := fmt.Sprint(p.Do); !strings.Contains(told, o.says) {
			t.Errorf("%v: told to do %s, want %q", e, told, o.says)
		}
	}
	s.must(c.command)
}

// parts are the failures of the steps of a run.
func parts(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, parts(e)...)
	}
	return out
}
