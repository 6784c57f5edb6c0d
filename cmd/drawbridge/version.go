package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is set by the linker in releases (-X main.release=1.2.3) and by nothing else.
var release string

// version is the release, or what the Go tool recorded about the source.
func version() string {
	if release != "" {
		return release
	}
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" || build.Main.Version == "(devel)" {
		return "devel"
	}
	return build.Main.Version
}

type versionOptions struct {
	streams
	output outputFlags
}

type versionDocument struct {
	heading
}

func newVersion(s streams) *cobra.Command {
	o := versionOptions{streams: s}
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  nothing,
		RunE:  func(*cobra.Command, []string) error { return runVersion(o) },
	}
	o.output.bind(c)
	return c
}

func runVersion(o versionOptions) error {
	if o.output.json() {
		return o.document("drawbridge.version/v1", &versionDocument{})
	}
	o.result().line("drawbridge %s", version())
	return nil
}

// result is the printer of results, for commands whose text needs no colour.
func (s streams) result() printer {
	s.told.printed = true
	return newPrinter(s.out, s, true, false)
}
