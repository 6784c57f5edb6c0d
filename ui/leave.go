package ui

import (
	"path/filepath"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// guard keeps a confirmation deaf until a person can have seen it: keys typed ahead must not answer it. Its keys are not
// drawn before they are heard.
type guard struct{ open bool }

type armed struct{}

// arm opens a guard after a moment.
func (w *walk) arm() tea.Cmd {
	return tea.Tick(w.glance, func(time.Time) tea.Msg { return armed{} })
}

// leaving asks whether to go, and offers to keep the draft.
type leaving struct {
	behind  screen
	byForce bool // ctrl+c: the outcome is an interruption
}

// leave is what q and ctrl+c do. While something is being written it asks whether to stop; a second ctrl+c does not ask.
func leave(w *walk, s screen, byForce bool) (screen, tea.Cmd) {
	switch at := s.(type) {
	case leaving:
		w.interrupted = w.interrupted || byForce
		return nil, nil
	case stopping:
		return at.stop(w)
	case razing:
		return nil, nil
	case review:
		if at.only {
			return nil, nil
		}
	case findings:
		if w.runs(callAudit) {
			return at.stop(w), nil
		}
		return nil, nil
	}
	if call := w.writing(); call != "" {
		if w.ctx.Err() != nil {
			w.stopping, w.interrupted = true, true
			return s, nil
		}
		return stopping{behind: s, call: call}, nil
	}
	if w.ctx.Err() != nil || w.result != nil {
		w.interrupted = w.interrupted || byForce && !w.settled()
		return nil, nil
	}
	return leaving{s, byForce}, nil
}

// writing names the call that is changing something right now, "" when none does.
func (w *walk) writing() string {
	for _, call := range []string{callApply, callProofs} {
		if w.runs(call) && (call == callApply || w.lend) {
			return call
		}
	}
	return ""
}

// settled reports whether there is nothing left to interrupt.
func (w *walk) settled() bool { return w.proofs != nil || len(w.written) > 0 }

func (l leaving) stage() stage { return l.behind.stage() }

func (l leaving) keys(w *walk) []key.Binding {
	save := bind("s", "save "+filepath.Base(w.o.File)+" and leave", "s")
	save.SetEnabled(w.flaw == nil && w.e.Save != nil)
	put := bind("k", "keep the draft and leave", "k")
	put.SetEnabled(w.o.Bridge == nil)
	return []key.Binding{put, save, bind("y", "leave", "y"), bind("n", "stay", "n", "esc")}
}

func (l leaving) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch m := msg.(type) {
	case saved:
		if m.err != nil {
			w.warn(m.err.Error())
			return l, nil
		}
		return nil, nil
	case tea.KeyPressMsg:
	default:
		next, cmd := l.behind.update(w, msg)
		if next == nil {
			return nil, cmd
		}
		l.behind = next
		return l, cmd
	}
	switch {
	case is(msg, "s") && w.flaw == nil && w.e.Save != nil:
		return l, w.save()
	case is(msg, "k") && w.o.Bridge == nil:
		w.aside = true
		return nil, nil
	case is(msg, "y"):
		w.interrupted = l.byForce
		return nil, nil
	case is(msg, "n", "esc"):
		return l.behind, nil
	}
	return l, nil
}

func (l leaving) view(w *walk, b box) page {
	lines := []string{
		w.strong.Render("Leave?"), "",
		"Nothing was changed in either cloud.", "",
	}
	if w.o.Bridge == nil {
		lines = append(lines, w.muted.Render("The draft can be kept: the next start offers to go on with it."))
	}
	if w.flaw == nil {
		for _, l := range fold("What you chose can be written to "+clean(w.o.File)+", to begin from it again:", b.w) {
			lines = append(lines, w.muted.Render(l))
		}
		lines = append(append(lines, ""), indent("  ", chop(w.command("setup -f "+quote(w.o.File)), b.w-2))...)
	}
	return page{lines: lines}
}

func (l leaving) aside(*walk, box) []string { return nil }

func (l leaving) topic(w *walk) topic { return l.behind.topic(w) }
