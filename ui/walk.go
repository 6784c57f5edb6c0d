package ui

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// walk is what one walk through the screens knows. Screens read it and change it in their update; only messages bring in
// what happened outside.
type walk struct {
	look
	ctx    context.Context
	e      Engine
	o      Options
	fields []spec.Field
	calls  map[string]running
	size   box
	glance time.Duration // how long a question has to be seen before it hears an answer
	now    time.Time
	notice string // one line above the keys, until the next key
	alarm  bool   // the notice is bad news

	draft  draft
	bridge spec.Bridge       // the last draft that made sense
	aside  bool              // the draft is to be kept
	flaw   error             // why the present draft does not
	flaws  map[string]string // by path: what is wrong with an answer by itself

	asked bool  // sign-in has answered
	sides Sides // who we are
	since time.Time

	stock    map[string]*shelf // what was found in the clouds, by kind
	patience time.Duration     // how long answers have to stand still before the clouds are asked about them
	awaited  string            // the answers that a look ahead was arranged for

	lookedFor string // the answers that plan and preflight are about
	lookedAt  time.Time
	reviewed  bool // the review was seen

	read    map[string]bool // steps that the plan has read so far
	plan    *steps.Plan
	planErr error
	check   *steps.PreflightReport
	chkErr  error

	run    lanes // what apply reports
	saved  string
	result *steps.Result
	runErr error

	borrow    []steps.Change
	borrowErr error
	lend      bool // borrowed access was consented to
	trail     trail
	proofs    []verify.Proof
	proofErr  error

	survey survey // an audit, where this is one

	files       []artifact.File
	filesErr    error
	written     []string
	took        []artifact.File // those written
	stopping    bool            // the person, or the context, wants out
	razed       bool            // destroy was confirmed
	down        bool            // the bridge is taken down, not made
	interrupted bool
}

// box is a size in cells.
type box struct{ w, h int }

func newWalk(ctx context.Context, e Engine, o Options) *walk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.File == "" {
		o.File = "bridge.yaml"
	}
	if o.Dir == "" {
		o.Dir = "drawbridge-files"
	}
	w := &walk{ctx: ctx, e: e, o: o, fields: spec.Fields(), calls: map[string]running{}, stock: map[string]*shelf{}, patience: 700 * time.Millisecond, glance: 120 * time.Millisecond, lend: o.Borrow}
	w.look = newLook(o, o.Light)
	w.now = o.Now()
	w.draft = newDraft(o, w.fields)
	w.settle()
	return w
}

// settle reads the draft again after something changed in it. What was planned for another bridge is forgotten.
func (w *walk) settle() {
	w.judge()
	b, err := w.draft.bridge()
	w.flaw = err
	if err == nil {
		w.bridge = b
	}
}

// field finds a row of the table of fields.
func (w *walk) field(path string) (spec.Field, bool) {
	for _, f := range w.fields {
		if f.Path == path {
			return f, true
		}
	}
	return spec.Field{}, false
}

// value is what a field holds now, and whether a person put it there.
func (w *walk) value(path string) (string, bool) {
	if v, ok := w.draft.typed[path]; ok {
		return v, true
	}
	if v := w.draft.derived(path); v != "" {
		return v, false
	}
	f, ok := w.field(path)
	if !ok {
		return "", false
	}
	return f.Get(w.bridge), false
}

// say puts a line above the keys.
func (w *walk) say(line string) { w.notice, w.alarm = line, false }

// warn puts bad news above the keys.
func (w *walk) warn(line string) { w.notice, w.alarm = line, true }

// directions are the ways that are wanted, as proofs name them.
func (w *walk) directions() []string {
	if len(w.o.Directions) > 0 {
		return w.o.Directions
	}
	var out []string
	if w.draft.toAWS {
		out = append(out, toAWS)
	}
	if w.draft.toGoogle {
		out = append(out, toGoogle)
	}
	return out
}

// proven reports whether a direction was walked across and its doors held.
func (w *walk) proven(direction string) bool {
	for _, p := range w.proofs {
		if p.Direction == direction && p.Verdict == verify.Proven {
			return true
		}
	}
	return false
}
