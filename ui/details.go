package ui

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// newDetails shows a change whole: why, what it was and what it becomes, the same by hand.
func newDetails(behind screen, c steps.Change) reader {
	return reader{behind: behind, title: string(c.Action) + ": " + titled(c), copies: c.Command, text: func(w *walk, width int) []string {
		return w.detailed(c, width)
	}}
}

// newCommand shows the line that does the same by hand.
func newCommand(behind screen, c steps.Change) reader {
	return reader{behind: behind, title: "The same by hand: " + titled(c), copies: c.Command, text: func(w *walk, width int) []string {
		return chop(c.Command, width)
	}}
}

func (w *walk) detailed(c steps.Change, width int) []string {
	lines := []string{w.action(c.Action) + " " + string(c.Action) + " " + w.muted.Render("in "+cloudName(c.Cloud)+", for the "+c.Scope)}
	if c.Reason != "" {
		lines = append(append(lines, ""), fold(clean(c.Reason), width)...)
	}
	for _, f := range c.Fields {
		lines = append(lines, "")
		lines = append(lines, w.fieldDiff(f, width)...)
	}
	if c.Command != "" {
		lines = append(lines, "", w.strong.Render("By hand"))
		for _, l := range chop(c.Command, width) {
			lines = append(lines, w.muted.Render(l))
		}
	}
	if page := w.console(c); page != "" {
		lines = append(append(lines, "", w.strong.Render("In the console")), w.linked(page, width)...)
	}
	lines = append(lines, "")
	if !strings.Contains(titled(c), clean(c.Name)) {
		for _, l := range chop("name "+c.Name, width) {
			lines = append(lines, w.muted.Render(l))
		}
	}
	return append(lines, w.muted.Render("id "+c.ID))
}

// fieldDiff draws one property before and after. Short ones stand on a line, documents as a diff by lines.
func (w *walk) fieldDiff(f steps.Field, width int) []string {
	name := w.strong.Render(clean(f.Path))
	if f.Sensitive {
		return []string{name + "  " + w.muted.Render("(withheld)")}
	}
	before, after := shown(f.Before), shown(f.After)
	if len(before) < 2 && len(after) < 2 && cells(name)+cells(strings.Join(before, ""))+cells(strings.Join(after, "")) < width-8 {
		switch {
		case len(before) == 0:
			return []string{name + "  " + strings.Join(after, "")}
		case strings.Join(before, "") == strings.Join(after, ""):
			return []string{name + "  " + w.muted.Render(strings.Join(after, ""))}
		}
		return []string{name + "  " + w.muted.Render(strings.Join(before, "")) + " " + w.arrow + " " + w.changed.Render(strings.Join(after, ""))}
	}
	lines := []string{name}
	for _, d := range diff(before, after) {
		style := w.muted
		switch d.sign {
		case "+":
			style = w.good
		case "-":
			style = w.palette.bad
		}
		for _, l := range chop(d.sign+" "+d.text, width-2) {
			lines = append(lines, "  "+style.Render(l))
		}
	}
	return lines
}

// shown writes a value in lines: texts as they are, documents as indented JSON, nothing as nothing.
func shown(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		var doc any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &doc) == nil {
			return shown(doc)
		}
		return strings.Split(v, "\n")
	case steps.Unknown:
		return []string{v.String()}
	case bool, int, int64, float64:
		return []string{fmt.Sprint(v)}
	case []string:
		return v
	case json.RawMessage:
		return shown(string(v))
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return []string{fmt.Sprint(v)}
	}
	return strings.Split(string(text), "\n")
}
