package main

import (
	"context"
	"errors"
	"os"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// headless makes the calls of a setup in a row. What was reached is shown even when one of them ends it.
func (o *setupOptions) headless(ctx context.Context, at *site) (err error) {
	b, missing, err := o.bridge()
	if err == nil && missing {
		_, err = o.readFile(o.cloud.file.path) // says that there is none, and what to do
	}
	if err != nil {
		return err
	}
	if err := o.proof.fits(b); err != nil {
		return err
	}
	s, err := openSession(ctx, at, b, steps.Consent{})
	if err != nil {
		return err
	}
	if err := o.cloud.mayWrite(s, "setup"); err != nil {
		return err
	}
	r, err := newReporter(o.streams, o.cloud.output, o.events)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.finish()) }()
	run := &setupRun{o: o, e: &engine{at: at, proof: o.proof, change: o.change}, r: r, b: b}
	err = run.all(ctx)
	if !run.reached() {
		return err
	}
	return errors.Join(err, run.show())
}

// setupRun is one headless setup and what it came to so far.
type setupRun struct {
	o *setupOptions
	e *engine
	r *reporter
	b spec.Bridge

	check  *steps.PreflightReport
	plan   *steps.Plan
	result *steps.Result
	proofs []verify.Proof
	proven bool
	files  []generated
}

func (t *setupRun) reached() bool { return t.check != nil }

// all is preflight, plan, apply, borrow and proofs, files.
func (t *setupRun) all(ctx context.Context) error {
	if err := t.look(ctx); err != nil {
		return err
	}
	if err := t.save(ctx); err != nil {
		return err
	}
	result, err := t.e.apply(ctx, t.b, *t.plan, t.r.step)
	t.result = &result
	if err := errors.Join(failures("apply", result), err); err != nil {
		return err
	}
	t.proofs, err = t.e.proofs(ctx, t.b, verify.Options{Directions: t.o.proof.directions, Borrow: t.o.proof.borrow, Sink: t.r.proof})
	t.proven = true
	if err != nil {
		return err
	}
	if err := t.generate(ctx); err != nil {
		return err
	}
	return unproven(t.proofs)
}

// look is everything before the first write.
func (t *setupRun) look(ctx context.Context) error {
	check, planned, err := t.e.checked(ctx, t.b, t.r.step)
	if err != nil {
		return err
	}
	t.check = &check
	if check.Blocked() {
		return &noError{answer: "something is in the way"}
	}
	t.notes(check)
	plan, err := planned()
	if err != nil {
		return err
	}
	t.plan = &plan
	if len(plan.Blocked()) > 0 {
		return &noError{answer: "something is blocked"}
	}
	if t.r.lines != nil {
		t.r.lines.plan(t.b, plan)
		t.r.lines.blank()
	}
	return nil
}

// notes tells what preflight found that does not stop us.
func (t *setupRun) notes(check steps.PreflightReport) {
	if t.r.lines == nil {
		return
	}
	for _, c := range check.Checks {
		if c.Outcome == steps.CheckWarn || c.Outcome == steps.CheckUnknown {
			t.r.lines.check(c)
		}
	}
}

// save keeps a bridge that was made of flags alone, and the consent of --adopt.
func (t *setupRun) save(ctx context.Context) error {
	f := t.o.cloud.file
	if len(f.set) > 0 && !f.named() {
		if _, err := os.Stat(f.path); errors.Is(err, os.ErrNotExist) {
			_, err := t.e.save(ctx, t.b)
			return err
		}
	}
	return keepConsent(t.o.streams, f, t.b, t.o.change.adopt)
}

func (t *setupRun) generate(ctx context.Context) error {
	files, err := t.e.files(ctx, t.b)
	if err != nil {
		return err
	}
	s, err := t.e.session()
	if err != nil {
		return err
	}
	dir := t.o.dir
	if dir == "" {
		if dir, err = s.files(); err != nil {
			t.o.progress().line("warning: no file is written, for want of a place (-o DIR names one): %s", err)
			return nil
		}
	}
	t.files, err = s.writeInto(dir, files)
	return err
}

func (t *setupRun) show() error {
	if t.o.cloud.output.json() {
		return t.o.document("drawbridge.setup/v1", t.document())
	}
	p := t.o.printer()
	p.title(t.b)
	p.blank()
	switch {
	case t.check.Blocked():
		p.preflight(*t.check)
	case t.result == nil && t.plan != nil:
		p.plan(t.b, *t.plan)
	case t.result != nil:
		p.applied(*t.result)
	}
	for _, f := range t.files {
		p.line("  %s %s", pad(f.Kind, 30), f.Path)
	}
	if t.proven {
		p.blank()
		p.proofs(t.proofs)
	}
	return nil
}

func (t *setupRun) document() *setupDocument {
	s := t.o.streams
	d := &setupDocument{Preflight: preflightOf(*t.check), Files: never(t.files)}
	s.fill("drawbridge.preflight/v1", d.Preflight)
	if t.plan != nil {
		d.Plan = planOf(*t.plan)
		s.fill("drawbridge.plan/v1", d.Plan)
	}
	if t.result != nil {
		d.Apply = applyOf(*t.result)
		s.fill("drawbridge.apply/v1", d.Apply)
	}
	if t.proven {
		d.Proof = proofOf(t.proofs)
		s.fill("drawbridge.proof/v1", d.Proof)
	}
	return d
}
