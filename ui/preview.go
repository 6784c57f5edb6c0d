package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// preview is the second pane beside a form: why the field is asked, and what the answers make.
func (w *walk) preview(at string, b box) []string {
	var lines []string
	if f, ok := w.field(at); ok {
		lines = append(lines, w.strong.Render(f.Title), "")
		for _, l := range fold(f.Why, b.w) {
			lines = append(lines, w.muted.Render(l))
		}
		lines = append(lines, "")
	}
	if w.flaw != nil {
		return append(lines, w.changed.Render("What the answers make is shown once they fit."))
	}
	for _, d := range w.documents(at) {
		lines = append(append(lines, w.strong.Render(d.title)), w.painted(tight(d.text), b.w)...)
		lines = append(lines, "")
	}
	return lines
}

// document is a text that the answers make, as it will be written.
type document struct{ title, text string }

// documents are what the answers make: those of the focused direction first.
func (w *walk) documents(at string) []document {
	number := w.sides.Google.Number
	if number == "" || w.bridge.Google.Project != w.sides.Google.Place {
		number = notYet("project number")
	}
	to, from := w.toAWSDocuments(), w.toGoogleDocuments(number)
	to, from = append(to, w.commands("to-aws")...), append(from, w.commands("to-google")...)
	line := document{"The same without a screen", w.draft.command()}
	if strings.HasPrefix(at, "toGoogle.") {
		return append(append(from, line), to...)
	}
	return append(append(to, from...), line)
}

func (w *walk) toAWSDocuments() []document {
	if w.bridge.ToAWS == nil {
		return nil
	}
	return []document{
		{"Trust policy of " + w.bridge.ToAWS.Role.Name, string(w.bridge.Trust(notYet("number of the account")).JSON())},
	}
}

func (w *walk) toGoogleDocuments(number string) []document {
	b := w.bridge
	if b.ToGoogle == nil {
		return nil
	}
	return []document{
		{"Condition of provider " + b.ToGoogle.Provider, b.Condition()},
		{"Who is let in", b.Member(number)},
		{"Trust policy of " + b.ToGoogle.Role.Name, string(b.WorkloadTrust().JSON())},
	}
}

// notYet stands in a document for a value that only a cloud can give.
func notYet(what string) string { return "(" + what + ", known after apply)" }

// painted draws a document: what is not known yet stands out, everything else is quiet.
func (w *walk) painted(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		for _, l := range chop(line, width) {
			out = append(out, w.inked(l))
		}
	}
	return out
}

// inked draws one line of a document or a command: names quiet, answers plain, and what only a cloud can tell marked as
// that, by colour and by its words.
func (w *walk) inked(line string) string {
	if strings.Contains(line, "known after apply") || strings.Contains(line, "after apply") {
		return w.changed.Render(line)
	}
	if name, value, ok := strings.Cut(line, `": `); ok && strings.HasPrefix(strings.TrimSpace(name), `"`) {
		return w.muted.Render(name+`": `) + value
	}
	var out strings.Builder
	for i, word := range strings.Split(line, " ") {
		if i > 0 {
			out.WriteString(" ")
		}
		switch {
		case strings.HasPrefix(word, "--"):
			out.WriteString(w.muted.Render(word))
		case word == "gcloud" || word == "aws" || word == "drawbridge":
			out.WriteString(w.accent.UnsetBold().Render(word))
		default:
			out.WriteString(word)
		}
	}
	return out.String()
}

// commands are the lines that do by hand what one direction needs, from the plan that was made while the person typed; none
// before there is one for these very answers.
func (w *walk) commands(direction string) []document {
	if w.plan == nil || w.lookedFor != w.draft.key() {
		return nil
	}
	var lines []string
	for _, c := range w.plan.Changes {
		if c.Command != "" && strings.Contains(c.ID, "."+direction) {
			lines = append(lines, c.Command)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	way := "to AWS"
	if direction == toGoogle {
		way = "to Google"
	}
	return []document{{"The same by hand, " + way, strings.Join(lines, "\n")}}
}

// chop breaks a line where it does the least harm, and lets what follows hang: documents and commands keep their spaces.
func chop(line string, width int) []string {
	line = clean(line)
	hang := line[:len(line)-len(strings.TrimLeft(line, " "))] + "  "
	if len(hang) > width/2 {
		hang = "  "
	}
	var out []string
	for cells(line) > width && width > len(hang)+1 {
		head := breakable(ansi.Truncate(line, width, ""), len(hang))
		out = append(out, head)
		line = hang + strings.TrimLeft(line[len(head):], " ")
	}
	return append(out, line)
}

// breakable cuts s behind its last space, comma or slash, unless that stands too far in front.
func breakable(s string, from int) string {
	for _, signs := range []string{" ", ",/&"} {
		if i := strings.LastIndexAny(s, signs); i > max(from, len(s)/2) {
			return s[:i+1]
		}
	}
	return s
}

// tight halves the indentation of a document: the pane is narrow.
func tight(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		rest := strings.TrimLeft(l, " ")
		lines[i] = strings.Repeat(" ", (len(l)-len(rest))/2) + rest
	}
	return strings.Join(lines, "\n")
}
