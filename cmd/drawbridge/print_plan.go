package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// plan writes what would change, cloud by cloud. What stays as it is is only counted.
func (p printer) plan(b spec.Bridge, plan steps.Plan) {
	p.title(b)
	if level, why := b.Standing(); level == spec.StandingWarn {
		p.line("%s %s", p.changed("!"), why)
	}
	for _, side := range []struct{ id, name string }{{"google", "Google"}, {"aws", "AWS"}} {
		p.lane(side.name, changesIn(plan.Changes, side.id))
	}
	p.blank()
	p.line("%s", p.strong(tally(plan)))
}

// title names the bridge and its two ends, and says when they are not the real clouds.
func (p printer) title(b spec.Bridge) {
	ends := fmt.Sprintf("%s %s %s %s", b.Google.Project, p.symbol("·", "-"), b.AWS.Account, b.AWS.Region)
	p.line("Bridge %s  %s  %s", p.strong(b.Name), p.muted(ends), p.changed(p.place))
}

func changesIn(changes []steps.Change, cloud string) []steps.Change {
	var out []steps.Change
	for _, c := range changes {
		if c.Cloud == cloud && (c.Action != steps.Keep || c.Notice) {
			out = append(out, c)
		}
	}
	return out
}

func (p printer) lane(title string, changes []steps.Change) {
	if len(changes) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.strong(title))
	for _, c := range changes {
		p.change(c)
	}
}

// change is one line, and for what is not simply made anew, why and what exactly.
func (p printer) change(c steps.Change) {
	reach := ""
	if c.Scope != "" && c.Scope != "bridge" {
		reach = "  " + c.Scope + "-wide"
	}
	p.line("%s %s%s", p.rune(c.Action), titleOf(c), p.muted(reach))
	if c.Action == steps.Create {
		p.made(c)
		return
	}
	if c.Reason != "" {
		p.line("    %s", p.muted(c.Reason))
	}
	if c.Action != steps.Blocked {
		for _, f := range c.Fields {
			p.field(f)
		}
	}
	p.wayOut(c)
}

// made shows of a new thing what lets somebody in or gives somebody a right, whole; names and marks are in the title.
func (p printer) made(c steps.Change) {
	for _, f := range c.Fields {
		switch f.Path {
		case "arn", "name", "email", "uniqueId", "displayName", "description", "tags", "maxSession", "labels":
		default:
			p.line("    %s: %s", p.muted(f.Path), p.muted(whole(f.After)))
		}
	}
}

// wayOut is what can be done about a blocked change.
func (p printer) wayOut(c steps.Change) {
	if c.Action != steps.Blocked {
		return
	}
	arrow := p.symbol("→", "->")
	if c.Allow != "" {
		p.line("    %s for this run and the file: --adopt %s", arrow, c.Allow)
	}
	if c.Accept != "" {
		p.line("    %s once you know who re-created it: --accept-account %s", arrow, c.Accept)
	}
	if c.Command != "" {
		p.line("    %s %s", arrow, c.Command)
	}
}

func (p printer) field(f steps.Field) {
	if f.Sensitive {
		p.line("    %s (withheld)", f.Path)
		return
	}
	if before, after, ok := documents(f); ok {
		p.line("    %s:", f.Path)
		p.differences(before, after)
		return
	}
	p.line("    %s: %s %s %s", f.Path, brief(f.Before), p.symbol("→", "->"), brief(f.After))
}

// documents gives the lines of both sides where at least one is more than a word: a policy cut short says nothing.
func documents(f steps.Field) (before, after []string, ok bool) {
	before, after = laidOut(f.Before), laidOut(f.After)
	return before, after, len(before) > 1 || len(after) > 1
}

func laidOut(v any) []string {
	switch t := v.(type) {
	case nil:
		return nil
	case steps.Unknown:
		return []string{t.String()}
	case string:
		var inner any
		if json.Unmarshal([]byte(t), &inner) != nil {
			return []string{t}
		}
		v = inner
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil
	}
	return strings.Split(string(data), "\n")
}

// differences shows the lines that go and come, and the rest around them as they are.
func (p printer) differences(before, after []string) {
	ui.Differences(before, after, func(sign, text string) {
		switch sign {
		case "-":
			p.line("      %s", p.bad("- "+text))
		case "+":
			p.line("      %s", p.good("+ "+text))
		default:
			p.line("        %s", p.muted(text))
		}
	})
}

// brief is a value on one short line.
func brief(v any) string { return shorten(whole(v)) }

// whole is a value on one line, uncut.
func whole(v any) string {
	switch t := v.(type) {
	case nil:
		return "nothing"
	case string:
		return strings.Join(strings.Fields(t), " ")
	case fmt.Stringer:
		return t.String()
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(data)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:99]) + "…"
	}
	return s
}

func titleOf(c steps.Change) string {
	if c.Title != "" {
		return c.Title
	}
	return c.ID
}

// tally is the last line: the counts, with what is kept.
func tally(plan steps.Plan) string {
	text := plan.Summary.String()
	if n := plan.Summary.Keep; n > 0 {
		text += fmt.Sprintf(", %d as wanted", n)
	}
	return text
}
