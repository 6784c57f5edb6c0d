package main

import (
	"errors"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

type initOptions struct {
	streams
	file   fileFlags
	output outputFlags
	reach  reachFlags
	force  bool
}

type initDocument struct {
	heading
	Path string `json:"path"`
}

func newInit(s streams) *cobra.Command {
	o := &initOptions{streams: s}
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a bridge.yaml from --set and defaults; touches no cloud",
		Long: `Write a commented bridge.yaml from --set and defaults. No cloud is asked. An existing file is kept unless
--force is given; -f - writes to stdout.

Every field is listed by drawbridge schema.`,
		Example: "  drawbridge init --set name=ci-to-sqs --set google.project=acme-build --set aws.account=123456789012 \\\n    --set aws.region=ap-southeast-2 --set toAWS.serviceAccount=ci-runner",
		Args:    nothing,
		RunE:    func(*cobra.Command, []string) error { return runInit(o) },
	}
	o.file.bind(c)
	o.file.bindSet(c)
	o.output.bind(c)
	c.Flags().StringVar(&o.reach.region, "region", "", "AWS region where --set names none (default AWS_REGION)")
	c.Flags().StringVar(&o.reach.project, "project", "", "Google project where --set names none (default GOOGLE_CLOUD_PROJECT)")
	c.Flags().BoolVar(&o.force, "force", false, "replace an existing file")
	return c
}

func runInit(o *initOptions) error {
	text, b, err := o.newBridge(o.file.set, o.reach)
	if err != nil {
		return err
	}
	if o.file.path == "-" {
		o.told.printed = true
		_, err := o.out.Write(text)
		return err
	}
	if _, err := os.Lstat(o.file.path); err == nil && !o.force {
		return usage(o.file.path+" exists already", "name another file: -f FILE", "or replace it: --force")
	}
	if err := writeFile(o.file.path, text); err != nil {
		return err
	}
	if o.output.json() {
		return o.document("drawbridge.init/v1", &initDocument{Path: o.file.path})
	}
	p := o.result()
	p.line("wrote %s: bridge %s", o.file.path, b.Name)
	newPrinter(o.err, o.streams, true, false).line("next: drawbridge plan -f %s", o.file.path)
	return nil
}

// newBridge makes a bridge of settings, and of flags and environment where the settings leave a gap.
func (s streams) newBridge(set []string, r reachFlags) ([]byte, spec.Bridge, error) {
	text, b, err := spec.New(set)
	for _, gap := range s.gaps(r) {
		if e, ok := errors.AsType[*spec.Error](err); ok && e.Missing && e.Field == gap.field && gap.value != "" {
			set = append(slices.Clip(set), gap.field+"="+gap.value)
			text, b, err = spec.New(set)
		}
	}
	if err != nil {
		return nil, b, err
	}
	s.told.heading.Bridge = b.Name
	return text, b, agrees(b, r)
}
