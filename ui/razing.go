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
func (r razing) named(w *walk) bool { return r.edit.value() == w.bridge.Name }

func (r razing) keys(w *walk) []key.Binding {
	yes := w.enterKey("destroy")
	yes.SetEnabled(r.named(w))
	return []key.Binding{
		yes, bind(w.upDown, "move", "up", "down", "tab"), bind("ctrl+d", "details", "ctrl+d"),
		bind("?", "help", "?", "f1"), bind("esc", "leave everything", "esc"),
	}
}

func (r razing) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch {
	case is(msg, "esc"):
		return nil, nil
	case is(msg, "enter"):
		if !r.named(w) {
			w.warn("type " + w.bridge.Name + " to destroy it, or press esc")
			return r, nil
		}
		w.razed = true
		return nil, nil
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

func (r razing) view(w *walk, b box) page {
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
