package audit

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/steps"
)

func TestBaselineAcceptsWithReasonAndForATime(t *testing.T) {
	b, err := ParseBaseline([]byte(`{"accept":[{"id":"AWS-R02","resource":"r","reason":"nightly batch","until":"2026-06-30"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	found := []Finding{{ID: "AWS-R02", Resource: "r", Evidence: "e"}, {ID: "AWS-R02", Resource: "other"}, {ID: "AWS-R03", Resource: "r"}}
	last := time.Date(2026, 6, 30, 23, 0, 0, 0, time.UTC)
	if open, accepted := b.Split(found, last); len(open) != 2 || len(accepted) != 1 || accepted[0].Evidence != "e" {
		t.Errorf("on the last day: got open %+v, accepted %+v", open, accepted)
	}
	if open, accepted := b.Split(found, last.Add(2*time.Hour)); len(open) != 3 || len(accepted) != 0 {
		t.Errorf("the day after: got open %+v, accepted %+v", open, accepted)
	}
}

func TestBaselineWithoutReasonOrEndIsRefused(t *testing.T) {
	for _, text := range []string{
		`{"accept":[{"id":"AWS-R02","resource":"r","until":"2026-06-30"}]}`,
		`{"accept":[{"id":"AWS-R02","resource":"r","reason":"x"}]}`,
		`{"accept":[{"id":"AWS-R02","reason":"x","until":"2026-06-30"}]}`,
		`{"accept":[{"id":"AWS-X99","resource":"r","reason":"x","until":"2026-06-30"}]}`,
		`{"accept":[],"ignore":[]}`, `[]`, ``,
	} {
		if _, err := ParseBaseline([]byte(text)); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestAnswerCountsWhatWasAskedFor(t *testing.T) {
	finding := NewDocument(nil, []Finding{{Severity: Low}}, nil, nil, nil, 1)
	unread := NewDocument(nil, nil, nil, []NotEvaluated{{Severity: High}}, nil, 1)
	optional := NewDocument(nil, nil, nil, []NotEvaluated{{Severity: High, Optional: true}}, nil, 1)
	drift := NewDocument([]steps.Change{{}}, nil, nil, nil, nil, 1)
	for _, tt := range []struct {
		name  string
		d     Document
		at    Severity
		allow bool
		want  bool
	}{
		{"milder than asked", finding, Medium, false, false},
		{"as grave as asked", finding, Low, false, true},
		{"none is reached by nothing", finding, "none", false, false},
		{"not evaluated", unread, Medium, false, true},
		{"not evaluated, allowed", unread, Medium, true, false},
		{"not evaluated, graver asked", unread, Critical, false, false},
		{"optional", optional, Info, false, false},
		{"drift always", drift, "none", true, true},
	} {
		if got := tt.d.Answer(tt.at, tt.allow); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestMergedPartsAreTheWhole(t *testing.T) {
	part := func(bridge string, s Severity) Document {
		return NewDocument([]steps.Change{{ID: "x", Reason: bridge}}, []Finding{{ID: "AWS-R02", Severity: s, Bridge: bridge}}, nil, []NotEvaluated{{ID: "AWS-L01", Bridge: bridge}}, nil, 1)
	}
	a, b, c := part("a", Low), part("b", High), part("c", High)
	one, err1 := json.Marshal(Merge([]Document{a, b, c}))
	two, err2 := json.Marshal(Merge([]Document{Merge([]Document{c, a}), b}))
	if err1 != nil || err2 != nil || string(one) != string(two) {
		t.Errorf("got\n%s\nand\n%s", one, two)
	}
}
