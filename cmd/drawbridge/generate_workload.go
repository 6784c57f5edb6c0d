package main

import (
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

// workloadFlags say which workload files are for.
type workloadFlags struct {
	runtimes []string
	image    string
	shards   int
}

func (f *workloadFlags) bind(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.runtimes, "runtime", nil, "workload: only for this `RUNTIME`: "+either(artifact.Runtimes())+" (repeatable)")
	c.Flags().StringVar(&f.image, "image", "", "workload: the container's `IMAGE` (default "+artifact.DefaultImage+")")
	c.Flags().IntVar(&f.shards, "audit", 0, "workload: an audit of many bridges that is spread over `N` machines")
}

var imageName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,254}$`)

func (f *workloadFlags) check(c *cobra.Command, kinds []string) error {
	for _, name := range []string{"runtime", "image", "audit"} {
		if c.Flags().Changed(name) && !slices.Contains(kinds, "workload") {
			return usage("--"+name+" says something about workload files", "add the kind workload")
		}
	}
	for _, r := range f.runtimes {
		if !slices.Contains(artifact.Runtimes(), r) {
			return usage("there is no runtime "+quoted([]string{r}), "use "+either(artifact.Runtimes()))
		}
	}
	switch {
	case f.image != "" && !imageName.MatchString(f.image):
		return usage("--image "+f.image+" is no container image", "write REGISTRY/NAME:TAG")
	case c.Flags().Changed("audit") && (f.shards < 2 || f.shards > 1000):
		return usage("an audit is spread over 2 to 1000 machines", "write --audit N with such a number")
	}
	return nil
}

// fill puts them into what files are made from.
func (f *workloadFlags) fill(in *artifact.Input) {
	in.Runtimes, in.Image = f.runtimes, f.image
	if f.shards == 0 {
		return
	}
	if in.Image == "" {
		in.Image = "drawbridge-audit:latest"
	}
	in.Jobs = &artifact.Fleet{
		Image: in.Image, Shards: f.shards, Project: in.Bridge.Google.Project, Account: in.Bridge.AWS.Account, Region: in.Bridge.AWS.Region,
	}
}
