package ui

import "strings"

// newDocuments shows what the answers of a form make, at full length.
func newDocuments(w *walk, f form) reader {
	var all []string
	for _, d := range w.documents(f.at) {
		all = append(all, d.title+"\n\n"+d.text)
	}
	return reader{behind: f, title: "What the answers make", copies: strings.Join(all, "\n\n"), text: func(w *walk, width int) []string {
		if w.flaw != nil {
			return fold("The answers do not fit yet: "+clean(w.flaw.Error()), width)
		}
		var lines []string
		for _, d := range w.documents(f.at) {
			lines = append(append(lines, w.strong.Render(d.title)), w.painted(d.text, width)...)
			lines = append(lines, "")
		}
		return lines
	}}
}
