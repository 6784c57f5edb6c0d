package main

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// knobs shape the sandbox's world.
type knobs struct {
	state      string
	latency    time.Duration
	lag        time.Duration
	seed       uint64
	asVM       string
	asInstance string
	faults     []string
}

func (k *knobs) bind(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&k.state, "sandbox-state", "", "keep the sandbox's world in `FILE` between runs")
	f.DurationVar(&k.latency, "latency", 0, "sandbox: delay of every reply")
	f.DurationVar(&k.lag, "lag", 0, "sandbox: how long a write stays invisible to reads")
	f.Uint64Var(&k.seed, "seed", 0, "sandbox: makes ids and numbers reproducible")
	f.StringVar(&k.asVM, "as-vm", "", "sandbox: serve the metadata of this VM (`NAME`; default the last one made)")
	f.StringVar(&k.asInstance, "as-instance", "", "sandbox: serve the metadata of this instance (`ID`; default the last one given a profile)")
	f.StringArrayVar(&k.faults, "fault", nil, "sandbox: `CALL=ERROR[*N]`, such as aws.iam.CreateRole=Throttling*2 (repeatable)")
}

// check refuses faults that cannot be read or that name nothing, before anything is started.
func (k *knobs) check() error {
	for _, f := range k.faults {
		if err := sandbox.CheckFaults(f); err != nil {
			return knobError(err, "--fault "+f+" cannot be read")
		}
	}
	if k.latency < 0 || k.lag < 0 {
		return usage("--latency and --lag cannot be negative", "give a duration such as 50ms")
	}
	return nil
}

// knobError makes wrong usage of what names nothing in the sandbox; other errors stay what they are, unless what says
// otherwise.
func knobError(err error, what string) error {
	if knob, ok := errors.AsType[*sandbox.KnobError](err); ok {
		return &usageError{what: "--" + knob.Knob + " " + knob.Value + ": " + knob.What, do: []string{"choose from: " + strings.Join(knob.Known, ", ")}, err: err}
	}
	if what == "" {
		return err
	}
	return &usageError{what: what, do: []string{err.Error()}, err: err}
}

// names lists the flags of knobs, to tell which of them need --sandbox.
func (k *knobs) names() []string {
	return []string{"sandbox-state", "latency", "lag", "seed", "as-vm", "as-instance", "fault"}
}

// sandboxFlags put the embedded clouds in the place of the real ones.
type sandboxFlags struct {
	on bool
	knobs
}

func (s *sandboxFlags) bind(c *cobra.Command) {
	c.Flags().BoolVar(&s.on, "sandbox", false, "use the embedded clouds instead of the real ones")
	s.knobs.bind(c)
}

func (s *sandboxFlags) check(c *cobra.Command) error {
	for _, name := range s.names() {
		if c.Flags().Changed(name) && !s.on {
			return usage("--"+name+" shapes the sandbox, and --sandbox is not given", "add --sandbox, or leave --"+name+" out")
		}
	}
	return s.knobs.check()
}
