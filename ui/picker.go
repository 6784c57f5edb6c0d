package ui

import (
	"errors"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// picker chooses a value from what the credentials can see. It fills while it is looked at; typing filters it.
type picker struct {
	form   form
	path   string
	shelf  *shelf
	shown  []int // of the shelf: those that match what was typed
	seen   int   // how many of the shelf were looked through
	filter editor
	at     int
}

func newPicker(w *walk, f form) (screen, tea.Cmd) {
	cmd := w.fetch(f.at)
	p := picker{form: f, path: f.at, shelf: w.shelf(f.at), filter: typing("")}
	return p.sift().found(w), cmd
}

func (p picker) stage() stage { return p.form.stage() }

func (p picker) keys(w *walk) []key.Binding {
	return []key.Binding{w.enterKey("take"), bind(w.upDown, "choose", "up", "down"), bind("type", "to filter", ""), bind("esc", "close", "esc")}
}

func (p picker) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case listed:
		if msg.shelf == p.shelf {
			fresh := p.seen == 0
			if p = p.more(); fresh {
				p = p.found(w)
			}
			return p, nil
		}
	case tea.KeyPressMsg:
		return p.press(w, msg)
	}
	return p, nil
}

func (p picker) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case is(msg, "esc"):
		w.putDown(p.path)
		return p.form, nil
	case is(msg, "up"):
		p.at = max(0, p.at-1)
		return p, nil
	case is(msg, "down"):
		p.at = max(0, min(p.at+1, len(p.shown)-1))
		return p, nil
	case is(msg, "enter"):
		if p.at < len(p.shown) {
			return p.pick(w, p.shelf.choices[p.shown[p.at]])
		}
		return p, nil
	}
	var other bool
	if p.filter, other = p.filter.update(msg); other {
		p.at = 0
		p = p.sift()
	}
	return p, nil
}

// sift looks through the whole shelf again: what contains every typed word, in the value or in what is said about it.
func (p picker) sift() picker {
	p.shown, p.seen = nil, 0
	return p.more()
}

// more looks through what has come since.
func (p picker) more() picker {
	words := strings.Fields(strings.ToLower(p.filter.value()))
	for ; p.seen < len(p.shelf.choices); p.seen++ {
		c := p.shelf.choices[p.seen]
		if len(words) == 0 || holds(c, words) {
			p.shown = append(p.shown, p.seen)
		}
	}
	p.at = max(0, min(p.at, len(p.shown)-1))
	return p
}

