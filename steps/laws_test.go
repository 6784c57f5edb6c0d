package steps

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// law is what one step is held to: create, keep, twice, tampered, deleted, denied, lost, cancelled, not ours.
type law struct {
	id    string
	file  string
	setup func(*rig) // what has to be there before: an instance for example

	write string // the sandbox's name of the first call that writes

	tamper   func(*rig) // another administrator changes it; nil: nothing about it can be changed
	tampered Action
	remove   func(*rig) // another administrator removes it; nil: it cannot be removed
	removed  Action
	foreign  func(*rig) // somebody else's thing of the same name was there first; nil: it has no name of its own
	twin     Action     // what the plan says about that; default blocked
}

func TestEveryStepKeepsTheLaws(t *testing.T) {
	covered := map[string]bool{}
	for _, l := range laws() {
		covered[l.id] = true
		t.Run(l.id, func(t *testing.T) {
			t.Run("create keep twice", l.createKeepTwice)
			t.Run("tampered", l.tamperedIsSeenAndMended)
			t.Run("deleted", l.deletedIsSeenAndMended)
			t.Run("denied", l.deniedStopsOnlyWhatNeedsIt)
			t.Run("lost", l.lostReplyIsRead)
			t.Run("cancelled", l.cancelledGoesOn)
			t.Run("not ours", l.notOursIsLeftAlone)
			t.Run("destroyed", l.destroyedIsGone)
		})
	}
	for _, f := range IDs() {
		if !covered[f.ID] && f.ID != "google.project" && !strings.Contains(f.ID, ":") {
			t.Errorf("no law holds step %s", f.ID)
		}
	}
}

func (l law) rig(t *testing.T) *rig {
	r := newRig(t, l.file, sandbox.Options{})
	if l.setup != nil {
		l.setup(r)
	}
	return r
}

func (l law) createKeepTwice(t *testing.T) {
	r := l.rig(t)
	first := r.plan(Present)
	c, ok := first.Change(l.id)
	if !ok || c.Action != Create && c.Action != Update {
		t.Fatalf("first plan: got %v %q, want create", c.Action, c.Reason)
	}
	if c.Command == "" || len(c.Fields) == 0 || c.Reason == "" {
		t.Errorf("a change says what it does: got %+v", c)
	}
	res := r.applyPlan(first)
	if s, _ := res.Step(l.id); s.Outcome != OutcomeDone || s.Calls == 0 {
		t.Errorf("got %+v, want done with calls", s)
	}
	r.wantKept(r.plan(Present))
	r.called()
	r.wantKept(r.plan(Present))
	if twice := repeated(r.called()); len(twice) > 0 {
		t.Errorf("reads made twice in one plan: %v", twice)
	}
	_, err := r.graph().Apply(r.calling(), r.world(), first, ApplyOptions{}) // the same plan again: refused or without effect
	if err != nil && explain.KindOf(err) != explain.Conflict {
		t.Errorf("the old plan again: got %v, want nothing or a conflict", err)
	}
	r.wantKept(r.plan(Present))
}

// repeated lists calls that were made more than once. AWS calls of one kind are told apart by the object, which the trace
// does not name: those that may differ are left out.
func repeated(calls []string) []string {
	var out []string
	for i, c := range calls {
		if slices.Contains(calls[:i], c) && strings.Contains(c, "/") {
			out = append(out, c)
		}
	}
	return out
}

func (l law) tamperedIsSeenAndMended(t *testing.T) {
	if l.tamper == nil {
		t.Skip("nothing about it can be changed")
	}
	r := l.rig(t)
	r.apply(Present)
	old := r.plan(Present)
	l.tamper(r)
	p := r.plan(Present)
	r.wantAction(p, l.id, l.tampered)
	r.wantKept(old) // a plan of before has nothing to do, and does nothing
	r.applyPlan(old)
	if l.tampered != Blocked {
		r.apply(Present)
		r.wantKept(r.plan(Present))
	}
}

