package main

import (
	"context"
	"os"
	"sync/atomic"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// reading looks at the clouds, tells how far it has come, and gives the answer.
type reading func(ctx context.Context, tell func(ui.Progress)) (audit.Document, error)

// onScreen reports whether results are looked at on a screen first: at a terminal, as text, by somebody who wants screens.
func (o *cloudCommand) onScreen() bool {
	return o.cloud.output.format.value == "text" && o.cloud.consent.asks(o.streams) && o.outTerminal && !o.cloud.consent.plain(o.streams)
}

// lookAround reads on a screen, where a person can look around in the answer, and leaves a few lines behind.
func (o *auditOptions) lookAround(ctx context.Context, at *site, read reading) error {
	known, err := o.readBaseline()
	if err != nil {
		return err
	}
	e := ui.Engine{Audit: func(ctx context.Context, tell func(ui.Progress)) (audit.Document, error) {
		d, err := read(ctx, tell)
		return o.accept(known, d), err
	}}
	d, done, err := ui.ShowAudit(ctx, e, o.uiOptions(at.flags.sandbox.on, other(ctx, at)), o.subject())
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return err
	case !done:
		return &signalError{signal: os.Interrupt, untouched: true}
	}
	o.sayShort(d)
	return o.verdict(d)
}

// subject is what is audited, before anything was read.
func (o *auditOptions) subject() string {
	switch {
	case o.discover:
		return "of every trust"
	case len(o.targets) > 0:
		return "of many bridges"
	}
	return o.told.heading.Bridge
}

// sayShort sums up what was on the screen.
func (o *auditOptions) sayShort(d audit.Document) {
	p := o.printer()
	p.line("Audit %s  %s", p.strong(first(o.told.heading.Bridge, "of every trust")), p.changed(p.place))
	p.line("%s", auditTally(d))
	if n := len(d.NotEvaluated); n > 0 {
		p.line("%s", p.muted(plural(n, "rule was", "rules were")+" not evaluated"))
	}
	p.line("%s", p.muted("all of it as text: add --no-input; as a page: --format html > audit.html"))
}

// counting tells of a plan how many things it has seen.
func counting(doing string, tell func(ui.Progress)) steps.Sink {
	var seen atomic.Int64
	return func(e steps.Event) {
		if e.Kind == steps.Planned {
			tell(ui.Progress{Doing: doing, Seen: int(seen.Add(1))})
		}
	}
}
