package ui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

func (a apply) view(w *walk, b box) page {
	lines := []string{w.spread(w.strong.Render(a.headline(w)), w.runState(), b.w), ""}
	c := columns{cloud: a.cloud, at: a.at, google: w.plankItems(google), aws: w.plankItems(aws)}
	end := a.end(w, b)
	lines = append(lines, c.draw(w.look, box{b.w, b.h - 3 - len(end)})...)
	for len(lines) < b.h-len(end) {
		lines = append(lines, "")
	}
	return page{lines: append(lines, end...)}
}

// end is what stands under the lanes.
func (a apply) end(w *walk, b box) []string {
	if a.down && w.ended() {
		return w.tornDown(b)
	}
	return w.verdict(b.w)
}

func (a apply) headline(w *walk) string {
	if a.down {
		return "Destroy " + clean(w.bridge.Name)
	}
	return "Apply"
}

// runState is how far the run is.
func (w *walk) runState() string {
	done, all := w.run.count()
	of := itoa(done) + " of " + itoa(all) + " done"
	switch {
	case w.went():
		return w.good.Render(w.ok + " " + of)
	case w.ended():
		return w.palette.bad.Render(w.symbols.bad + " " + of)
	case w.stopping:
		return w.changed.Render("stopping: finishing the request in flight " + w.dot + " " + of)
	}
	return w.spinner(w.now) + " " + w.changed.Render(of+" "+w.dot+" "+short(w.now.Sub(w.since)))
}

func (w *walk) plankItems(cloud string) []item {
	var out []item
	for _, p := range w.lane(cloud) {
		it := item{mark: w.plankMark(p), text: titled(p.change), dim: p.kept || p.kind == ""}
		switch {
		case p.kept:
			it.side = w.muted.Render("kept")
		case p.over() && p.took > 0:
			it.side = w.muted.Render(short(p.took))
		case p.kind != "" && !p.over() && !p.started.IsZero():
			it.side = w.muted.Render(short(w.now.Sub(p.started)))
		}
		it.live = p.kind != "" && !p.over() && !p.kept
		if p.kind == steps.Waiting {
			it.then = strings.TrimPrefix(w.counts(p.seen, p.want)+w.waited(p.since, p.until), " "+w.dot+" ")
		}
		if w.down && p.kept {
			it.side, it.says, it.tone = w.muted.Render("stays"), stays(p.change), w.muted
			out = append(out, it)
			continue
		}
		if it.says, it.tone = w.plankSays(p); p.kind == steps.Failed && w.ended() {
			it.says = "" // it stands whole below the lanes
		}
		out = append(out, it)
	}
	return out
}

// plankMark draws a state: what is under way turns.
func (w *walk) plankMark(p plank) string {
	switch {
	case p.kept:
		return w.muted.Render(string(steps.Keep.Rune()))
	case p.kind == steps.Done:
		return w.good.Render(w.ok)
	case p.kind == steps.Failed:
		return w.palette.bad.Render(w.symbols.bad)
	case p.kind == steps.Skipped:
		return w.changed.Render("-")
	case p.kind == "":
		return w.muted.Render(w.symbols.todo)
	}
	return w.spinner(w.now)
}

// plankSays is the line below a plank: what it waits for, since when and until when, or why it did not come about.
func (w *walk) plankSays(p plank) (string, lipgloss.Style) {
	switch p.kind {
	case steps.Waiting:
		return "waiting for " + clean(p.message), w.changed
	case steps.Retrying:
		return "trying again: " + clean(p.message), w.changed
	case steps.Failed:
		return clean(p.message), w.palette.bad
	case steps.Skipped:
		return "skipped: " + w.named(p.message), w.changed
	case steps.Planned, steps.Started, steps.Called, steps.Done:
	}
	return "", w.plain
}

// verdict is what stands under the lanes once the run has ended.
func (w *walk) verdict(width int) []string {
	if !w.ended() {
		return nil
	}
	if w.went() {
		return []string{"", w.good.Render("The bridge stands.") + " " + w.muted.Render("Whether it carries is proven next.")}
	}
	lines := []string{""}
	failed := slices.DeleteFunc(w.result.Failed(), calledOff)
	switch {
	case len(failed) > 0 && failed[0].Problem != nil:
		lines = append(lines, first(w.problem(failed[0].Problem, width), 5)...)
	case w.runErr != nil && !w.interrupted:
		lines = append(lines, first(w.problem(w.runErr, width), 5)...)
	case w.interrupted:
		lines = append(lines, w.changed.Render("Stopped. What was under way may have been made; the journal says what."))
	}
	return append(lines, w.later("Go on now with r", "apply -f "+quote(w.o.File), width)...)
}

func (a apply) aside(w *walk, b box) []string {
	lane := w.lane(a.cloud)
	if a.at >= len(lane) {
		return nil
	}
	return newPlank(a, lane[a.at].change.ID).text(w, b.w)
}

func (a apply) topic(w *walk) topic {
	if a.down {
		return razing{}.topic(w)
	}
	return topic{"Apply", []string{
		"What does not need each other is made at the same time, in both clouds. A change that fails stops only what needs it.",
		"Clouds take a moment until everybody in them knows of something new. A wait says what it waits for, how often it " +
			"has been seen so far, since when, and until when it is waited for at most.",
		"ctrl+c asks once, finishes the request in flight, and leaves everything so that the next run goes on from there. " +
			"Running apply twice changes nothing the second time.",
	}}
}
