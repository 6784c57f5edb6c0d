package audit

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
)

//go:embed report.html
var page string

// HTML writes one page that needs nothing else: no script, style or picture from elsewhere. html/template escapes every
// name for the place that it stands in.
func HTML(h Heading, d Document) ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{"clean": oneLine, "lines": cleaned}).Parse(page)
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	type count struct {
		Severity Severity
		N        int
	}
	var counts []count
	for _, s := range Severities() {
		counts = append(counts, count{s, d.Summary.Findings[s]})
	}
	var out bytes.Buffer
	err = t.Execute(&out, struct {
		Heading
		Document
		Counts []count
		Graph  drawing
		When   string
	}{h, d, counts, draw(d.Trusts), h.At.Format("2006-01-02 15:04 UTC")})
	return out.Bytes(), err
}
