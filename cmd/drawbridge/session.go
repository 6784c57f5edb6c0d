package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// session is one bridge with both its clouds open and both operators known.
type session struct {
	*site
	bridge  spec.Bridge
	graph   *steps.Graph
	world   *steps.World
	ops     cloud.Operators
	journal *steps.Journal
	program string // where generated files look for drawbridge; "" for the usual place
}

// openSession opens the clouds of a bridge without a call.
func openSession(ctx context.Context, at *site, b spec.Bridge, consent steps.Consent) (*session, error) {
	graph, err := steps.Of(b)
	if err != nil {
		return nil, err
	}
	google, aws, err := cloud.Open(ctx, at.options(b))
	if err != nil {
		return nil, endpointUsage(err)
	}
	w := &steps.World{Bridge: b, Google: google, AWS: aws, Facts: &steps.Facts{}, Consent: consent, Now: at.now}
	s := &session{site: at, bridge: b, graph: graph, world: w}
	s.announce()
	return s, nil
}

// announce says for every report that follows which bridge it is about, and whether its clouds are the real ones.
func (s *session) announce() {
	h := &s.told.heading
	h.Bridge, h.Endpoints = s.bridge.Name, "other"
	switch {
	case s.real():
		h.Endpoints = "real"
	case s.flags.sandbox.on:
		s.told.place = "SANDBOX"
	default:
		s.told.place = "NOT THE REAL CLOUDS"
	}
}

// endpointUsage makes wrong usage of an environment that cannot be used: nothing was called.
func endpointUsage(err error) error {
	if e, ok := errors.AsType[*cloud.EndpointError](err); ok {
		return &usageError{what: e.Error(), do: e.Do, err: err}
	}
	return err
}

// real reports whether both clouds are the real ones.
func (s *session) real() bool { return s.world.Google.Real && s.world.AWS.Real }

// signIn asks both sides who we are. A side that is not signed in is an error.
func (s *session) signIn(ctx context.Context) error {
	s.ops = cloud.SignIn(ctx, s.world.Google, s.world.AWS)
	s.told.heading.Operator = operatorOf(s.ops)
	return signInError(s.ops)
}

func signInError(ops cloud.Operators) error {
	var causes []error
	for _, err := range []error{ops.GoogleErr, ops.AWSErr} {
		if err != nil {
			causes = append(causes, err)
		}
	}
	if len(causes) == 0 {
		return nil
	}
	return &partError{what: errors.Join(causes...).Error(), causes: causes}
}

// begin signs in and checks that these are the clouds that the file means.
func (s *session) begin(ctx context.Context) error {
	if err := s.signIn(ctx); err != nil {
		return err
	}
	return steps.CheckIdentity(ctx, s.world, s.ops)
}

// state is the directory of this bridge below home.
func (s *session) state() (string, error) {
	home, err := s.home()
	if err != nil {
		return "", err
	}
	return steps.StateDir(home, s.real(), s.bridge), nil
}

// openJournal opens the journal before the first write. Everything works without one, so a place that cannot be written
// is a warning; a journal that somebody else holds is not, because two runs at a time would undo each other.
func (s *session) openJournal() error {
	if s.journal != nil {
		return nil
	}
	dir, err := s.state()
	if err == nil {
		s.journal, err = steps.OpenJournal(dir)
	}
	if explain.Is(err, explain.Conflict) {
		return err
	}
	if err != nil {
		newPrinter(s.err, s.streams, true, false).line("warning: going on without a journal: %s", err)
		return nil
	}
	s.closes = append(s.closes, s.journal.Close)
	return nil
}

// files is where generated files go when no directory was named.
func (s *session) files() (string, error) {
	dir, err := s.state()
	return filepath.Join(dir, "files"), err
}

// apply makes the plan. Borrowed access that a killed run left behind goes first; what was planned is then looked at
// again, because the role or account that it lay on is no longer what was seen.
func (s *session) apply(ctx context.Context, plan steps.Plan, sink steps.Sink, returned func(verify.Event)) (steps.Result, error) {
	if plan.Want == steps.Absent && plan.Summary.Remove > 0 {
		if err := steps.MissingRights(ctx, s.world, s.ops, steps.ForDestroy, plan); err != nil {
			return steps.Result{}, err
		}
	}
	if err := s.openJournal(); err != nil {
		return steps.Result{}, err
	}
	left, err := verify.Leftovers(ctx, s.world)
	if err != nil {
		return steps.Result{}, err
	}
	if len(left) > 0 {
		if err := verify.RemoveLeftovers(ctx, s.world, returned); err != nil {
			return steps.Result{}, &mendError{err}
		}
		if plan, err = s.again(ctx, plan); err != nil {
			return steps.Result{}, err
		}
	}
	return s.graph.Apply(ctx, s.world, plan, steps.ApplyOptions{Sink: sink, Journal: s.journal})
}

// again plans once more, and stops when that is not what was shown.
func (s *session) again(ctx context.Context, shown steps.Plan) (steps.Plan, error) {
	plan, err := s.graph.Plan(ctx, s.world, shown.Want, nil)
	if err != nil {
		return plan, err
	}
	if !samePlan(plan, shown) {
		return plan, &explain.Problem{
			Op: "apply the plan", Kind: explain.Conflict, Reason: "something changed since it was shown",
			Do: []string{"look at what it is now: drawbridge plan"},
		}
	}
	return plan, nil
}

func samePlan(a, b steps.Plan) bool {
	first, err := json.Marshal(a.Changes)
	second, other := json.Marshal(b.Changes)
	return err == nil && other == nil && bytes.Equal(first, second)
}

// proofOptions is what the flags of a verification come to.
func (s *session) proofOptions(f proofFlags, sink func(verify.Event)) verify.Options {
	return verify.Options{
		Directions: f.directions, From: f.from.value, Borrow: f.borrow, NoDoors: f.noDoors,
		Operators: s.ops, Sink: sink, Now: s.now, Journal: s.journal,
	}
}

// proofs walks across. An error means that something has to be put right by hand.
func (s *session) proofs(ctx context.Context, o verify.Options) ([]verify.Proof, error) {
	proofs, err := verify.Proofs(ctx, s.world, o)
	if err != nil {
		err = &mendError{err}
	}
	return proofs, err
}