func (l law) deletedIsSeenAndMended(t *testing.T) {
	if l.remove == nil {
		t.Skip("it cannot be removed")
	}
	r := l.rig(t)
	r.apply(Present)
	l.remove(r)
	r.wantAction(r.plan(Present), l.id, l.removed)
	r.apply(Present)
	r.wantKept(r.plan(Present))
}

func (l law) deniedStopsOnlyWhatNeedsIt(t *testing.T) {
	r := l.rig(t)
	p := r.plan(Present)
	r.fault(l.write + "=" + denial(l.write) + "*1")
	res, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{})
	if explain.KindOf(err) != explain.Denied {
		t.Fatalf("got %v, want denied", err)
	}
	s, _ := res.Step(l.id)
	if s.Outcome != OutcomeFailed || s.Problem == nil || s.Problem.Op == "" {
		t.Errorf("got %+v, want failed with what was attempted", s)
	}
	for _, other := range res.Steps {
		needs := slices.Contains(all2(p, other.ID), l.id)
		if (other.Outcome == OutcomeSkipped) != (needs && other.Action != Keep) {
			t.Errorf("%s: got %s, needs %s: %v", other.ID, other.Outcome, l.id, needs)
		}
	}
	r.fault()
	r.apply(Present)
	r.wantKept(r.plan(Present))
}

// all2 is everything that a step needs, directly or not.
func all2(p Plan, id string) []string {
	var out []string
	for _, n := range edges(p)[id] {
		out = append(append(out, n), all2(p, n)...)
	}
	return out
}

func denial(call string) string {
	if strings.HasPrefix(call, "aws.ec2") {
		return "UnauthorizedOperation"
	}
	if strings.HasPrefix(call, "aws.") {
		return "AccessDenied"
	}
	return "PERMISSION_DENIED"
}

func (l law) lostReplyIsRead(t *testing.T) {
	r := l.rig(t)
	p := r.plan(Present)
	r.fault(l.write + "=drop*1")
	r.applyPlan(p)
	r.fault()
	r.wantKept(r.plan(Present))
}

func (l law) cancelledGoesOn(t *testing.T) {
	r := l.rig(t)
	p := r.plan(Present)
	ctx, cancel := context.WithCancel(r.calling())
	defer cancel()
	res, err := r.graph().Apply(ctx, r.world(), p, ApplyOptions{Sink: func(e Event) {
		if e.Step == l.id && e.Kind == Started {
			cancel()
		}
	}})
	if err == nil || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want interrupted", err)
	}
	if len(res.Steps) != len(p.Changes) {
		t.Errorf("got %d results of %d changes", len(res.Steps), len(p.Changes))
	}
	r.apply(Present)
	r.wantKept(r.plan(Present))
}

func (l law) notOursIsLeftAlone(t *testing.T) {
	if l.foreign == nil {
		t.Skip("it has no name that somebody else could have taken")
	}
	r := l.rig(t)
	l.foreign(r)
	twin := l.twin
	if twin == "" {
		twin = Blocked
	}
	p := r.plan(Present)
	r.wantAction(p, l.id, twin)
	if twin == Blocked {
		if _, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{}); err == nil {
			t.Error("applied past something blocked")
		}
	}
	down := r.plan(Absent)
	r.wantAction(down, l.id, Keep)
}

func (l law) destroyedIsGone(t *testing.T) {
	r := l.rig(t)
	r.apply(Present)
	r.consent.WithVM = true
	r.apply(Absent)
	if p := r.plan(Absent); p.Pending() {
		t.Errorf("after destroy: got %s", p.Summary)
	}
}

// fault replaces the sandbox's faults.
func (r *rig) fault(specs ...string) {
	r.Helper()
	if err := r.server.SetFaults(specs...); err != nil {
		r.Fatal(err)
	}
}

// must fails the test when another administrator's hand slips.
func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatalf("by hand: %v", err)
	}
}
