package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// form asks for the fields of one cloud. Every field has its answer already: Enter goes on to the next screen, or, when
// something was just typed, to the next field.
type form struct {
	cloud string
	at    string // path of the focused field, "" for the opener
	open  bool   // the rest is shown
	edit  editor
	typed bool // since the field was entered
}

func newGoogleForm(w *walk) form { return newForm(w, google, "name") }
func newAWSForm(w *walk) form    { return newForm(w, aws, "aws.account") }

func newForm(w *walk, cloud, at string) form {
	return form{cloud: cloud}.enter(w, at)
}

func (f form) stage() stage {
	if f.cloud == google {
		return inGoogle
	}
	return inAWS
}

// enter moves the focus to a field.
func (f form) enter(w *walk, path string) form {
	value, _ := w.value(path)
	f.at, f.edit, f.typed = path, typing(value), false
	return f
}

// stops are the rows that can be focused, by path.
func (f form) stops(w *walk) []string {
	var out []string
	for _, r := range w.rows(f.cloud, f.open) {
		if r.heading == "" {
			out = append(out, r.field.Path)
		}
	}
	return out
}

// move goes n stops on, and stays where the list ends.
func (f form) move(w *walk, n int) form {
	stops := f.stops(w)
	i := slices.Index(stops, f.at)
	return f.enter(w, stops[min(max(i+n, 0), len(stops)-1)])
}

// choices are the values that the focused field cycles through.
func choices(f spec.Field) []string {
	if f.Type == spec.TypeBoolean {
		return []string{"true", "false"}
	}
	if f.Type == spec.TypeTexts {
		return nil
	}
	return f.Choices
}

func (f form) keys(w *walk) []key.Binding {
	field, _ := w.field(f.at)
	cycle := bind(w.leftRight, "change", "left", "right", "space")
	cycle.SetEnabled(len(choices(field)) > 0 || f.at == "")
	if f.at == "" {
		cycle.SetHelp("space", "show them")
		if f.open {
			cycle.SetHelp("space", "hide them")
		}
	}
	pick := bind("ctrl+l", "list", "ctrl+l")
	pick.SetEnabled(w.e.List != nil && listable(f.at))
	take := bind("ctrl+y", "adopt it", "ctrl+y")
	c, ok := w.taken(f.at)
	take.SetEnabled(ok && c.Adopt && !w.adopts(f.at))
	way := bind("ctrl+p", "what is in the way", "ctrl+p")
	way.SetEnabled(w.foreknown() && w.hindered())
	reset := bind("ctrl+r", "default", "ctrl+r")
	_, mine := w.draft.typed[f.at]
	reset.SetEnabled(mine)
	return []key.Binding{
		w.enterKey(f.onward()), take, way, bind("tab", "field", "tab", "shift+tab", "up", "down"), cycle, pick, reset,
		bind("?", "why", "?", "f1"), bind("ctrl+d", "details", "ctrl+d"), backKey(),
	}
}

// onward says what Enter does now.
func (f form) onward() string {
	switch {
	case f.typed:
		return "next field"
	case f.cloud == google:
		return "next: AWS"
	}
	return "next: Review"
}

func (f form) aside(w *walk, b box) []string { return w.preview(f.at, b) }
