package ui

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// newPlank shows one change of the run whole, with how it went.
func newPlank(behind screen, id string) reader {
	return reader{behind: behind, title: "Change", text: func(w *walk, width int) []string {
		p := w.run.planks[w.run.index[id]]
		lines := []string{w.plankMark(p) + " " + w.strong.Render(titled(p.change)), ""}
		if says, tone := w.plankSays(p); says != "" {
			for _, l := range fold(says, width) {
				lines = append(lines, tone.Render(l))
			}
			if p.kind == steps.Waiting {
				lines = append(lines, w.changed.Render(strings.TrimPrefix(w.counts(p.seen, p.want)+w.waited(p.since, p.until), " "+w.dot+" ")))
			}
			lines = append(lines, "")
		}
		if w.result != nil {
			if s, ok := w.result.Step(id); ok && s.Problem != nil && !calledOff(s) {
				lines = append(append(lines, w.problem(s.Problem, width)...), "")
			}
		}
		return append(lines, w.detailed(p.change, width)...)
	}}
}
