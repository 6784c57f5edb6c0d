package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/steps"
	"github.com/drawbridge-cloud/drawbridge/verify"
)

type auditOptions struct {
	cloudCommand
	failOn      choice
	allowUnread bool
}

// severities from the gravest on; none never fails.
var severities = [...]string{"critical", "high", "medium", "low", "info", "none"}

type finding struct {
	ID        string `json:"id"`
	Severity  string `json:"severity"`
	Cloud     string `json:"cloud"`
	Resource  string `json:"resource"`
	Title     string `json:"title"`
	Evidence  string `json:"evidence"`
	Fix       string `json:"fix"`
	Command   string `json:"command"`
	Reference string `json:"reference"`
}

type notEvaluated struct {
	ID       string `json:"id"`
	Severity string `json:"severity"`
	Reason   string `json:"reason"`
}

type auditDocument struct {
	heading
	Drift        []steps.Change `json:"drift"`
	Findings     []finding      `json:"findings"`
	NotEvaluated []notEvaluated `json:"notEvaluated"`
	Summary      auditSummary   `json:"summary"`
}

type auditSummary struct {
	Drift        int            `json:"drift"`
	Findings     map[string]int `json:"findings"` // by severity
	NotEvaluated int            `json:"notEvaluated"`
}

func newAudit(s streams) *cobra.Command {
	o := &auditOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "audit",
		Short: "Say what has drifted from the bridge",
		Long: `Compare both clouds with the bridge and say what has drifted: changed by hand, gone, or never made. Nothing is
written to a cloud. This version evaluates no security rule; it says so in its result.

Exit code 0: nothing drifted. 3: something did.`,
		Example: "  drawbridge audit\n  drawbridge audit --format json",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runAudit(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.failOn = choice{value: "medium", allowed: severities[:]}
	c.Flags().Var(&o.failOn, "fail-on", "answer 3 from this severity on")
	c.Flags().BoolVar(&o.allowUnread, "allow-unread", false, "do not answer 3 for rules that could not be evaluated")
	return c
}

func runAudit(ctx context.Context, o *auditOptions, at *site) error {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	plan, err := s.graph.Plan(ctx, s.world, steps.Present, nil)
	if err != nil {
		return err
	}
	left, err := verify.Leftovers(ctx, s.world)
	if err != nil {
		return err
	}
	d := auditOf(plan, left)
	if err := o.show(s, plan, left, d); err != nil {
		return err
	}
	if len(d.Drift) > 0 || !o.allowUnread && o.failOn.value == "info" {
		return &noError{answer: "the clouds differ from the bridge"}
	}
	return nil
}

// auditOf counts as drift what a plan would change, and borrowed access that a killed run left behind.
func auditOf(plan steps.Plan, left []steps.Change) *auditDocument {
	d := &auditDocument{Drift: []steps.Change{}, Findings: []finding{}, Summary: auditSummary{Findings: map[string]int{}}}
	for _, c := range changesOf(slices.Concat(plan.Changes, left)) {
		if c.Action != steps.Keep {
			d.Drift = append(d.Drift, c)
		}
	}
	// Informational, because a rule that nobody wrote cannot be said to be of any other weight.
	d.NotEvaluated = []notEvaluated{{ID: "rules", Severity: "info", Reason: "this version reports drift only and evaluates no security rule"}}
	d.Summary.Drift, d.Summary.NotEvaluated = len(d.Drift), len(d.NotEvaluated)
	return d
}

func (o *auditOptions) show(s *session, plan steps.Plan, left []steps.Change, d *auditDocument) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.audit/v1", d)
	}
	p := o.printer()
	p.plan(s.bridge, plan)
	for _, c := range left {
		p.change(c)
	}
	for _, n := range d.NotEvaluated {
		p.line("%s", p.muted("not evaluated: "+n.Reason))
	}
	return nil
}
