package audit

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

// hostile is a name that somebody chose to break out of every format.
const hostile = "x\"'><script>alert(1)</script></details>\x1b[2J\u202e|`]]>\n# head](javascript:alert(1)) <img src=http://evil.example/x>"

// bad is a document with that name everywhere.
func bad() (Heading, Document) {
	f := Finding{
		ID: "AWS-T01", Severity: Critical, Cloud: "aws", Resource: hostile, Title: hostile, Evidence: hostile, Fix: hostile, Document: hostile,
		Command: hostile, Reference: "https://docs.aws.amazon.com/x", Bridge: hostile,
	}
	d := NewDocument([]steps.Change{{ID: hostile, Reason: hostile, Command: hostile, Action: steps.Update}}, []Finding{f}, nil,
		[]NotEvaluated{{ID: "GCP-PRJ-07", Severity: Low, Reason: hostile}},
		[]Trust{{Direction: "to-aws", From: hostile, Through: hostile, To: hostile, Dangling: hostile, Worst: "critical"}}, 1)
	return Heading{Subject: hostile, Place: hostile, Version: "1.2.3", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, d
}

func written(t *testing.T, f func(Heading, Document) ([]byte, error)) []byte {
	t.Helper()
	h, d := bad()
	first, err := f(h, d)
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := f(h, d); !bytes.Equal(first, second) {
		t.Error("the same document gave two texts")
	}
	return first
}

func TestHTMLIsSafeAgainstHostileNames(t *testing.T) {
	page := string(written(t, HTML))
	for _, never := range []string{"<script>alert", "<img", "\x1b", "\u202e", "</details>\x1b"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("got %d scripts, want our own one", n)
	}
}

func TestHTMLNeedsNothingFromElsewhere(t *testing.T) {
	d := NewDocument(nil, []Finding{{ID: "AWS-T01", Severity: High, Reference: "https://docs.aws.amazon.com/x"}}, nil, nil, []Trust{{From: "a", Through: "b", To: "c"}}, 1)
	data, err := HTML(Heading{Subject: "x"}, d)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	loads := regexp.MustCompile(`(?i)(?:\bsrc|<link[^>]+href|@import|url\()\s*=?\s*["']?(?:https?:)?//`)
	if found := loads.FindString(page); found != "" {
		t.Errorf("the page loads %q", found)
	}
	if !strings.Contains(page, "default-src 'none'") || !strings.Contains(page, "<svg") || !strings.Contains(page, "prefers-color-scheme: dark") {
		t.Error("the page lacks its policy, its graph or its dark colours")
	}
}

func TestMarkdownIsSafeAgainstHostileNames(t *testing.T) {
	fenced := regexp.MustCompile("(?s)\n(```+)sh\n.*?\n```+\n")
	text := fenced.ReplaceAllString(string(written(t, Markdown)), "")
	if regexp.MustCompile(`[^\\]\]\(`).MatchString(text) {
		t.Error("the text holds a link that a name made")
	}
	for _, never := range []string{"<script>", "<img", "\x1b", "\u202e", "\n# head", "\n    x"} {
		if strings.Contains(text, never) {
			t.Errorf("the text holds %q", never)
		}
	}
}

func TestJUnitIsWellFormedAndCountsRight(t *testing.T) {
	data := written(t, JUnit)
	var got junitSuites
	if err := xml.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	suite := got.Suites[0]
	if suite.Tests != len(suite.Cases) || suite.Tests != len(Rules())+1 || suite.Failures != 2 || suite.Skipped != 1 {
		t.Errorf("got %d tests, %d failures, %d skipped, want %d, 2, 1", suite.Tests, suite.Failures, suite.Skipped, len(Rules())+1)
	}
	for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSARIFHasWhatItsSchemaAsksFor(t *testing.T) {
	var got struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
				Locations     []struct {
					LogicalLocations []struct{ FullyQualifiedName string }
				}
				PartialFingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal(written(t, SARIF), &got); err != nil {
		t.Fatal(err)
	}
	run := got.Runs[0]
	if got.Version != "2.1.0" || run.Tool.Driver.Name == "" || len(run.Results) != 2 {
		t.Fatalf("got %+v", got)
	}
	for _, r := range run.Results {
		known := slices.ContainsFunc(run.Tool.Driver.Rules, func(rule struct{ ID string }) bool { return rule.ID == r.RuleID })
		if !known || r.Message.Text == "" || !slices.Contains([]string{"error", "warning", "note"}, r.Level) || len(r.PartialFingerprints) == 0 || len(r.Locations[0].LogicalLocations) == 0 {
			t.Errorf("got result %+v", r)
		}
	}
}
