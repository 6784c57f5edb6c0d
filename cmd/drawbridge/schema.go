package main

import (
	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

type schemaOptions struct {
	streams
	output outputFlags
	ids    bool
}

type idsDocument struct {
	heading
	IDs []steps.IDForm `json:"ids"`
}

func newSchema(s streams) *cobra.Command {
	o := &schemaOptions{streams: s}
	c := &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of bridge.yaml, or the ids of all steps",
		Long:    "Print the JSON Schema of bridge.yaml. With --ids: the forms of all step ids that plans, events and results use.",
		Example: "  drawbridge schema > bridge.schema.json\n  drawbridge schema --ids",
		Args:    nothing,
		RunE:    func(*cobra.Command, []string) error { return runSchema(o) },
	}
	o.output.bind(c)
	c.Flags().BoolVar(&o.ids, "ids", false, "list the ids of steps instead")
	return c
}

func runSchema(o *schemaOptions) error {
	if !o.ids {
		o.told.printed = true
		_, err := o.out.Write(spec.Schema())
		return err
	}
	if o.output.json() {
		return o.document("drawbridge.ids/v1", &idsDocument{IDs: never(steps.IDs())})
	}
	p := o.result()
	for _, id := range steps.IDs() {
		p.line("%s %s", pad(id.ID, 42), id.Why)
	}
	return nil
}
