package steps

import (
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestExamplesLiveAndGo(t *testing.T) {
	for _, name := range []string{"ci-to-sqs.yaml", "ec2-to-google.yaml", "both-ways.yaml"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, example(t, name), sandbox.Options{})
			first, res := r.apply(Present)
			if !first.Pending() {
				t.Error("a fresh world: got nothing pending")
			}
			for _, s := range res.Steps {
				t.Logf("%-36s %-8s %d calls %d ms", s.ID, s.Outcome, s.Calls, s.DurationMs)
			}
			r.wantKept(r.plan(Present))
			r.consent.WithVM = true
			p, res := r.apply(Absent)
			for _, c := range p.Changes {
				if c.Held || c.Action == Blocked {
					t.Errorf("destroy: %s %s: %s", c.ID, c.Action, c.Reason)
				}
			}
			report := DestroyOf(p, res)
			if len(report.Removed) == 0 || report.Held() {
				t.Errorf("got %+v", report)
			}
			if again := r.plan(Absent); again.Pending() {
				t.Errorf("a second destroy would still do %+v", again.Summary)
			}
		})
	}
}
