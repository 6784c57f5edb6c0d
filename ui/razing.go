package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// razing shows what goes and what stays, and wants the name of the bridge typed.
type razing struct {
	look review // the cursor in the lanes
	edit editor
}

func newRazing(w *walk) razing {
	r := razing{look: review{cloud: google}, edit: typing("")}
	r.look = r.look.landed(w)
	return r
}

func (r razing) stage() stage { return destroying }

// named reports whether what is typed is the name.
func (r razing) named(w *walk) bool { return w.plan != nil && r.edit.value() == w.bridge.Name }

func (r razing) keys(w *walk) []key.Binding {
	if w.plan == nil {
		again := bind("r", "read again", "r")
		again.SetEnabled(w.planErr != nil)
		return []key.Binding{again, bind("esc", "leave", "esc", "q")}
	}
	yes := w.enterKey("destroy")
	yes.SetEnabled(r.named(w))
	return []key.Binding{
		yes, bind(w.upDown, "move", "up", "down", "tab"), bind("ctrl+d", "details", "ctrl+d"),
		bind("?", "help", "?", "f1"), bind("esc", "leave everything", "esc"),
	}
}

func (r razing) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	if m, ok := msg.(planned); ok {
		return r.read(w, m)
	}
	switch {
	case is(msg, "esc"), is(msg, "q") && w.plan == nil:
		return nil, nil
	case w.plan == nil:
		if is(msg, "r") && w.planErr != nil {
			return r, w.lookAhead()
		}
	case is(msg, "enter"):
		if !r.named(w) {
			w.warn("type " + w.bridge.Name + " to destroy it, or press esc")
			return r, nil
		}
		w.razed = true
		return newApply(w)
	case is(msg, "up"):
		r.look = r.look.move(w, -1)
	case is(msg, "down"):
		r.look = r.look.move(w, 1)
	case is(msg, "tab"):
		r.look = r.look.cross(w, other(r.look.cloud))
	case is(msg, "ctrl+d"):
		if c, ok := r.look.focused(w); ok {
			return newDetails(r, c), nil
		}
	case is(msg, "?", "f1"):
		return newHelp(w, r), nil
	default:
		r.edit, _ = r.edit.update(msg)
	}
	return r, nil
}

// read goes on once both clouds were read. Where there is nothing to remove nobody is asked; input that cannot be used is
// told on the terminal.
func (r razing) read(w *walk, m planned) (screen, tea.Cmd) {
	switch {
	case m.err != nil && !foreseeable(m.err):
		return nil, nil
	case m.err == nil && w.plan.Summary.Remove == 0:
		return nil, nil
	case m.err == nil:
		r.look = r.look.landed(w)
	}
	return r, nil
}

func (r razing) view(w *walk, b box) page {
	if w.plan == nil {
		lines := []string{w.strong.Render("Destroy " + clean(w.bridge.Name)), ""}
		if w.planErr != nil {
			return page{lines: append(lines, w.problem(w.planErr, b.w)...)}
		}
		return page{lines: append(lines, w.readingBoth(), "", w.muted.Render("Nothing is removed before you have seen what, and typed the bridge's name."))}
	}
	lines := []string{w.spread(w.strong.Render("Destroy "+w.bridge.Name), w.counted(w.plan.Summary), b.w), ""}
	c := columns{cloud: r.look.cloud, at: r.look.at, google: w.goes(r.look.lane(w, google)), aws: w.goes(r.look.lane(w, aws))}
	lines = append(lines, c.draw(w.look, box{b.w, b.h - 6})...)
	for len(lines) < b.h-3 {
		lines = append(lines, "")
	}
	prompt := "Type " + w.bridge.Name + " to remove what is marked -: "
	text, at := r.edit.view(max(8, b.w-cells(prompt)))
	lines = append(lines, w.muted.Render("Only what is this bridge's own goes; enabled APIs stay enabled."), "",
		w.strong.Render(prompt)+text)
	return page{lines, &tea.Position{X: cells(prompt) + at, Y: len(lines) - 1}}
}

// goes draws changes of a destroy: what stays says why.
func (w *walk) goes(changes []steps.Change) []item {
	out := make([]item, 0, len(changes))
	for _, c := range changes {
		out = append(out, item{
			mark: w.action(c.Action), text: titled(c), dim: c.Action == steps.Keep, says: stays(c), tone: w.muted,
		})
	}
	return out
}

func (r razing) aside(w *walk, b box) []string { return r.look.aside(w, b) }

func (r razing) topic(*walk) topic {
	return topic{"Destroy", []string{
		"This removes what carries this bridge's mark, in reverse order, and nothing else. What others hang on stays, and its " +
			"line says who.",
		"Never undone: enabled APIs, outbound federation, sessions that are still alive. Ids of pools and service accounts stay " +
			"reserved for 30 days; the details show the command that brings one back.",
	}}
}
