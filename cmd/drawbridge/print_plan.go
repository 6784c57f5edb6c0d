package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// plan writes what would change, cloud by cloud. What stays as it is is only counted.
func (p printer) plan(b spec.Bridge, plan steps.Plan) {
	p.title(b)
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
		if c.Cloud == cloud && c.Action != steps.Keep {
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
		return
	}
	if c.Reason != "" {
		p.line("    %s", p.muted(c.Reason))
	}
	if c.Action == steps.Update || c.Action == steps.Adopt {
		for _, f := range c.Fields {
			p.field(f)
		}
	}
	p.wayOut(c)
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
	p.line("    %s: %s %s %s", f.Path, brief(f.Before), p.symbol("→", "->"), brief(f.After))
}

// brief is a value on one short line.
func brief(v any) string {
	switch t := v.(type) {
	case nil:
		return "nothing"
	case string:
		return shorten(t)
	case fmt.Stringer:
		return t.String()
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return shorten(string(data))
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
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
