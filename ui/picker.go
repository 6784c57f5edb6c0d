package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// listable are the fields whose values stand in the clouds.
func listable(path string) bool {
	return slices.Contains([]string{
		"google.project", "aws.account", "aws.region",
		"toAWS.serviceAccount", "toAWS.role.name", "toAWS.role.managedPolicies", "toAWS.role.permissionsBoundary",
		"toGoogle.serviceAccount", "toGoogle.pool", "toGoogle.provider", "toGoogle.grants",
		"toGoogle.role.name", "toGoogle.role.managedPolicies", "toGoogle.role.instance",
	}, path)
}

// picker chooses a value from what the credentials can see. It fills while it is looked at; typing filters it.
type picker struct {
	form   form
	path   string
	all    []Choice
	shown  []Choice // those that match what was typed
	filter editor
	at     int
	err    error
}

func newPicker(w *walk, f form) (screen, tea.Cmd) {
	return picker{form: f, path: f.at, filter: typing("")}, w.list(f.at)
}

func (p picker) stage() stage { return p.form.stage() }

func (p picker) keys(w *walk) []key.Binding {
	return []key.Binding{w.enterKey("take"), bind(w.upDown, "choose", "up", "down"), bind("type", "to filter", ""), bind("esc", "close", "esc")}
}

func (p picker) update(w *walk, msg tea.Msg) (screen, tea.Cmd) {
	switch msg := msg.(type) {
	case listed:
		if msg.path == p.path {
			p.all = append(p.all, msg.choices...)
			return p.sift(), nil
		}
	case listEnded:
		p.err = msg.err
	case tea.KeyPressMsg:
		return p.press(w, msg)
	}
	return p, nil
}

func (p picker) press(w *walk, msg tea.KeyPressMsg) (screen, tea.Cmd) {
	switch {
	case is(msg, "esc"):
		w.halt(callList)
		return p.form, nil
	case is(msg, "up"):
		p.at = max(0, p.at-1)
		return p, nil
	case is(msg, "down"):
		p.at = max(0, min(p.at+1, len(p.shown)-1))
		return p, nil
	case is(msg, "enter"):
		if p.at < len(p.shown) {
			return p.pick(w, p.shown[p.at]), nil
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

// sift keeps what contains every typed word, in the value or in what is said about it.
func (p picker) sift() picker {
	words := strings.Fields(strings.ToLower(p.filter.value()))
	p.shown = nil
	for _, c := range p.all {
		text := strings.ToLower(c.Value + " " + c.Title)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			p.shown = append(p.shown, c)
		}
	}
	p.at = max(0, min(p.at, len(p.shown)-1))
	return p
}

// pick takes a value. A list grows by it, and what exists is adopted: that is what picking it says.
func (p picker) pick(w *walk, c Choice) screen {
	w.halt(callList)
	value := c.Value
	if now := w.draft.typed[p.path]; now != "" && (strings.HasSuffix(p.path, "Policies") || strings.HasSuffix(p.path, "grants")) {
		value = now + "," + value
	}
	w.draft.typed[p.path] = value
	if field := strings.TrimSuffix(p.path, ".name"); c.Adopt && !slices.Contains(w.draft.adopt, field) {
		w.draft.adopt = append(w.draft.adopt, field)
		w.say(clean(c.Value) + " exists and will be adopted; the review shows what is added to it")
	}
	w.settle()
	return p.form.enter(w, p.path)
}

func (p picker) view(w *walk, b box) page {
	field, _ := w.field(p.path)
	status := plural(len(p.all), "found", "found")
	switch {
	case w.runs(callList):
		status = w.spinner(w.now) + " " + w.muted.Render("reading "+w.dot+" "+status)
	case p.err != nil:
		status = w.palette.bad.Render(w.symbols.bad + " " + clean(p.err.Error()))
	}
	text, at := p.filter.view(b.w - 12)
	lines := []string{w.spread(w.strong.Render(field.Title), status, b.w), "", w.muted.Render("filter  ") + text, ""}
	rows := make([]string, 0, b.h)
	from := max(0, min(p.at-(b.h-5)/2, len(p.shown)-(b.h-5)))
	for i := from; i < len(p.shown) && len(rows) < b.h-5; i++ {
		rows = append(rows, p.line(w, i, b.w))
	}
	return page{append(lines, rows...), &tea.Position{X: 8 + at, Y: 2}}
}

func (p picker) line(w *walk, i, width int) string {
	c := p.shown[i]
	mark, name := "  ", w.middle(clean(c.Value), width/2)
	if i == p.at {
		mark, name = w.accent.Render(w.cursor)+" ", w.strong.Render(name)
	}
	return w.fit(mark+w.pad(name, width/2+1)+w.muted.Render(strings.TrimSpace(clean(c.Title)+"  "+clean(c.Note))), width)
}

func (p picker) aside(w *walk, b box) []string { return w.preview(p.path, b) }

func (p picker) topic(w *walk) topic { return p.form.topic(w) }
