package main

import (
	"context"
	"errors"
	"os"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// wizard asks for the bridge, on screens or in plain lines, and has the engine make it.
func (o *setupOptions) wizard(ctx context.Context, at *site) (err error) {
	b, missing, err := o.bridge()
	if err != nil {
		return err
	}
	e := &engine{at: at, proof: o.proof, change: o.change}
	if o.events.to != "" && o.events.to != "-" {
		if e.events, err = newReporter(o.streams, o.cloud.output, o.events); err != nil {
			return err
		}
		e.events.lines = nil // the screens show them
		defer func() { err = errors.Join(err, e.events.finish()) }()
	}
	opts := o.uiOptions(at.flags.sandbox.on, other(ctx, at))
	if !missing {
		opts.Bridge = &b
	}
	opts.Set, opts.Dir = o.cloud.file.set, o.filesDir()
	opts.Accept, opts.Borrow, opts.NoDoors, opts.Directions = o.change.account, o.proof.borrow, o.proof.noDoors, o.proof.directions
	opts.Draft = at.readDraft()
	run := ui.Run
	if o.cloud.consent.plain(o.streams) {
		run = ui.RunPlain
	}
	out, err := run(ctx, e.calls(), opts)
	if err := at.keepDraft(out); err != nil {
		o.progress().line("warning: %s", err)
	}
	if err != nil {
		return err
	}
	return o.ended(out)
}

// uiOptions is what every screen needs to know.
func (o *cloudCommand) uiOptions(sandbox, other bool) ui.Options {
	opts := ui.Options{
		StateFile: o.cloud.sandbox.state,
		In:        o.keyboard, Out: o.screen, PlainIn: o.in, PlainOut: o.err,
		File: o.cloud.file.path, Sandbox: sandbox, EndpointsOther: other,
		NoColor: o.cloud.output.noColor || o.env("NO_COLOR") != "", ASCII: o.plainSymbols(),
		Mouse: o.env("DRAWBRIDGE_MOUSE") != "",
		Env:   o.environ, Version: versionName(), Now: o.now,
	}
	return opts
}

// other reports whether some endpoint is not the real cloud. Endpoints that cannot be used are told at the sign-in.
func other(ctx context.Context, at *site) bool {
	google, aws, err := cloud.Open(ctx, at.options(at.anyBridge()))
	return err == nil && (!google.Real || !aws.Real)
}

// filesDir is where the screens offer to put files.
func (o *setupOptions) filesDir() string {
	if o.dir != "" {
		return o.dir
	}
	return "drawbridge-files"
}

// ended turns the end of a walk through the screens into an answer.
func (o *setupOptions) ended(out ui.Outcome) error {
	if err := o.summary(out); err != nil {
		return err
	}
	switch out.Ending {
	case ui.Finished:
		return nil
	case ui.Interrupted:
		return &signalError{signal: os.Interrupt, untouched: out.Result == nil && out.Proofs == nil}
	case ui.Failed:
		if out.Err != nil {
			return out.Err
		}
		if out.Result != nil {
			return failures("apply", *out.Result)
		}
		return errors.New("set up the bridge: it failed")
	case ui.Unproven, ui.Declined, ui.Stopped:
	}
	return &noError{answer: string(out.Ending)}
}

func (o *setupOptions) summary(out ui.Outcome) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.setup/v1", o.walked(out))
	}
	p := o.printer()
	for _, l := range out.Summary {
		p.line("%s", l)
	}
	return nil
}

// walked is the document of a walk, as far as it came.
func (o *setupOptions) walked(out ui.Outcome) *setupDocument {
	run := &setupRun{o: o, b: out.Bridge, check: out.Check, plan: out.Plan, result: out.Result, proofs: out.Proofs, proven: out.Proofs != nil}
	if run.check == nil {
		run.check = &steps.PreflightReport{}
	}
	for i, f := range out.Files {
		g := generated{Path: f.Path, Kind: f.Kind, SHA256: artifact.Hash(f.Bytes), State: artifact.Written}
		if i < len(out.Written) {
			g.Path = out.Written[i]
		}
		run.files = append(run.files, g)
	}
	return run.document()
}
