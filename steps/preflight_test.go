package steps

import (
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestPreflightOfTheSandboxFindsNothingInTheWay(t *testing.T) {
	for _, name := range []string{"ci-to-sqs.yaml", "ec2-to-google.yaml", "both-ways.yaml"} {
		r := newRig(t, example(t, name), sandbox.Options{})
		ctx := r.calling()
		report, err := Preflight(ctx, r.world(), cloud.SignIn(ctx, r.google, r.aws), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range report.Checks {
			t.Logf("%s %s %s: %s %s", c.Outcome, c.ID, c.Title, c.Detail, c.Fix)
			if c.Outcome != CheckOK {
				t.Errorf("%s: %s: got %s (%s), want ok", name, c.ID, c.Outcome, c.Detail)
			}
		}
		for _, call := range r.called() {
			t.Log(call)
		}
	}
}
