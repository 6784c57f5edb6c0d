package main

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// choice is a flag with a fixed list of values.
type choice struct {
	value   string
	allowed []string
}

var _ pflag.Value = (*choice)(nil)

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.allowed, "|") }

func (c *choice) Set(v string) error {
	if !slices.Contains(c.allowed, v) {
		return usage("use " + either(c.allowed))
	}
	c.value = v
	return nil
}

func either(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// fileFlags say which bridge.
type fileFlags struct {
	path string
	set  []string
	// named tells a file that was asked for from the default, which may be absent.
	named func() bool
}

func (f *fileFlags) bind(c *cobra.Command) {
	c.Flags().StringVarP(&f.path, "file", "f", "bridge.yaml", "the bridge; - reads stdin")
	f.named = func() bool { return c.Flags().Changed("file") }
}

func (f *fileFlags) bindSet(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.set, "set", nil, "set any field: `PATH=VALUE`, such as toGoogle.role.name=reader (repeatable)")
}

// outputFlags say how results and progress look.
type outputFlags struct {
	format  choice
	noColor bool
}

func (o *outputFlags) bind(c *cobra.Command) {
	o.format = choice{value: "text", allowed: []string{"text", "json"}}
	c.Flags().Var(&o.format, "format", "how the result is written to stdout")
	c.Flags().BoolVar(&o.noColor, "no-color", false, "no colours")
}

func (o *outputFlags) json() bool { return o.format.value == "json" }

// consentFlags say who is asked.
type consentFlags struct {
	yes        bool
	noInput    bool
	accessible bool
}

func (a *consentFlags) bind(c *cobra.Command) {
	c.Flags().BoolVar(&a.yes, "yes", false, "make the changes without asking; never implies --borrow")
	c.Flags().BoolVar(&a.noInput, "no-input", false, "ask nothing; fail where an answer is needed")
	c.Flags().BoolVar(&a.accessible, "accessible", false, "ask plain questions, line by line, on a pipe too")
}

// interactive reports whether a person is there to be asked.
func (a *consentFlags) interactive(s streams) bool {
	return s.terminal() && !a.yes && !a.noInput && s.env("CI") == ""
}

// reachFlags say as whom, how long and where the clouds are reached.
type reachFlags struct {
	timeout     time.Duration
	log         string
	profile     string
	region      string
	project     string
	impersonate string
	endpoints   []string
}

func (r *reachFlags) bind(c *cobra.Command) {
	f := c.Flags()
	f.DurationVar(&r.timeout, "timeout", 0, "give up after this long, such as 10m (default no limit)")
	f.StringVar(&r.log, "log", "", "append a line for each call to `FILE`: method, host, path, status, time; never a body")
	f.StringVar(&r.profile, "profile", "", "AWS profile (default AWS_PROFILE)")
	f.StringVar(&r.region, "region", "", "AWS region where the file names none; must not contradict it")
	f.StringVar(&r.project, "project", "", "Google project where the file names none; must not contradict it")
	f.StringVar(&r.impersonate, "impersonate-service-account", "", "call Google as this service account (`EMAIL`)")
	f.Func("allow-endpoint", "accept this `HOST` as an endpoint besides loopback and the clouds' own (repeatable)", func(v string) error {
		if v == "" || strings.ContainsAny(v, "/:@* ") {
			return errors.New("want a host name alone, without scheme, port or path")
		}
		r.endpoints = append(r.endpoints, v)
		return nil
	})
}

// cloudFlags are the flags of every command that asks a cloud.
type cloudFlags struct {
	file    fileFlags
	output  outputFlags
	consent consentFlags
	reach   reachFlags
	sandbox sandboxFlags
}

func (f *cloudFlags) bind(c *cobra.Command) {
	f.file.bind(c)
	f.output.bind(c)
	f.consent.bind(c)
	f.reach.bind(c)
	f.sandbox.bind(c)
}

func (f *cloudFlags) check(c *cobra.Command) error {
	if f.reach.timeout < 0 {
		return usage("--timeout is negative", "give a duration such as 10m")
	}
	if err := f.sandbox.check(c); err != nil || !f.sandbox.on {
		return err
	}
	return knobError(sandbox.CheckProfile(f.reach.profile), "")
}

// changeFlags are consent beyond the file, for commands that plan changes.
type changeFlags struct {
	adopt   []string
	account string
}

func (f *changeFlags) bind(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.adopt, "adopt", nil, "take over what exists under this `FIELD`'s name, such as toAWS.role (repeatable)")
	c.Flags().Func("accept-account", "accept this `NUMBER` of a re-created service account", func(v string) error {
		if v == "" || strings.Trim(v, "0123456789") != "" {
			return errors.New("want the live account's number, 21 digits, as the plan names it")
		}
		f.account = v
		return nil
	})
}

// settings is the consent of --adopt in the form of --set.
func (f *changeFlags) settings() []string {
	set := make([]string, 0, len(f.adopt))
	for _, field := range f.adopt {
		set = append(set, "adopt+="+field)
	}
	return set
}

// proofFlags say how the bridge is proved.
type proofFlags struct {
	borrow     bool
	from       choice
	directions []string
	noDoors    bool
}

func (f *proofFlags) bind(c *cobra.Command) {
	f.from = choice{value: "auto", allowed: []string{"auto", "operator", "workload"}}
	c.Flags().BoolVar(&f.borrow, "borrow", false, "consent to borrowed access: exactly the caller, at most 15 minutes, taken back afterwards")
	c.Flags().Var(&f.from, "from", "where the proof starts")
	c.Flags().StringArrayVar(&f.directions, "direction", nil, "prove only `to-aws` or to-google")
	c.Flags().BoolVar(&f.noDoors, "no-doors", false, "leave out the doors that must stay shut (they show in CloudTrail as denied calls)")
}
