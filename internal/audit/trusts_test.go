package audit

import (
	"strings"
	"testing"
)

func TestEveryTrustShowsSomebodyWhoGetsInAndSomebodyWhoDoesNot(t *testing.T) {
	r := standing(t, bothWays)
	seen := map[string]bool{}
	for _, way := range r.audit().Trusts {
		seen[way.Direction] = true
		if len(way.Words) == 0 || way.Admits == nil || way.Refuses == nil {
			t.Errorf("%s: got words %q, in %v, out %v", way.Direction, way.Words, way.Admits, way.Refuses)
		}
		switch way.Direction {
		case "to-aws":
			if way.Admits["sub"] != r.uid() {
				t.Errorf("got %v in, want account number %s", way.Admits, r.uid())
			}
		case "to-google":
			if arn, _ := way.Admits["arn"].(string); !strings.Contains(arn, ":assumed-role/report-reader/") {
				t.Errorf("got %v in, want a session of report-reader", way.Admits)
			}
		}
	}
	if len(seen) != 2 {
		t.Errorf("got ways %v, want both", seen)
	}
}
