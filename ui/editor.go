package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// editor is one line of text being typed. It draws itself, with a real cursor: what it is given is shown as it is, cut
// around the cursor when it does not fit.
type editor struct{ input textinput.Model }

// typing begins to edit a value, with the cursor behind it.
func typing(value string) editor {
	in := textinput.New()
	in.SetVirtualCursor(false)
	in.Prompt = ""
	// Pasting comes bracketed from the terminal; reading the clipboard would start programs.
	in.KeyMap.Paste.SetEnabled(false)
	in.KeyMap.DeleteCharacterForward.SetKeys("delete")
	in.SetValue(value)
	in.CursorEnd()
	in.Focus()
	return editor{in}
}

func (e editor) value() string { return e.input.Value() }

// update takes a key or a paste and reports whether the text is another one now.
func (e editor) update(msg tea.Msg) (editor, bool) {
	before := e.input.Value()
	e.input, _ = e.input.Update(msg)
	return e, e.input.Value() != before
}

// view draws at most width cells and says in which of them the cursor stands.
func (e editor) view(width int) (string, int) {
	value := []rune(e.input.Value())
	at := ansi.StringWidth(string(value[:e.input.Position()]))
	from := max(0, at-width+1)
	return ansi.Cut(clean(string(value)), from, from+width), at - from
}
