package ui

import (
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

// outcome says how the walk ended, and leaves a few plain lines behind.
func (w *walk) outcome() Outcome {
	out := Outcome{
		Bridge: w.bridge, Plan: w.plan, Check: w.check, Result: w.result, Proofs: w.proofs,
		Files: w.took, Saved: w.saved, Written: w.written,
	}
	out.Ending, out.Err = w.endedAs()
	if w.putAside() {
		out.Draft = w.keep()
	}
	out.Summary = w.summary(out)
	return out
}

// putAside reports whether the draft outlives the walk: a person said so, or had no time to. Once something was applied
// the file says it all; and who began with a file has it still.
func (w *walk) putAside() bool {
	if w.result != nil || w.saved != "" || w.o.Bridge != nil {
		return false
	}
	return w.aside || w.ctx.Err() != nil && len(w.draft.typed) > 0
}

func (w *walk) endedAs() (Ending, error) {
	switch {
	case w.interrupted:
		return Interrupted, nil
	case w.planErr != nil && w.reviewed:
		return Failed, w.planErr
	case w.result == nil && w.plan != nil && w.reviewed && (w.plan.Summary.Blocked > 0 || w.check != nil && w.check.Blocked()):
		return Stopped, nil
	case w.result == nil && w.proofs == nil:
		return Declined, nil
	case w.runErr != nil:
		return Failed, w.runErr
	case w.result != nil && !w.went():
		return Failed, nil
	case w.proofErr != nil:
		return Failed, w.proofErr
	case w.provenAll():
		return Finished, nil
	}
	return Unproven, nil
}

// summary is what stays on the terminal: plain words, no colour.
func (w *walk) summary(o Outcome) []string {
	var out []string
	if w.o.Sandbox {
		out = append(out, "sandbox   nothing real was touched")
	}
	if o.Result != nil {
		out = append(out, "applied   "+plural(o.Result.Summary.Done, "change", "changes")+failedWords(o.Result.Summary, o.Ending == Interrupted))
	}
	for _, p := range o.Proofs {
		out = append(out, w.proofSummary(p))
	}
	if o.Saved != "" {
		out = append(out, "bridge    "+o.Saved)
	}
	if len(o.Written) > 0 {
		out = append(out, "files     "+strings.Join(within(o.Written), ", ")+" in "+filepath.Dir(o.Written[0]))
	}
	return append(out, w.hint(o))
}

// within are the last names of paths.
func within(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.Base(p)
	}
	return out
}

func failedWords(s steps.ResultSummary, stopped bool) string {
	switch {
	case s.Failed+s.Skipped == 0:
		return ""
	case stopped && s.Failed > 0:
		return ", " + itoa(s.Failed+s.Skipped) + " not done: it was stopped, " + itoa(s.Failed) + " of them under way and perhaps made"
	case stopped:
		return ", " + itoa(s.Skipped) + " not done: it was stopped"
	}
	return ", " + itoa(s.Failed) + " failed, " + itoa(s.Skipped) + " skipped"
}

func (w *walk) proofSummary(p verify.Proof) string {
	way := "Google " + w.arrow + " AWS"
	if p.Direction == toGoogle {
		way = "AWS " + w.arrow + " Google"
	}
	line := string(p.Verdict) + strings.Repeat(" ", max(1, 10-len(p.Verdict))) + way
	if p.Identity != "" {
		line += "  as " + clean(p.Identity)
	}
	return line
}

// hint is the one thing to do next.
func (w *walk) hint(o Outcome) string {
	file := quote(w.o.File)
	if o.Saved != "" {
		file = quote(o.Saved)
	}
	apply, prove := "apply -f "+file, "verify -f "+file+" --borrow"
	switch {
	case o.Result == nil && o.Saved != "":
		return "nothing was changed; go on with: " + w.command("setup -f "+file)
	case o.Draft != nil:
		return "nothing was changed; the draft is kept, and the next start offers to go on with it"
	case o.Result == nil && o.Proofs == nil && w.trail.ways == nil:
		return "nothing was changed in either cloud"
	case !w.lasting():
		return "this sandbox ended with the program; --sandbox-state FILE keeps one"
	case o.Result != nil && !w.went():
		return "go on with: " + w.command(apply)
	case o.Ending == Unproven || o.Ending == Interrupted || o.Ending == Failed:
		return "prove it with: " + w.command(prove)
	}
	return "look after it with: " + w.command("audit -f "+file)
}
