package ui

import (
	"context"
	"errors"
	"strings"
)

// RunPlain asks the same questions as plain lines: numbered choices, no repainting, answers readable from a pipe. A
// question that got no answer is an *Unanswered, which names the flag that answers it.
func RunPlain(ctx context.Context, e Engine, o Options) (Outcome, error) {
	o.NoColor, o.ASCII = true, true
	w := newWalk(ctx, e, o)
	w.palette, w.arrow = palette{}, "to"
	p := newPlain(w)
	err := p.walk()
	if errors.Is(err, errLeft) {
		err = nil
	}
	if ctx.Err() != nil {
		w.interrupted, err = true, nil
	}
	return w.outcome(), err
}

// errLeft ends a walk that a person left; the outcome says where.
var errLeft = errors.New("leave")

// walk is the whole of it, top to bottom.
func (p *plain) walk() error {
	for _, part := range []func() error{
		p.connect, p.directions, p.fields, p.review, p.apply, p.consent, p.verify, p.files,
	} {
		if err := part(); err != nil {
			return err
		}
		if err := p.w.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// connect says who we are. Nobody is there to watch a pipe, so a side that is not signed in ends the walk.
func (p *plain) connect() error {
	w := p.w
	switch {
	case w.o.Sandbox:
		p.line("Sandbox: both clouds are inside this program; nothing real is touched.")
	case w.o.EndpointsOther:
		p.line("Some of these endpoints are not the real clouds.")
	}
	w.take(signedIn{w.e.SignIn(w.ctx)})
	p.side("Google Cloud", google, w.sides.Google)
	p.side("AWS", aws, w.sides.AWS)
	p.line("")
	for _, s := range []Side{w.sides.Google, w.sides.AWS} {
		if s.Err != nil {
			w.planErr, w.reviewed = s.Err, true
			return errLeft
		}
	}
	return nil
}

func (p *plain) side(name, cloud string, s Side) {
	if s.Err != nil {
		p.line("%s: not signed in. %s", name, clean(s.Err.Error()))
		if s.Command != "" {
			p.line("  sign in with: %s", clean(s.Command))
		}
		return
	}
	p.line("%s: signed in as %s, by %s, %s", name, principal(s.Principal), clean(s.Source), strings.ReplaceAll(place(cloud, s, 1000), "  ", ", "))
}

func (p *plain) directions() error {
	w := p.w
	if k, ok := w.resumable(); ok {
		n, err := p.choose("A draft was kept: "+k.about(w.now)+".", []string{"go on with it", "begin anew"}, 0, "--set PATH=VALUE")
		if err != nil {
			return err
		}
		if n == 0 {
			w.resume(k)
		}
	}
	now := newConnect(w).pick
	var said []string
	for _, o := range newConnect(w).options(w) {
		said = append(said, o.name+": "+o.says)
	}
	pick, err := p.choose("What should reach what, without keys?", said, now, "--set toAWS.serviceAccount=NAME or --set toGoogle.role.name=NAME")
	if err != nil {
		return err
	}
	w.draft.toAWS, w.draft.toGoogle = pick != 2, pick != 1
	w.settle()
	return nil
}
