package main

import (
	"context"
	"errors"
	"sync"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// engine makes the calls of a setup, for the screens and for the headless run alike. What a plan found out stays with
// its bridge for the calls that follow.
type engine struct {
	at     *site
	proof  proofFlags
	change changeFlags
	events *reporter // every event goes there too; nil where the caller's sink is that reporter

	mu      sync.Mutex
	planned *session
	profile cloud.Profile // chosen on a screen; its name is "" when none was
}

// calls is the engine as the screens know it.
func (e *engine) calls() ui.Engine {
	return ui.Engine{
		SignIn: e.signIn, Preflight: e.preflight, Plan: e.plan, Save: e.save, Apply: e.apply,
		BorrowPlan: e.borrowPlan, Proofs: e.proofs, Files: e.files, Write: e.write, Export: e.export,
		List: e.list, Use: e.use,
	}
}

// signIn opens the clouds anew each time, so that a sign-in made meanwhile in another window is noticed.
func (e *engine) signIn(ctx context.Context) ui.Sides {
	at := e.site()
	b := at.anyBridge()
	google, aws, err := cloud.Open(ctx, at.options(b))
	if err != nil {
		err = endpointUsage(err)
		return ui.Sides{Google: ui.Side{Err: err}, AWS: ui.Side{Err: err}}
	}
	var places steps.Places
	var wg sync.WaitGroup
	wg.Go(func() { places = steps.SeePlaces(ctx, google, aws, b.Google.Project) })
	ops := cloud.SignIn(ctx, google, aws)
	wg.Wait()
	e.at.told.heading.Operator = operatorOf(ops)
	sides := ui.Sides{
		Google: side(ops.Google, ops.GoogleErr, google.Source, b.Google.Project, "", "gcloud auth application-default login"),
		AWS:    side(ops.AWS, ops.AWSErr, aws.Source, ops.AWS.Account, b.AWS.Region, "aws configure sso"),
	}
	sides.Google.Number, sides.Google.Name, sides.AWS.Name = places.ProjectNumber, places.ProjectName, places.AccountAlias
	return sides
}

func side(o cloud.Operator, err error, source, place, region, command string) ui.Side {
	s := ui.Side{
		Principal: o.Principal, Source: first(o.Source, source), Place: first(o.Account, place), Region: region, Expires: o.Expires,
		Err: err, Command: command,
	}
	if p, ok := errors.AsType[*explain.Problem](err); ok && len(p.Do) > 0 {
		s.Command = p.Do[0]
	}
	return s
}

func (e *engine) preflight(ctx context.Context, b spec.Bridge) (steps.PreflightReport, error) {
	_, report, err := e.check(ctx, b, nil)
	return report, err
}

func (e *engine) check(ctx context.Context, b spec.Bridge, sink steps.Sink) (*session, steps.PreflightReport, error) {
	s, err := openSession(ctx, e.site(), b, steps.Consent{AcceptAccount: e.change.account})
	if err != nil {
		return nil, steps.PreflightReport{}, err
	}
	if err := s.signIn(ctx); err != nil {
		return nil, steps.PreflightReport{}, err
	}
	report, err := steps.Preflight(ctx, s.world, s.ops, sink)
	return s, report, err
}

// checked is preflight and plan in one look: the plan that preflight judged is the one that is applied, unless it could
// not be made, in which case planning again says why.
func (e *engine) checked(ctx context.Context, b spec.Bridge, sink steps.Sink) (steps.PreflightReport, func() (steps.Plan, error), error) {
	s, report, err := e.check(ctx, b, e.stepSink(sink))
	if err != nil || len(report.Plan.Changes) == 0 {
		return report, func() (steps.Plan, error) { return e.plan(ctx, b, steps.Consent{}, sink) }, err
	}
	return report, func() (steps.Plan, error) {
		e.keep(ctx, s)
		return report.Plan, steps.CheckIdentity(ctx, s.world, s.ops)
	}, nil
}

func (e *engine) plan(ctx context.Context, b spec.Bridge, consent steps.Consent, sink steps.Sink) (steps.Plan, error) {
	consent.AcceptAccount = first(consent.AcceptAccount, e.change.account)
	s, err := openSession(ctx, e.site(), b, consent)
	if err != nil {
		return steps.Plan{}, err
	}
	if err := s.begin(ctx); err != nil {
		return steps.Plan{}, err
	}
	plan, err := s.graph.Plan(ctx, s.world, steps.Present, e.stepSink(sink))
	if err != nil {
		return steps.Plan{}, err
	}
	e.keep(ctx, s)
	return plan, nil
}

// keep makes s the session of the calls that follow a plan, unless that plan was called off.
func (e *engine) keep(ctx context.Context, s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	if e.planned != nil {
		s.journal = e.planned.journal // locked once for the whole run
	}
	e.planned = s
}

// session is that of the last plan: what it found out is what the next calls need.
func (e *engine) session() (*session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.planned == nil {
		return nil, errors.New("go on with the bridge: it has not been planned")
	}
	return e.planned, nil
}

func (e *engine) apply(ctx context.Context, _ spec.Bridge, p steps.Plan, sink steps.Sink) (steps.Result, error) {
	s, err := e.session()
	if err != nil {
		return steps.Result{}, err
	}
	return s.apply(ctx, p, e.stepSink(sink), e.proofSink(nil))
}

func (e *engine) borrowPlan(ctx context.Context, _ spec.Bridge, o verify.Options) ([]steps.Change, error) {
	s, err := e.session()
	if err != nil {
		return nil, err
	}
	return verify.BorrowPlan(ctx, s.world, e.complete(s, o))
}

func (e *engine) proofs(ctx context.Context, _ spec.Bridge, o verify.Options) ([]verify.Proof, error) {
	s, err := e.session()
	if err != nil {
		return nil, err
	}
	if o.Borrow {
		if err := s.openJournal(); err != nil {
			return nil, err
		}
	}
	return s.proofs(ctx, e.complete(s, o))
}

// complete fills in what the screens leave to us.
func (e *engine) complete(s *session, o verify.Options) verify.Options {
	o.From, o.NoDoors = e.proof.from.value, o.NoDoors || e.proof.noDoors
	o.Operators, o.Now, o.Journal, o.Sink = s.ops, s.now, s.journal, e.proofSink(o.Sink)
	return o
}

func (e *engine) files(context.Context, spec.Bridge) ([]artifact.File, error) {
	s, err := e.session()
	if err != nil {
		return nil, err
	}
	return s.make(artifact.KindsOf(s.input()))
}

func (e *engine) stepSink(sink steps.Sink) steps.Sink {
	if e.events == nil {
		return sink
	}
	return func(ev steps.Event) {
		e.events.step(ev)
		if sink != nil {
			sink(ev)
		}
	}
}

func (e *engine) proofSink(sink func(verify.Event)) func(verify.Event) {
	if e.events == nil {
		return sink
	}
	return func(ev verify.Event) {
		e.events.proof(ev)
		if sink != nil {
			sink(ev)
		}
	}
}
