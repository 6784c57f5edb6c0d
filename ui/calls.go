package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// The calls of the engine, by the name under which they run.
const (
	callSignIn    = "sign-in"
	callPreflight = "preflight"
	callPlan      = "plan"
	callApply     = "apply"
	callBorrow    = "borrow"
	callProofs    = "proofs"
	callFiles     = "files"
	callWrite     = "write"
	callExport    = "export"
	callSave      = "save"
	callAudit     = "audit"
	callList      = "list " // and the kind
)

// What the calls answer.
type (
	signedIn struct{ sides Sides }
	checked  struct {
		report steps.PreflightReport
		err    error
	}
	planned struct {
		plan steps.Plan
		err  error
	}
	looked  struct{ event steps.Event } // while planning
	stepped struct{ event steps.Event } // while applying
	saved   struct {
		path string
		err  error
	}
	applied struct {
		result steps.Result
		err    error
	}
	borrowable struct {
		changes []steps.Change
		err     error
	}
	crossed struct{ event verify.Event } // while proving
	walked  struct {
		proofs []verify.Proof
		err    error
	}
	filed struct {
		files []artifact.File
		err   error
	}
	wrote struct {
		paths []string
		files []artifact.File
		err   error
	}
	exported struct {
		path string
		err  error
	}
	listed struct {
		shelf   *shelf
		choices []Choice
	}
	listEnded struct {
		shelf *shelf
		err   error
	}
)

func (w *walk) signIn() tea.Cmd {
	return w.start(callSignIn, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		return signedIn{w.e.SignIn(ctx)}
	})
}

// lookAhead asks for the plan and for what would stop it, at the same time.
func (w *walk) lookAhead() tea.Cmd {
	b, consent := w.bridge, steps.Consent{AcceptAccount: w.draft.accept}
	w.plan, w.planErr, w.check, w.chkErr, w.read = nil, nil, nil, nil, map[string]bool{}
	w.since, w.lookedAt, w.lookedFor = w.now, w.now, w.draft.key()
	plan := w.start(callPlan, func(ctx context.Context, put func(tea.Msg)) tea.Msg {
		p, err := w.e.Plan(ctx, b, consent, func(e steps.Event) { put(looked{e}) })
		return planned{p, err}
	})
	if w.e.Preflight == nil {
		return plan
	}
	return tea.Batch(plan, w.start(callPreflight, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		r, err := w.e.Preflight(ctx, b)
		return checked{r, err}
	}))
}

// apply saves the file first: whatever happens, what was asked for is written down.
func (w *walk) apply() tea.Cmd {
	b, p := w.bridge, *w.plan
	w.since = w.now
	return w.start(callApply, func(ctx context.Context, put func(tea.Msg)) tea.Msg {
		if w.e.Save != nil { // a bridge that is taken down is written down already
			path, err := w.e.Save(ctx, b)
			put(saved{path, err})
			if err != nil {
				return applied{err: err}
			}
		}
		r, err := w.e.Apply(ctx, b, p, func(e steps.Event) { put(stepped{e}) })
		return applied{r, err}
	})
}

func (w *walk) save() tea.Cmd {
	b := w.bridge
	return w.start(callSave, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		path, err := w.e.Save(ctx, b)
		return saved{path, err}
	})
}

// proofOptions is what the screens decide about a proof; the rest is the engine's.
func (w *walk) proofOptions(b bool) verify.Options {
	return verify.Options{Directions: w.o.Directions, Borrow: b, NoDoors: w.o.NoDoors}
}

func (w *walk) askBorrow() tea.Cmd {
	b, o := w.bridge, w.proofOptions(true)
	w.since = w.now
	return w.start(callBorrow, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		if w.e.BorrowPlan == nil {
			return borrowable{}
		}
		changes, err := w.e.BorrowPlan(ctx, b, o)
		return borrowable{changes, err}
	})
}

func (w *walk) prove() tea.Cmd {
	b, o := w.bridge, w.proofOptions(w.lend)
	w.since, w.proofs, w.proofErr, w.trail = w.now, nil, nil, newTrail(w.directions())
	return w.start(callProofs, func(ctx context.Context, put func(tea.Msg)) tea.Msg {
		o.Sink = func(e verify.Event) { put(crossed{e}) }
		proofs, err := w.e.Proofs(ctx, b, o)
		return walked{proofs, err}
	})
}

func (w *walk) makeFiles() tea.Cmd {
	b := w.bridge
	return w.start(callFiles, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		files, err := w.e.Files(ctx, b)
		return filed{files, err}
	})
}

func (w *walk) write(files []artifact.File, dir string) tea.Cmd {
	return w.start(callWrite, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		paths, err := w.e.Write(ctx, files, dir)
		return wrote{paths, files, err}
	})
}

func (w *walk) export() tea.Cmd {
	b, p := w.bridge, *w.plan
	return w.start(callExport, func(ctx context.Context, _ func(tea.Msg)) tea.Msg {
		path, err := w.e.Export(ctx, b, p)
		return exported{path, err}
	})
}

// soFar is the bridge as far as it is known: a list of projects must not wait for a bridge that makes sense.
func (w *walk) soFar() spec.Bridge {
	b := w.bridge
	b.Google.Project = w.draft.value("google.project")
	b.AWS.Account, b.AWS.Region = w.draft.value("aws.account"), w.draft.value("aws.region")
	return b
}

// again asks for the sign-in once more after a while.
func again() tea.Cmd {
	return tea.Tick(2*time.Second, func(time.Time) tea.Msg { return askAgain{} })
}

type askAgain struct{}
