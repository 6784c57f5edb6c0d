package audit

import "strings"

func (m *markup) drift(d Document) {
	if len(d.Drift) == 0 {
		return
	}
	m.raw("<h2>Drift</h2>\n")
	for _, c := range d.Drift {
		m.put(`<details class="medium"><summary>%s: %s</summary><p>%s</p>`, c.ID, c.Action, c.Reason)
		m.block(c.Command)
		m.raw("</details>\n")
	}
}

func (m *markup) block(text string) {
	if text != "" {
		m.put("<pre>%s</pre>", verbatim(text))
	}
}

func (m *markup) findings(list []Finding) {
	m.raw("<h2>Findings</h2>\n")
	if len(list) == 0 {
		m.raw("<p>No finding.</p>\n")
		return
	}
	m.raw(`<div class="controls"><button type="button" data-sort="severity">Sort by severity</button>` +
		`<button type="button" data-sort="rule">Sort by rule</button><button type="button" data-sort="resource">Sort by resource</button>` +
		`<button type="button" data-open="all">Open all</button></div>` + "\n<div id=\"findings\">\n")
	for i, f := range list {
		m.finding(i, f)
	}
	m.raw("</div>\n")
}

func (m *markup) finding(rank int, f Finding) {
	m.put(`<details class="%s" data-severity="%d" data-rule="%s" data-resource="%s"><summary><span class="tag">%s</span> %s %s</summary>`+"\n",
		f.Severity, rank, f.ID, f.Resource, f.Severity, f.ID, f.Title)
	m.put("<dl><dt>Resource</dt><dd>%s</dd>", f.Resource)
	if f.Bridge != "" {
		m.put("<dt>Bridge</dt><dd>%s</dd>", f.Bridge)
	}
	m.put("<dt>Evidence</dt><dd>%s</dd><dt>Fix</dt><dd>%s", f.Evidence, f.Fix)
	m.block(f.Command)
	m.block(f.Document)
	if strings.HasPrefix(f.Reference, "https://") { // a merged report may come from anywhere
		m.put(`</dd><dt>Reference</dt><dd><a href="%s" rel="noreferrer">%s</a></dd></dl></details>`+"\n", f.Reference, f.Reference)
		return
	}
	m.put("</dd><dt>Reference</dt><dd>%s</dd></dl></details>\n", f.Reference)
}

func (m *markup) unread(list []NotEvaluated) {
	if len(list) == 0 {
		return
	}
	m.raw("<h2>Not evaluated</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rules that were not evaluated\"><table><thead><tr><th>Rule</th><th>Severity</th><th>Why</th></tr></thead><tbody>\n")
	for _, n := range list {
		optional := ""
		if n.Optional {
			optional = " (optional)"
		}
		m.put("<tr><td>%s</td><td>%s%s</td><td>%s</td></tr>\n", n.ID, n.Severity, optional, n.Reason)
	}
	m.raw("</tbody></table></div>\n")
}
