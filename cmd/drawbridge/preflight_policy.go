package main

import (
	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

func purposes() []string {
	var out []string
	for _, p := range steps.Purposes() {
		out = append(out, string(p))
	}
	return out
}

type policyDocument struct {
	heading
	Purpose string           `json:"purpose"`
	Google  steps.GoogleRole `json:"google"`
	AWS     spec.Document    `json:"aws"`
}

// runPrintPolicy prints what an operator has to be allowed to do. It needs nothing but the file.
func runPrintPolicy(c *cobra.Command, o *preflightOptions) error {
	if err := o.cloud.check(c); err != nil {
		return err
	}
	b, err := o.readBridge(&o.cloud, changeFlags{})
	if err != nil {
		return err
	}
	purpose := steps.Purpose(o.policy.value)
	rights := steps.RightsFor(b, purpose)
	if o.cloud.output.json() {
		o.told.heading.Bridge = b.Name
		return o.document("drawbridge.policy/v1", &policyDocument{
			Purpose: o.policy.value, Google: rights.GoogleRole(b, purpose), AWS: rights.Policy(b),
		})
	}
	p := o.printer()
	p.line("Google Cloud: a custom role for project %s", b.Google.Project)
	p.blank()
	p.line("title: %s", rights.GoogleRole(b, purpose).Title)
	p.line("stage: GA")
	p.line("includedPermissions:")
	for _, permission := range rights.Google {
		p.line("- %s", permission)
	}
	p.blank()
	p.line("AWS: a policy for account %s", b.AWS.Account)
	p.blank()
	p.line("%s", rights.Policy(b).JSON())
	return nil
}
