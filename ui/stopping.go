package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// stopping asks once whether to stop what is being written. It opens on ctrl+c, and a second one means yes.
type stopping struct {
	behind screen
	call   string
}

func (s stopping) stage() stage { return s.behind.stage() }

func (s stopping) keys(*walk) []key.Binding {
	return []key.Binding{bind("y", "stop after the request in flight", "y", "ctrl+c"), bind("n", "go on", "n", "esc")}
}

func (s stopping) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	if _, typed := msg.(tea.KeyPressMsg); !typed {
		next, cmd := s.behind.update(w, msg)
		if next == nil || !w.runs(s.call) {
			return next, cmd
		}
		s.behind = next
		return s, cmd
	}
	switch {
	case is(msg, "y"):
		return s.stop(w)
	case is(msg, "n", "esc"):
		return s.behind, nil
	}
	return s, nil
}

// stop ends the context of the call. The screen behind goes on reading until the call has returned.
func (s stopping) stop(w *walk) (screen, tea.Cmd) {
	w.stopping, w.interrupted = true, true
	w.interrupt(s.call)
	return s.behind, nil
}

func (s stopping) view(w *walk, b box) page {
	lines := []string{w.strong.Render("Stop here?"), ""}
	if s.call == callApply && w.down {
		done, all := w.run.count()
		lines = append(lines, "The request in flight is finished first.", itoa(done)+" of "+plural(all, "thing is", "things are")+" gone; the rest stays as it is.", "")
		lines = append(lines, w.later("Going on removes what is left: r looks again now", "destroy -f "+quote(w.o.File), b.w)...)
	} else if s.call == callApply {
		done, all := w.run.count()
		lines = append(lines,
			"The request in flight is finished first; nothing is left half-made.",
			itoa(done)+" of "+plural(all, "change is", "changes are")+" done and written to the journal.", "")
		lines = append(lines, w.later("Going on makes what is missing and nothing twice: r does so now", "apply -f "+quote(w.o.File), b.w)...)
	} else {
		lines = append(lines, "What was borrowed is taken back first, then this screen ends.", "")
		lines = append(lines, w.later("It can be proven again: r does so now", "verify -f "+quote(w.o.File)+" --borrow", b.w)...)
	}
	return page{lines: lines}
}

func (s stopping) aside(*walk, box) []string { return nil }

func (s stopping) topic(w *walk) topic { return s.behind.topic(w) }
