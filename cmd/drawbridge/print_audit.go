package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

// write shows the audit, or leaves it in the directory of -o.
func (o *auditOptions) write(d audit.Document) error {
	if o.dir == "" {
		return o.show(d)
	}
	ending := map[string]string{"json": "json", "sarif": "sarif", "junit": "xml", "markdown": "md", "html": "html", "text": "txt"}
	path := filepath.Join(o.dir, first(o.part, "audit")+"."+ending[o.cloud.output.format.value])
	var text bytes.Buffer
	into := *o
	into.out, into.outTerminal = &text, false
	if err := into.show(d); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if err := writeFile(path, text.Bytes()); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	o.progress().line("wrote %s", path)
	return nil
}

// show writes the audit in the format that was asked for.
func (o *auditOptions) show(d audit.Document) error {
	switch o.cloud.output.format.value {
	case "json":
		return o.document("drawbridge.audit/v1", &auditDocument{Document: d})
	case "text":
		o.printer().audit(o.told.heading.Bridge, d)
		return nil
	}
	h := audit.Heading{Subject: first(o.told.heading.Bridge, "audit"), Place: o.told.place, Version: versionName(), At: o.now().UTC()}
	write := map[string]func(audit.Heading, audit.Document) ([]byte, error){
		"sarif": audit.SARIF, "junit": audit.JUnit, "markdown": audit.Markdown, "html": audit.HTML,
	}[o.cloud.output.format.value]
	data, err := write(h, d)
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	o.told.printed = true
	if _, err := o.out.Write(data); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// audit writes drift, then findings, worst first and folded by rule, then what could not be said.
func (p printer) audit(subject string, d audit.Document) {
	p.line("Audit %s  %s", p.strong(first(subject, "of every trust")), p.changed(p.place))
	if len(d.Drift) > 0 {
		p.blank()
		p.line("%s", p.strong("Drift"))
		for _, c := range d.Drift {
			p.change(c)
		}
	}
	p.trusts(d.Trusts)
	for _, s := range audit.Severities() {
		p.findings(s, d.Findings)
	}
	p.unread(d.NotEvaluated)
	p.blank()
	p.line("%s", p.strong(auditTally(d)))
}

// trusts draws ways that are more than the bridge's own two, and those of which a half is missing.
func (p printer) trusts(list []audit.Trust) {
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.strong("Who reaches whom"))
	for _, t := range list {
		p.line("  %s %s %s  %s", t.From, p.symbol("→", "->"), t.To, p.muted("by "+t.Through))
		if t.Dangling != "" {
			p.line("    %s", p.changed("dangling: "+t.Dangling))
		}
	}
}

// folded is how many findings of one rule are told in full.
const folded = 5

func (p printer) findings(s audit.Severity, all []audit.Finding) {
	var list []audit.Finding
	for _, f := range all {
		if f.Severity == s {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.strong(strings.ToUpper(string(s))))
	told := map[string]int{}
	for _, f := range list {
		if told[f.ID]++; told[f.ID] <= folded {
			p.finding(f)
		}
	}
	for _, r := range audit.Rules() {
		if n := told[r.ID] - folded; n > 0 {
			p.line("  %s", p.muted(fmt.Sprintf("%s: %d more; --format json lists them all", r.ID, n)))
		}
	}
}

func (p printer) finding(f audit.Finding) {
	mark := p.symbol("●", "*")
	paint := p.changed
	if f.Severity.Reaches(audit.High) {
		paint = p.bad
	}
	p.line("%s %s  %s  %s", paint(mark), f.ID, f.Title, p.muted(f.Bridge))
	p.line("    %s", p.muted(f.Resource))
	p.line("    %s", shortenTo(f.Evidence, 400))
	if f.Severity.Reaches(audit.Low) {
		p.line("    %s %s", p.symbol("→", "->"), f.Fix)
		if f.Command != "" {
			p.line("    %s", p.muted("$ "+f.Command))
		}
	}
}

func shortenTo(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func (p printer) unread(list []audit.NotEvaluated) {
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line("%s", p.strong("Not evaluated"))
	told := map[string]bool{}
	for _, n := range list {
		if told[n.ID+n.Reason] {
			continue // of another bridge
		}
		told[n.ID+n.Reason] = true
		optional := ""
		if n.Optional {
			optional = " (optional)"
		}
		p.line("  %s %s%s  %s", pad(n.ID, 14), string(n.Severity), optional, p.muted(n.Reason))
	}
}

func auditTally(d audit.Document) string {
	var parts []string
	for _, s := range audit.Severities() {
		if n := d.Summary.Findings[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no finding"}
	}
	if d.Summary.Drift > 0 {
		parts = append([]string{plural(d.Summary.Drift, "thing has drifted", "things have drifted")}, parts...)
	}
	if d.Summary.Accepted > 0 {
		parts = append(parts, fmt.Sprintf("%d accepted", d.Summary.Accepted))
	}
	return strings.Join(parts, ", ")
}
