package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker in releases (-X main.version=1.2.3 -X main.commit=abcdef0), and by nothing else.
var version, commit string

// versionName is the release, or what the Go tool recorded about the source.
func versionName() string {
	if version != "" {
		return version
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
	text := "drawbridge " + versionName()
	if commit != "" {
		text += " (" + commit + ")"
	}
	o.result().line("%s", text)
	return nil
}

// result is the printer of results, for commands whose text needs no colour.
func (s streams) result() printer {
	s.told.printed = true
	return newPrinter(s.out, s, true, false)
}
