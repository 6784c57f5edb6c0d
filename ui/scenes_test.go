package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// scene is a settled screen and the keys that lead to it.
type scene struct {
	name string
	r    recorded
	keys string                        // separated by spaces
	open func(t *testing.T, d *driver) // shows a screen that no keys lead to; nil: the first one
}

func scenes() []scene {
	const review = "enter enter enter"
	return []scene{
		{name: "connect"},
		{name: "connect-signed-out", r: recorded{signedOut: true}},
		{name: "connect-help", keys: "?"},
		{name: "google", keys: "enter"},
		{name: "google-wrong", keys: "enter B"},
		{name: "google-why", keys: "enter tab ?"},
		{name: "google-more", keys: "enter up tab tab tab tab tab tab tab space tab tab"},
		{name: "google-documents", keys: "enter ctrl+d"},
		{name: "google-list", keys: "enter tab ctrl+l"},
		{name: "aws", keys: "enter enter tab tab tab tab tab"},
		{name: "review", r: recorded{warned: true}, keys: review},
		{name: "review-details", keys: review + " right d"},
		{name: "review-blocked", r: recorded{blocked: true}, keys: review},
		{name: "review-adopted", r: recorded{blocked: true}, keys: review + " a right up d"},
		{name: "review-preflight", r: recorded{warned: true, stopped: true}, keys: review + " p"},
		{name: "review-standing", r: recorded{standing: true}, keys: review},
		{name: "review-question", keys: review + " enter"},
		{name: "apply", keys: review + " enter y"},
		{name: "apply-failed", r: recorded{fails: true}, keys: review + " enter y"},
		{name: "apply-failed-details", r: recorded{fails: true}, keys: review + " enter y d"},
		{name: "verify-consent", keys: review + " enter y enter"},
		{name: "verify", keys: review + " enter y enter y"},
		{name: "verify-without", keys: review + " enter y enter s"},
		{name: "verify-refused", r: recorded{refused: true}, keys: review + " enter y enter y"},
		{name: "verify-evidence", keys: review + " enter y enter y d"},
		{name: "files", keys: review + " enter y enter y enter down space"},
		{name: "files-where", keys: review + " enter y enter y enter o"},
		{name: "files-written", keys: review + " enter y enter y enter enter"},
		{name: "leave", keys: "enter ctrl+c"},
		{name: "google-none", keys: "enter tab ctrl+l z z"},
		{name: "sides", keys: "d"},
		{name: "review-command", keys: review + " down c"},
		{name: "verify-lent", keys: review + " enter y enter d"},
		{name: "files-preview", keys: review + " enter y enter y enter d"},
		{name: "destroy-asks", open: atDestroy},
		{name: "destroy-running", open: atDemolition},
		{name: "destroy-stop", open: func(t *testing.T, d *driver) { atDemolition(t, d); d.key("ctrl+c") }},
		{name: "destroy-done", open: atRubble},
		{name: "destroy-remains", open: func(t *testing.T, d *driver) { atRubble(t, d); d.key("s") }},
		{name: "destroy-failed", open: atHalf},
		{name: "plan-only", open: atPlan},
		{name: "audited", open: atAudit},
		{name: "audited-unfolded", open: atAudit, keys: "down space"},
		{name: "audited-finding", open: atAudit, keys: "enter"},
	}
}

func (s scene) play(t *testing.T, o Options, width, height int) *driver {
	t.Helper()
	r := s.r
	o.Sandbox = true
	d := drive(t, r.engine(), o, width, height)
	d.until("who we are", func() bool { return d.m.asked })
	if s.open != nil {
		s.open(t, d)
	}
	d.press(strings.Fields(s.keys)...)
	return d
}

func atDestroy(t *testing.T, d *driver) {
	b, p := standing(t)
	d.m.bridge, d.m.plan = b, &p
	d.m.at = newRazing(d.m.walk)
}

// destroyed has the name typed, and applies with an engine of the scene's own.
func destroyed(t *testing.T, d *driver, apply func(context.Context, spec.Bridge, steps.Plan, steps.Sink) (steps.Result, error)) {
	atDestroy(t, d)
	d.m.down, d.m.e.Save, d.m.e.Apply = true, nil, apply
	d.write("acme-build").key("enter")
}

// atDemolition stands in the middle of it: an account is gone, and the role is waited for.
func atDemolition(t *testing.T, d *driver) {
	destroyed(t, d, func(ctx context.Context, _ spec.Bridge, _ steps.Plan, sink steps.Sink) (steps.Result, error) {
		const account, role = "google.service-account.to-aws", "aws.role.to-aws"
		sink(steps.Event{Time: recordedAt, Step: account, Kind: steps.Started})
		sink(steps.Event{Time: recordedAt.Add(400 * time.Millisecond), Step: account, Kind: steps.Done})
		sink(steps.Event{Time: recordedAt, Step: role, Kind: steps.Started})
		sink(steps.Event{
			Time: recordedAt, Step: role, Kind: steps.Waiting, Message: "IAM to forget the role", Seen: 1, Want: 3,
			Since: recordedAt.Add(-6 * time.Second), Until: recordedAt.Add(114 * time.Second),
		})
		<-ctx.Done()
		return steps.Result{}, ctx.Err()
	})
	d.until("the role to be waited for", func() bool {
		return d.m.cramped() || slices.ContainsFunc(d.m.run.planks, func(p plank) bool { return p.kind == steps.Waiting })
	})
}

func atRubble(t *testing.T, d *driver) {
	destroyed(t, d, d.m.e.Apply)
	d.settle()
}

// atHalf stands where the role could not be removed.
func atHalf(t *testing.T, d *driver) {
	destroyed(t, d, func(_ context.Context, b spec.Bridge, p steps.Plan, _ steps.Sink) (steps.Result, error) {
		var out steps.Result
		for _, c := range p.Changes {
			s := steps.StepResult{ID: c.ID, Action: c.Action, Outcome: steps.OutcomeDone, Calls: 2, DurationMs: 400}
			switch {
			case c.Action == steps.Keep:
				s.Outcome = steps.OutcomeKept
			case c.ID == "aws.role.to-aws":
				s.Outcome, s.Reason = steps.OutcomeFailed, "delete role: you may not iam:DeleteRole on this path"
				s.Problem = &explain.Problem{
					Op: "delete role " + b.ToAWS.Role.Name, Kind: explain.Denied, Code: "AccessDenied", Permission: "iam:DeleteRole",
					Reason: "not authorized to perform iam:DeleteRole because no identity-based policy allows it",
					Who:    "an administrator of the account", Do: []string{"ask for iam:DeleteRole on role/drawbridge/*"},
				}
			}
			out.Steps = append(out.Steps, s)
		}
		return out, nil
	})
	d.settle()
}

func atPlan(t *testing.T, d *driver) {
	b, p := standing(t)
	d.m.at = looking(d.m.walk, b, p)
}

func atAudit(_ *testing.T, d *driver) {
	d.m.e.Audit = func(context.Context, func(Progress)) (audit.Document, error) { return found(), nil }
	d.m.survey.subject = "acme-build"
	at, begin := newFindings(d.m.walk)
	d.m.at = at
	d.run(begin)
	d.settle()
}