func holds(c Choice, words []string) bool {
	text := strings.ToLower(c.Value + " " + c.Title)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// found puts the cursor on what the field holds already.
func (p picker) found(w *walk) picker {
	now, _ := w.value(p.path)
	if i := slices.IndexFunc(p.shown, func(i int) bool { return p.shelf.choices[i].Value == now }); i >= 0 {
		p.at = i
	}
	return p
}

// pick takes a value. A list grows by it, and what exists is adopted: that is what picking it says.
func (p picker) pick(w *walk, c Choice) (screen, tea.Cmd) {
	if c.Use != "" && w.e.Use != nil {
		return p.sign(w, c)
	}
	if why := w.misfit(p.path, c); why != "" {
		w.warn(clean(c.Value) + " cannot be taken: " + why)
		return p, nil
	}
	w.putDown(p.path)
	value := c.Value
	if now := w.draft.typed[p.path]; now != "" && (strings.HasSuffix(p.path, "Policies") || strings.HasSuffix(p.path, "grants")) {
		value = now + "," + value
	}
	w.draft.typed[p.path] = value
	switch {
	case c.Adopt:
		w.adopt(p.path, c)
		w.say(clean(c.Value) + " exists and will be adopted; the review shows what is added to it")
	case c.Gone:
		w.say(clean(c.Value) + " was deleted and will be restored")
	}
	w.settle()
	return p.form.enter(w, p.path), nil
}

// sign signs in with another profile. Account and region are then its own.
func (p picker) sign(w *walk, c Choice) (screen, tea.Cmd) {
	delete(w.draft.typed, "aws.account")
	delete(w.draft.typed, "aws.region")
	w.e.Use(c.Use)
	w.settle()
	w.say("signing in with profile " + clean(c.Use))
	return p.form.enter(w, p.path), w.signIn()
}

func (p picker) view(w *walk, b box) page {
	field, _ := w.field(p.path)
	status := plural(len(p.shelf.choices), "found", "found")
	switch {
	case w.runs(callList + kindOf(p.path)):
		status = w.spinner(w.now) + " " + w.muted.Render("reading "+w.dot+" "+status)
	case p.shelf.err != nil:
		status = w.palette.bad.Render(w.symbols.bad + " " + clean(p.shelf.err.Error()))
	}
	text, at := p.filter.view(b.w - 12)
	lines := []string{w.spread(w.strong.Render(field.Title), status, b.w), "", w.muted.Render("filter  ") + text, ""}
	whole := p.whole(w, b.w)
	from, room := p.seenIn(w, b)
	for i := from; i < len(p.shown) && i < from+room; i++ {
		lines = append(lines, p.line(w, i, b.w))
	}
	if len(p.shown) == 0 && !w.runs(callList+kindOf(p.path)) {
		for _, l := range fold(p.nothing(), b.w) {
			lines = append(lines, w.muted.Render(l))
		}
	}
	for len(lines) < b.h-len(whole) {
		lines = append(lines, "")
	}
	return page{append(lines, whole...), &tea.Position{X: 8 + at, Y: 2}}
}

// pickerHead is how many lines stand above the rows.
const pickerHead = 4

// seenIn is the first row that is seen, and how many there is room for.
func (p picker) seenIn(w *walk, b box) (from, room int) {
	room = b.h - pickerHead - len(p.whole(w, b.w))
	return max(0, min(p.at-room/2, len(p.shown)-room)), room
}

// nothing says why the list is empty, and that the field takes what is typed all the same.
func (p picker) nothing() string {
	if len(p.shelf.choices) > 0 {
		return "nothing here has these words in it; esc goes back to the field, which takes what is typed"
	}
	return "there is none to be seen from here; esc goes back to the field, which takes what is typed"
}

// whole is the choice under the cursor where its line is cut: names are long, and their ends tell them apart.
func (p picker) whole(w *walk, width int) []string {
	if p.at >= len(p.shown) {
		return nil
	}
	c := p.shelf.choices[p.shown[p.at]]
	says := w.saysOf(p.path, c)
	if cells(clean(c.Value)) <= width/2 && width/2+3+cells(says) <= width {
		return nil
	}
	lines := append([]string{""}, chop(c.Value, width)...)
	for _, l := range fold(says, width) {
		lines = append(lines, w.muted.Render(l))
	}
	return lines
}

func (p picker) line(w *walk, i, width int) string {
	c := p.shelf.choices[p.shown[i]]
	mark, name := "  ", w.middle(clean(c.Value), width/2)
	if i == p.at {
		mark, name = w.accent.Render(w.cursor)+" ", w.strong.Render(name)
	}
	return w.fit(mark+w.pad(name, width/2+1)+w.muted.Render(w.saysOf(p.path, c)), width)
}

// saysOf is what stands beside a choice: its title, and what becomes of it, or why the field would refuse it.
func (w *walk) saysOf(path string, c Choice) string {
	note := clean(c.Note)
	if why := w.misfit(path, c); why != "" {
		note = "cannot be taken: " + why
	}
	return strings.TrimSpace(clean(c.Title) + "  " + note)
}

// misfit is why a field does not take what exists, "" where it does: the clouds have names of their own making, such as those
// of default service accounts.
func (w *walk) misfit(path string, c Choice) string {
	field, ok := w.field(path)
	if !ok || c.Use != "" {
		return ""
	}
	err := field.Check(c.Value)
	if e, is := errors.AsType[*spec.Error](err); is {
		return said(e)
	}
	if err != nil {
		return clean(err.Error())
	}
	return ""
}

func (p picker) aside(w *walk, b box) []string { return w.preview(p.path, b) }

func (p picker) topic(w *walk) topic { return p.form.topic(w) }
