package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

type auditOptions struct {
	cloudCommand
	failOn      choice
	allowUnread bool
	baseline    string
	discover    bool
	writeBridge string
	shard       string
	merge       []string
	dir         string // for the result; "": stdout
	part        string // name of a machine's part of a fleet; "": this is the whole
	profiles    []string
	targets     []string
}

// severities from the gravest on; none never fails.
var severities = [...]string{"critical", "high", "medium", "low", "info", "none"}

type auditDocument struct {
	heading
	audit.Document
}

func newAudit(s streams) *cobra.Command {
	o := &auditOptions{cloudCommand: cloudCommand{streams: s}}
	c := &cobra.Command{
		Use:   "audit [DIR|FILE]...",
		Short: "Say who can get in, what has drifted, what is left over, and how to close it",
		Long: `Compare both clouds with the bridge, and ask every security rule about what stands there. Nothing is written to a
cloud. A rule that may not read what it needs is listed as not evaluated, with the missing permission, and never passed.

Name directories or files to audit many bridges: each project and account is read once. --discover needs no bridge: it
joins every trust between the project and the account, and lists what dangles. At a terminal the answer can be walked
through first; --no-input, a pipe or another --format write it out.

Exit code 0: nothing. 3: drift, a finding at or over --fail-on, or a rule of that weight that could not be evaluated.`,
		Example: "  drawbridge audit\n  drawbridge audit --format sarif > audit.sarif\n  drawbridge audit --discover --project acme-build\n" +
			"  drawbridge audit bridges/ --shard 0/4 --format json -o results\n  drawbridge audit --merge results --format html > audit.html",
		RunE: func(c *cobra.Command, args []string) error {
			o.targets = args
			if err := o.checkAudit(); err != nil {
				return err
			}
			if len(o.merge) > 0 {
				return o.mergeFiles()
			}
			return o.on(c, func(ctx context.Context, at *site) error { return runAudit(ctx, o, at) })
		},
	}
	o.cloud.bind(c)
	o.cloud.output.format.allowed = append(slices.Clone(o.cloud.output.format.allowed), "sarif", "junit", "markdown", "html")
	o.failOn = choice{value: "medium", allowed: severities[:]}
	f := c.Flags()
	f.Var(&o.failOn, "fail-on", "answer 3 from this severity on")
	f.BoolVar(&o.allowUnread, "allow-unread", false, "do not answer 3 for rules that could not be evaluated")
	f.StringVar(&o.baseline, "baseline", "", "findings that are known and accepted, each with a reason and a last day: a `FILE` of JSON")
	f.BoolVar(&o.discover, "discover", false, "look at every trust between the project and the account, without a bridge")
	f.StringVar(&o.writeBridge, "write-bridge", "", "with --discover: write a bridge for each trust into `DIR`, to be adopted")
	f.StringVar(&o.shard, "shard", "", "audit only part `I/N` of the bridges, I from 0 (default from the variables of Kubernetes indexed jobs, Cloud Run jobs and AWS Batch)")
	f.StringSliceVar(&o.merge, "merge", nil, "put the JSON results `FILE|DIR,...` of earlier runs together instead of looking")
	f.StringVarP(&o.dir, "output", "o", "", "write the result into `DIR`, under a name of its own for each part of a fleet")
	f.StringArrayVar(&o.profiles, "account-profile", nil, "AWS profile for one account of many: `ACCOUNT=PROFILE` (repeatable)")
	return c
}

func (o *auditOptions) checkAudit() error {
	switch {
	case o.writeBridge != "" && !o.discover:
		return usage("--write-bridge needs --discover", "add --discover")
	case o.discover && (len(o.targets) > 0 || o.cloud.file.named()):
		return usage("--discover looks without a bridge", "leave the files out")
	case len(o.targets) > 0 && o.cloud.file.named() && len(o.merge) == 0:
		return usage("bridges are named twice, by -f and as arguments", "leave -f out")
	case len(o.merge) > 0 && (o.discover || o.shard != "" || o.cloud.file.named()):
		return usage("--merge puts results together and looks at nothing", "leave --discover, --shard and -f out")
	case len(o.merge) == 0 && o.dir != "" && o.cloud.output.format.value == "text":
		return usage("-o writes a file for programs or browsers, and text is for the screen", "add --format json, sarif, junit, markdown or html")
	case len(o.profiles) > 0 && len(o.targets) == 0:
		return usage("--account-profile is for many bridges, and none is named", "name a directory or files, or pass --profile")
	case o.shard != "" && len(o.targets) == 0:
		return usage("--shard parts many bridges, and none is named", "name a directory or files")
	}
	return nil
}

func runAudit(ctx context.Context, o *auditOptions, at *site) error {
	read, err := o.reading(ctx, at)
	if err != nil {
		return err
	}
	if o.onScreen() && o.dir == "" {
		return o.lookAround(ctx, at, read)
	}
	known, err := o.readBaseline() // before anything is asked
	if err != nil {
		return err
	}
	d, err := read(ctx, func(ui.Progress) {})
	if err != nil {
		return err
	}
	return o.answer(o.accept(known, d))
}

// reading is what will be read. A bridge that cannot be used is refused here, before any screen.
func (o *auditOptions) reading(ctx context.Context, at *site) (reading, error) {
	switch {
	case o.discover:
		return func(ctx context.Context, tell func(ui.Progress)) (audit.Document, error) {
			tell(ui.Progress{Doing: "reading every trust between the project and the account"})
			return o.discovered(ctx, at)
		}, nil
	case len(o.targets) > 0:
		return func(ctx context.Context, tell func(ui.Progress)) (audit.Document, error) {
			tell(ui.Progress{Doing: o.everyBridge()})
			return o.fleet(ctx, at, tell)
		}, nil
	}
	return o.bridge(ctx, at)
}

// bridge audits the one bridge of the file.
func (o *auditOptions) bridge(ctx context.Context, at *site) (reading, error) {
	s, err := o.session(ctx, at, changeFlags{})
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tell func(ui.Progress)) (audit.Document, error) {
		tell(ui.Progress{Doing: "asking both clouds who we are"})
		if err := s.begin(ctx); err != nil {
			return audit.Document{}, err
		}
		return s.auditTelling(ctx, tell, s.inventory)
	}, nil
}

// answer shows the result and answers no if it is one.
func (o *auditOptions) answer(d audit.Document) error {
	if err := o.write(d); err != nil {
		return err
	}
	return o.verdict(d)
}

// accept takes what the baseline accepts out of the findings.
func (o *auditOptions) accept(known audit.Baseline, d audit.Document) audit.Document {
	open, accepted := known.Split(d.Findings, o.now())
	out := audit.NewDocument(d.Drift, open, append(d.Accepted, accepted...), d.NotEvaluated, d.Trusts, d.Summary.Bridges)
	out.Bridges = d.Bridges
	return out
}

func (o *auditOptions) verdict(d audit.Document) error {
	if d.Answer(audit.Severity(o.failOn.value), o.allowUnread) {
		return &noError{answer: "the audit found something"}
	}
	return nil
}

func (o *auditOptions) readBaseline() (audit.Baseline, error) {
	if o.baseline == "" {
		return audit.Baseline{}, nil
	}
	data, err := o.readFile(o.baseline)
	if err != nil {
		return audit.Baseline{}, err
	}
	known, err := audit.ParseBaseline(data)
	if err != nil {
		return audit.Baseline{}, &usageError{what: o.baseline + ": " + err.Error(), do: []string{`write {"accept": [{"id": …, "resource": …, "reason": …, "until": "2027-01-31"}]}`}, err: err}
	}
	return known, nil
}
