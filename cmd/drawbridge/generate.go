package main

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

type generateOptions struct {
	cloudCommand
	kinds   []string
	dir     string
	check   bool
	program string
	fleet   bool
	wanted  workloadFlags
	life    time.Duration
	into    string
	there   map[string]bool // ids of the steps whose things a plan found as wanted
}

// programPath is what the two that start programs can read: Google's libraries split at spaces and know no quotes.
var programPath = regexp.MustCompile(`^/[\w./+-]+$`)

func newGenerate(s streams) *cobra.Command {
	o := &generateOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "generate KIND...",
		Short: "Write the files that workloads and people use: " + either(artifact.Kinds()),
		Long: `Write the files that workloads and people use. No file holds a secret, and equal input gives equal bytes.

  terraform          both clouds for Terraform, a module each (needs -o DIR); --fleet: one root for many bridges
  cloudformation     the AWS half as a CloudFormation template
  shell              gcloud and aws lines that may be run twice
  credential-config  Google's client libraries on AWS act through the bridge (GOOGLE_APPLICATION_CREDENTIALS)
  aws-config         profiles for ~/.aws/config, for AWS SDKs on Google; --into FILE puts them into one that is there
  workload           scripts, manifests, units and samples for where the workload runs (needs -o DIR)
  report             one page in Markdown: what exists, why, who can do what, how to revoke and remove it

One file goes to stdout; more need -o DIR, where a manifest remembers their hashes.
Exit code 3 with --check: a file is stale, edited or missing.`,
		Example:           "  drawbridge generate credential-config > credential-config.json\n  drawbridge generate credential-config report -o out\n  drawbridge generate report -o out --check",
		Args:              o.takeKinds,
		ValidArgsFunction: cobra.FixedCompletions(artifact.Kinds(), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(c *cobra.Command, _ []string) error {
			return o.on(c, func(ctx context.Context, at *site) error { return runGenerate(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	c.Flags().StringVarP(&o.dir, "output", "o", "", "write into `DIR`")
	c.Flags().BoolVar(&o.check, "check", false, "write nothing; compare with what is in DIR")
	c.Flags().StringVar(&o.program, "program", artifact.DefaultProgram, "where drawbridge lies on the workload (`PATH`)")
	c.Flags().BoolVar(&o.fleet, "fleet", false, "terraform: as one of many bridges under one root")
	c.Flags().DurationVar(&o.life, "token-lifetime", 0, "credential-config: life of an access token, 10m to 12h (default an hour)")
	c.Flags().StringVar(&o.into, "into", "", "aws-config: put the profiles into this `FILE`, every other one untouched")
	o.wanted.bind(c)
	return c
}

// takeKinds checks the arguments before anything is opened.
func (o *generateOptions) takeKinds(c *cobra.Command, args []string) error {
	valid := either(artifact.Kinds())
	if len(args) == 0 {
		return usage("generate what?", "name one or more of: "+valid)
	}
	for _, a := range args {
		if !slices.Contains(artifact.Kinds(), a) {
			return usage("there is no kind of file "+quoted([]string{a}), "use "+valid)
		}
		if !slices.Contains(o.kinds, a) {
			o.kinds = append(o.kinds, a)
		}
	}
	if err := o.wanted.check(c, o.kinds); err != nil {
		return err
	}
	return o.checkTarget()
}

// checkTarget checks where the files go.
func (o *generateOptions) checkTarget() error {
	switch {
	case o.into != "" && (len(o.kinds) != 1 || o.kinds[0] != "aws-config" || o.dir != ""):
		return usage("--into is for aws-config alone", "write drawbridge generate aws-config --into FILE")
	case o.fleet && !slices.Contains(o.kinds, "terraform"):
		return usage("--fleet says something about Terraform files", "add the kind terraform")
	case o.life != 0 && (o.life < 10*time.Minute || o.life > 12*time.Hour):
		return usage("--token-lifetime "+o.life.String()+" is outside 10m to 12h", "leave it out for an hour, which needs no policy of the organisation")
	case !programPath.MatchString(o.program):
		return usage("--program "+o.program+" is no absolute path of plain letters", "write it without spaces, such as "+artifact.DefaultProgram)
	case o.dir == "" && (len(o.kinds) > 1 || slices.ContainsFunc(o.kinds, artifact.Several)) && !o.cloud.output.json():
		return usage("only one file can go to stdout", "name a directory: -o DIR")
	case o.dir == "" && o.into == "" && o.check:
		return usage("--check compares with files in a directory", "name it: -o DIR")
	}
	return nil
}

func runGenerate(ctx context.Context, o *generateOptions, at *site) error {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return err
	}
	s.program = o.program
	files, err := o.make(ctx, s)
	if err != nil {
		return err
	}
	o.remaining(files)
	switch {
	case o.into != "":
		return o.merge(at, o.input(s).Profiles())
	case o.check:
		return o.compare(files)
	case o.dir != "":
		written, err := s.writeInto(o.dir, files)
		if err != nil {
			return err
		}
		return o.list(written)
	}
	return o.toStdout(files)
}

// make reads what the files need to know, if any of them needs something of the clouds, and makes them.
func (o *generateOptions) make(ctx context.Context, s *session) ([]artifact.File, error) {
	if slices.Contains(o.kinds, "terraform") {
		if err := o.look(ctx, s); err != nil {
			return nil, err
		}
	}
	files, err := makeFiles(o.kinds, o.input(s))
	if !unknownFact(err) {
		return files, err
	}
	if err := o.look(ctx, s); err != nil {
		return nil, err
	}
	return makeFiles(o.kinds, o.input(s))
}

func (o *generateOptions) input(s *session) artifact.Input {
	in := s.input()
	in.There, in.Fleet, in.Lifetime = o.there, o.fleet, o.life
	o.wanted.fill(&in)
	return in
}

// look plans: that fills the facts, and tells what is there as the file asks.
func (o *generateOptions) look(ctx context.Context, s *session) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	plan, err := s.graph.Plan(ctx, s.world, steps.Present, nil)
	if err != nil {
		return err
	}
	o.there = map[string]bool{}
	for _, c := range plan.Changes {
		o.there[c.ID] = c.Action == steps.Keep
	}
	return nil
}

// remaining tells what the readers of the files cannot do.
func (o *generateOptions) remaining(files []artifact.File) {
	for _, f := range files {
		if len(f.Remaining) > 0 {
			o.progress().line("%s leaves to you, after it is applied:", f.Path)
		}
		for _, c := range f.Remaining {
			o.progress().line("  %s", c)
		}
	}
}

func (o *generateOptions) compare(files []artifact.File) error {
	states, err := compareFiles(files, o.dir)
	if err != nil {
		return err
	}
	if err := o.list(states); err != nil {
		return err
	}
	for _, f := range states {
		if f.State != artifact.Current {
			return &noError{answer: "not every file is current"}
		}
	}
	return nil
}

func (o *generateOptions) list(files []generated) error {
	if o.cloud.output.json() {
		return o.document("drawbridge.generate/v1", &generateDocument{Files: never(files)})
	}
	p := o.printer()
	for _, f := range files {
		p.line("%s %s", pad(string(f.State), 8), f.Path)
	}
	return nil
}

// toStdout writes the bytes of the one file, untouched; in JSON all files are in the document.
func (o *generateOptions) toStdout(files []artifact.File) error {
	if o.cloud.output.json() {
		list := make([]generated, 0, len(files))
		for _, f := range files {
			list = append(list, generated{f.Path, f.Kind, artifact.Hash(f.Bytes), artifact.Missing, string(f.Bytes)})
		}
		return o.list(list)
	}
	o.told.printed = true
	for _, f := range files {
		if _, err := o.out.Write(f.Bytes); err != nil {
			return err
		}
	}
	return nil
}
