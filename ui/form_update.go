package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func (f form) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return f.paste(w, msg), nil
	case exported:
		w.exported(msg)
	case tea.KeyPressMsg:
		return f.press(w, msg)
	}
	return f, nil
}

func (f form) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch msg.String() {
	case "enter":
		return f.next(w)
	case "esc":
		return f.back(w)
	case "tab", "down":
		return f.move(w, 1), nil
	case "shift+tab", "up":
		return f.move(w, -1), nil
	case "f1":
		return newHelp(w, f), nil
	case "?":
		if f.at != "toGoogle.condition" {
			return newHelp(w, f), nil
		}
	case "ctrl+d":
		return newDocuments(w, f), nil
	case "ctrl+p":
		if w.foreknown() {
			return newChecks(f), nil
		}
		return f, nil
	case "ctrl+l":
		if w.e.List != nil && listable(f.at) {
			return newPicker(w, f)
		}
		return f, nil
	case "ctrl+y":
		if c, ok := w.taken(f.at); ok && c.Adopt {
			w.adopt(f.at, c)
			w.say(clean(c.Value) + " will be adopted; the review shows what is added to it")
		}
		return f, nil
	case "ctrl+r":
		delete(w.draft.typed, f.at)
		w.settle()
		return f.enter(w, f.at), nil
	}
	return f.change(w, msg), nil
}

// change gives a key to the focused field.
func (f form) change(w *walk, msg tea.KeyPressMsg) form {
	if f.at == "" {
		if is(msg, "space", "right", "left") {
			f.open = !f.open
		}
		return f
	}
	field, _ := w.field(f.at)
	if c := choices(field); len(c) > 0 {
		return f.cycle(w, c, msg)
	}
	var other bool
	if f.edit, other = f.edit.update(msg); other {
		f.set(w)
		f.typed = true
	}
	return f
}

func (f form) cycle(w *walk, values []string, msg tea.KeyPressMsg) form {
	now, _ := w.value(f.at)
	i := max(0, slices.Index(values, now))
	switch {
	case is(msg, "right", "space"):
		i++
	case is(msg, "left"):
		i += len(values) - 1
	default:
		return f
	}
	w.draft.typed[f.at] = values[i%len(values)]
	w.settle()
	return f
}

// set writes what is typed into the draft. An emptied field goes back to what would stand without it.
func (f form) set(w *walk) {
	if v := strings.TrimSpace(f.edit.value()); v != "" {
		w.draft.typed[f.at] = v
	} else {
		delete(w.draft.typed, f.at)
	}
	w.settle()
}

// paste finds the field that a pasted ARN, e-mail or URL belongs to.
func (f form) paste(w *walk, msg tea.PasteMsg) form {
	if parts := w.byNumber(msg.Content, parsePaste(msg.Content, f.at)); len(parts) > 0 {
		for path, v := range parts {
			if w.draft.wants(path) {
				w.draft.typed[path] = v
			}
		}
		w.settle()
		w.say("read from what was pasted: " + pasted(parts))
		return f.enter(w, f.at)
	}
	var other bool
	if f.edit, other = f.edit.update(tea.PasteMsg{Content: strings.TrimSpace(msg.Content)}); other {
		f.set(w)
		f.typed = true
	}
	return f
}

func (f form) next(w *walk) (screen, tea.Cmd) {
	if path, why := w.wrong(f.cloud); why != "" {
		if path != "" && path != f.at {
			f = f.enter(w, path)
		}
		w.warn(why)
		if path != "" {
			w.warn(label(f.field(w)) + " does not fit yet: the lines above say why")
		}
		return f, nil
	}
	if f.typed {
		return f.move(w, 1), nil
	}
	if f.cloud == google {
		return newAWSForm(w), nil
	}
	return openReview(w)
}

// field is the focused row of the table of fields.
func (f form) field(w *walk) spec.Field {
	field, _ := w.field(f.at)
	return field
}

func (f form) back(w *walk) (screen, tea.Cmd) {
	if f.cloud == google {
		return newConnect(w), nil
	}
	return newGoogleForm(w), nil
}
