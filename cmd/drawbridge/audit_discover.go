package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// discovered looks at every trust between the project and the account that we are signed in to.
func (o *auditOptions) discovered(ctx context.Context, at *site) (audit.Document, error) {
	any := at.anyBridge()
	if any.Google.Project == "" {
		return audit.Document{}, usage("no project is named", "pass --project, or set GOOGLE_CLOUD_PROJECT")
	}
	google, aws, err := cloud.Open(ctx, at.options(any))
	if err != nil {
		return audit.Document{}, endpointUsage(err)
	}
	ops := cloud.SignIn(ctx, google, aws)
	h := &o.told.heading
	h.Operator, h.Endpoints, h.Bridge = operatorOf(ops), "real", any.Google.Project+" and "+ops.AWS.Account
	if !google.Real || !aws.Real {
		h.Endpoints, o.told.place = "other", "NOT THE REAL CLOUDS"
	}
	if at.flags.sandbox.on {
		o.told.place = "SANDBOX"
	}
	if err := signInError(ops); err != nil {
		return audit.Document{}, err
	}
	inv, err := inventory.Read(ctx, inventory.Source{Google: google, AWS: aws, Project: any.Google.Project, Account: ops.AWS.Account, Now: o.now})
	if err != nil {
		return audit.Document{}, err
	}
	if o.writeBridge != "" {
		if err := o.writeBridges(inv); err != nil {
			return audit.Document{}, err
		}
	}
	report := audit.Evaluate(inv)
	return audit.NewDocument(nil, report.Findings, nil, report.NotEvaluated, report.Trusts, 0), nil
}

// writeBridges writes one bridge for each trust of which both halves stand. A file that is there is never replaced.
func (o *auditOptions) writeBridges(inv inventory.Inventory) error {
	files, left := audit.Bridges(inv)
	if err := os.MkdirAll(o.writeBridge, 0o700); err != nil {
		return fmt.Errorf("write the bridges: %w", err)
	}
	p := o.progress()
	for _, f := range files {
		path := filepath.Join(o.writeBridge, f.Name)
		if _, err := os.Lstat(path); err == nil {
			p.line("%s is there already and stays as it is", path)
			continue
		}
		if err := writeFile(path, f.Text); err != nil {
			return fmt.Errorf("write the bridges: %w", err)
		}
		p.line("wrote %s", path)
	}
	for _, why := range left {
		p.line("no bridge for %s", why)
	}
	return nil
}
