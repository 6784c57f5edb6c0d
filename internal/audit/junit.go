package audit

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// The order of fields and the absence of counts on the outer element are those of the strictest schema in use, Apache
// Ant's; Jenkins' takes them too.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Package    string      `xml:"package,attr"`
	ID         int         `xml:"id,attr"`
	Name       string      `xml:"name,attr"`
	Timestamp  string      `xml:"timestamp,attr"`
	Host       string      `xml:"hostname,attr"`
	Tests      int         `xml:"tests,attr"`
	Failures   int         `xml:"failures,attr"`
	Errors     int         `xml:"errors,attr"`
	Skipped    int         `xml:"skipped,attr"`
	Time       string      `xml:"time,attr"`
	Properties []junitProp `xml:"properties>property"`
	Cases      []junitCase `xml:"testcase"`
	Out        string      `xml:"system-out"`
	Err        string      `xml:"system-err"`
}

type junitProp struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitMessage `xml:"failure,omitempty"`
	Skipped   *string       `xml:"skipped,omitempty"` // text: not every schema takes a message here
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes one case for each rule, and one for drift: failed with all it found, skipped when it could not be
// evaluated, else passed.
func JUnit(h Heading, d Document) ([]byte, error) {
	suite := junitSuite{
		Package: "drawbridge", Name: "drawbridge audit " + xmlText(h.Subject), Host: "localhost", Time: "0", Timestamp: h.At.Format("2006-01-02T15:04:05"),
		Properties: []junitProp{{"drawbridge", xmlText(h.Version)}, {"place", xmlText(first(h.Place, "the real clouds"))}},
	}
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
	data, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{suite}}, "", "  ")
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
			c.Skipped = new(xmlText("not evaluated: " + n.Reason))
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
