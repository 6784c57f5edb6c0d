package audit

import (
	"fmt"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Markdown writes the report for a merge request or a wiki. Names come from the clouds, so everything is escaped.
func Markdown(h Heading, d Document) ([]byte, error) {
	var out strings.Builder
	fmt.Fprintf(&out, "# Audit: %s\n\n%s", md(h.Subject), h.At.Format("2006-01-02 15:04 UTC"))
	if h.Place != "" {
		fmt.Fprintf(&out, " · **%s**", md(h.Place))
	}
	out.WriteString("\n\n| severity | findings |\n|---|---|\n")
	for _, s := range Severities() {
		fmt.Fprintf(&out, "| %s | %d |\n", s, d.Summary.Findings[s])
	}
	if len(d.Drift) > 0 {
		out.WriteString("\n## Drift\n\n")
		for _, c := range d.Drift {
			fmt.Fprintf(&out, "- %s %s: %s\n", md(c.ID), md(string(c.Action)), md(c.Reason))
		}
	}
	if len(d.Trusts) > 0 {
		out.WriteString("\n## Who reaches whom\n\n| from | through | to | dangling |\n|---|---|---|---|\n")
		for _, t := range d.Trusts {
			fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", md(t.From), md(t.Through), md(t.To), md(t.Dangling))
		}
	}
	markdownFindings(&out, d)
	if len(d.NotEvaluated) > 0 {
		out.WriteString("\n## Not evaluated\n\n| rule | severity | why |\n|---|---|---|\n")
		for _, n := range d.NotEvaluated {
			fmt.Fprintf(&out, "| %s | %s | %s |\n", n.ID, n.Severity, md(n.Reason))
		}
	}
	return []byte(out.String()), nil
}

func markdownFindings(out *strings.Builder, d Document) {
	if len(d.Findings) == 0 {
		out.WriteString("\nNo finding.\n")
		return
	}
	out.WriteString("\n## Findings\n")
	for _, f := range d.Findings {
		fmt.Fprintf(out, "\n### %s %s: %s\n\n", f.Severity, f.ID, md(f.Title))
		fmt.Fprintf(out, "- Resource: %s\n- Evidence: %s\n- Fix: %s\n- Reference: <%s>\n", md(f.Resource), md(f.Evidence), md(f.Fix), f.Reference)
		if f.Command != "" {
			fence := fenceFor(f.Command)
			fmt.Fprintf(out, "\n%ssh\n%s\n%s\n", fence, oneLine(f.Command), fence)
		}
	}
}

// md takes the meaning out of everything that Markdown or HTML would read.
func md(s string) string {
	var out strings.Builder
	for _, r := range oneLine(s) {
		switch {
		case r == '<':
			out.WriteString("&lt;")
		case r == '&':
			out.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#+!|~>", r):
			out.WriteRune('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// fenceFor is a fence that the text cannot close.
func fenceFor(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence
}

// oneLine keeps a name from ending its line, and what reorders text from doing so.
func oneLine(s string) string { return cleaned(strings.NewReplacer("\n", " ", "\t", " ").Replace(s)) }

// cleaned replaces what cannot be seen and what reorders text; line ends stay.
func cleaned(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if explain.Steers(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
