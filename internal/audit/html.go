package audit

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

//go:embed report.css
var style string

//go:embed report.js
var script string

// markup writes a page. Every string among the arguments is cleaned and escaped, for text and for quoted attributes
// alike. (html/template would do it too, but what it needs of reflection keeps every method of both cloud SDKs in the
// binary: 54 MB of them.)
type markup struct{ strings.Builder }

// raw writes what is ours and stands as it is.
func (m *markup) raw(text string) { _, _ = m.WriteString(text) }

func (m *markup) put(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case int:
		case verbatim:
			args[i] = html.EscapeString(cleaned(string(v)))
		default:
			args[i] = html.EscapeString(oneLine(fmt.Sprint(v)))
		}
	}
	_, _ = fmt.Fprintf(m, format, args...)
}

// verbatim is text whose line ends stay.
type verbatim string

// HTML writes one page that needs nothing else: no script, style or picture from elsewhere.
func HTML(h Heading, d Document) ([]byte, error) {
	m := &markup{}
	m.head(h)
	m.counts(d.Summary)
	m.graph(d.Trusts)
	m.drift(d)
	m.findings(d.Findings)
	m.unread(d.NotEvaluated)
	m.raw("</main>\n<script>\n" + script + "</script>\n</body>\n</html>\n")
	return []byte(m.String()), nil
}

func (m *markup) head(h Heading) {
	m.raw(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
`)
	m.put("<title>Audit: %s</title>\n<style>\n", h.Subject)
	m.raw(style + "</style>\n</head>\n<body>\n<header>\n")
	m.put("<h1>Audit: %s</h1>\n<p>%s · drawbridge %s", h.Subject, h.At.Format("2006-01-02 15:04 UTC"), h.Version)
	if h.Place != "" {
		m.put(` · <span class="place">%s</span>`, h.Place)
	}
	m.raw("</p>\n</header>\n<main>\n")
}

func (m *markup) counts(s Summary) {
	m.raw(`<ul class="counts">`)
	for _, severity := range Severities() {
		n, look := s.Findings[severity], string(severity)
		if n == 0 {
			look = "none"
		}
		m.put(`<li class="%s"><b>%d</b> %s</li>`, look, n, severity)
	}
	m.put("<li><b>%d</b> drifted</li><li><b>%d</b> accepted</li><li><b>%d</b> not evaluated</li></ul>\n", s.Drift, s.Accepted, s.NotEvaluated)
}

func (m *markup) graph(trusts []Trust) {
	if len(trusts) == 0 {
		return
	}
	g := draw(trusts)
	m.put(`<h2>Who reaches whom</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Trust graph"><svg viewBox="-4 -4 %d %d" role="img" aria-label="Every way between the two clouds">
`, g.Wide(), g.Height)
	for _, e := range g.Edges {
		m.put(`<path d="M%d %d C%d %d %d %d %d %d" class="%s"><title>%s</title></path>`+"\n",
			e.X1, e.Y1, e.Middle(), e.Y1, e.Middle(), e.Y2, e.X2, e.Y2, e.Worst, e.Title)
	}
	for _, n := range g.Nodes {
		m.put(`<g transform="translate(%d,%d)" class="%s"><rect width="%d" height="%d" rx="4"></rect><text x="8" y="18">%s</text><title>%s</title></g>`+"\n",
			n.X, n.Y, n.Worst, n.Width, nodeHeight, n.Text, n.Full)
	}
	m.raw("</svg></div>\n<p class=\"legend\">Thin: nothing worse than low. Thick: medium or graver. Dashed: a half is missing. Every way stands in the table too.</p>\n")
	m.trusts(trusts)
}

func (m *markup) trusts(trusts []Trust) {
	m.raw(`<div class="scroll" tabindex="0" role="region" aria-label="Every way"><table><thead><tr><th>From</th><th>Through</th><th>To</th><th>Worst</th></tr></thead><tbody>` + "\n")
	for _, t := range trusts {
		m.put("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s", t.From, t.Through, t.To, t.Worst)
		if t.Dangling != "" {
			m.put(" dangling: %s", t.Dangling)
		}
		m.raw("</td></tr>\n")
	}
	m.raw("</tbody></table></div>\n")
}
