package ui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// filing chooses which files are written, and where.
type filing struct {
	at      int
	left    map[int]bool // unchecked
	dir     string
	editing bool
	edit    editor
}

func newFiles(w *walk) (screen, tea.Cmd) {
	return filing{left: map[int]bool{}, dir: w.o.Dir}, w.makeFiles()
}

func (f filing) stage() stage { return filingFiles }

func (f filing) keys(w *walk) []key.Binding {
	if f.editing {
		return []key.Binding{w.enterKey("take"), bind("esc", "leave it", "esc")}
	}
	enter := w.enterKey("write " + plural(len(f.chosen(w)), "file", "files"))
	enter.SetEnabled(len(f.chosen(w)) > 0)
	if w.done() {
		enter = w.enterKey("finish")
	}
	show := bind("d", "preview", "d")
	show.SetEnabled(len(w.files) > 0)
	return []key.Binding{
		enter, bind("space", "choose", "space"), bind(w.upDown, "move", "up", "down"),
		bind("o", "where", "o"), show, bind("c", "copy", "c"), helpKey(), backKey(), quitKey(),
	}
}

// done reports whether files were written already.
func (w *walk) done() bool { return len(w.written) > 0 }

func (f filing) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case wrote:
		if msg.err != nil {
			w.warn(clean(msg.err.Error()))
		} else {
			w.say("wrote " + plural(len(msg.paths), "file", "files") + " to " + f.dir)
		}
	case tea.PasteMsg:
		if f.editing {
			f.edit, _ = f.edit.update(msg)
		}
	case tea.KeyPressMsg:
		if f.editing {
			return f.name(msg), nil
		}
		return f.press(w, msg)
	}
	return f, nil
}

// name edits the directory.
func (f filing) name(msg tea.KeyPressMsg) filing {
	switch {
	case is(msg, "enter"):
		if d := strings.TrimSpace(f.edit.value()); d != "" {
			f.dir = d
		}
		f.editing = false
	case is(msg, "esc"):
		f.editing = false
	default:
		f.edit, _ = f.edit.update(msg)
	}
	return f
}

func (f filing) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch msg.String() {
	case "up", "k":
		f.at = max(0, f.at-1)
	case "down", "j":
		f.at = max(0, min(f.at+1, len(w.files)-1))
	case "space":
		f.left[f.at] = !f.left[f.at]
		w.written = nil
	case "o":
		f.editing, f.edit = true, typing(f.dir)
	case "esc":
		return crossing{}, nil
	case "enter":
		return f.next(w)
	case "d":
		if f.at < len(w.files) {
			return newFilePreview(f, w.files[f.at]), nil
		}
	case "c":
		if f.at < len(w.files) {
			w.say(w.files[f.at].Path + " is on the clipboard, where the terminal allows it")
			return f, tea.SetClipboard(string(w.files[f.at].Bytes))
		}
	default:
		return w.common(f, msg)
	}
	return f, nil
}

func (f filing) next(w *walk) (screen, tea.Cmd) {
	switch {
	case w.done(), w.filesErr != nil:
		return nil, nil
	case w.runs(callWrite), w.runs(callFiles):
		return f, nil
	case len(f.chosen(w)) == 0:
		return nil, nil
	}
	return f, w.write(f.chosen(w), f.dir)
}

// chosen are the files that are checked.
func (f filing) chosen(w *walk) []artifact.File {
	var out []artifact.File
	for i, file := range w.files {
		if !f.left[i] {
			out = append(out, file)
		}
	}
	return out
}

func newFilePreview(behind screen, file artifact.File) reader {
	return reader{behind: behind, title: clean(file.Path), copies: string(file.Bytes), text: func(w *walk, width int) []string {
		return append(append(preview(file, width), ""), w.used(file, width)...)
	}}
}

func preview(file artifact.File, width int) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.TrimRight(string(file.Bytes), "\n"), "\n") {
		lines = append(lines, chop(strings.ReplaceAll(l, "\t", "    "), width)...)
	}
	return lines
}
