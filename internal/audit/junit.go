package audit

import (
	"encoding/xml"
	"fmt"
	"strings"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure,omitempty"`
	Skipped   *junitMessage `xml:"skipped,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes one case for each rule, and one for drift: failed with all it found, skipped when it could not be
// evaluated, else passed.
func JUnit(h Heading, d Document) ([]byte, error) {
	suite := junitSuite{Name: xmlText(h.Subject), Time: "0", Timestamp: h.At.Format("2006-01-02T15:04:05")}
	for _, r := range Rules() {
		suite.Cases = append(suite.Cases, junitRule(r, d))
	}
	drift := junitCase{Name: "drift", ClassName: "drawbridge", Time: "0"}
	if len(d.Drift) > 0 {
		var text strings.Builder
		for _, c := range d.Drift {
			fmt.Fprintf(&text, "%s: %s\n", xmlText(c.ID), xmlText(c.Reason))
		}
		drift.Failure = &junitMessage{Message: fmt.Sprintf("%d drifted", len(d.Drift)), Type: "drift", Text: text.String()}
	}
	suite.Cases = append(suite.Cases, drift)
	for _, c := range suite.Cases {
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Skipped != nil {
			suite.Skipped++
		}
	}
	out := junitSuites{Name: "drawbridge audit", Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}}
	data, err := xml.MarshalIndent(out, "", "  ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}

func junitRule(r Rule, d Document) junitCase {
	c := junitCase{Name: r.ID + " " + r.Title, ClassName: "drawbridge." + r.Cloud(), Time: "0"}
	var text strings.Builder
	worst := ""
	for _, f := range d.Findings {
		if f.ID == r.ID {
			worst = first(worst, string(f.Severity))
			fmt.Fprintf(&text, "%s %s: %s\nfix: %s\n%s\n", f.Severity, xmlText(f.Resource), xmlText(f.Evidence), xmlText(f.Fix), xmlText(f.Command))
		}
	}
	if worst != "" {
		c.Failure = &junitMessage{Message: r.Title, Type: worst, Text: text.String()}
		return c
	}
	for _, n := range d.NotEvaluated {
		if n.ID == r.ID {
			c.Skipped = &junitMessage{Message: xmlText("not evaluated: " + n.Reason)}
		}
	}
	return c
}

// xmlText drops what XML 1.0 cannot hold; encoding/xml escapes the rest.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r != 0xFFFE && r != 0xFFFF {
			return r
		}
		return '\uFFFD'
	}, s)
}
