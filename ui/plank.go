package ui

// newPlank shows one change of the run whole, with how it went.
func newPlank(behind screen, id string) reader {
	return reader{behind: behind, title: "Change", text: func(w *walk, width int) []string {
		p := w.run.planks[w.run.index[id]]
		lines := []string{w.plankMark(p) + " " + w.strong.Render(titled(p.change)), ""}
		if says, tone := w.plankSays(p); says != "" {
			for _, l := range fold(says, width) {
				lines = append(lines, tone.Render(l))
			}
			lines = append(lines, "")
		}
		if w.result != nil {
			if s, ok := w.result.Step(id); ok && s.Problem != nil {
				lines = append(append(lines, w.problem(s.Problem, width)...), "")
			}
		}
		return append(lines, w.detailed(p.change, width)...)
	}}
}
