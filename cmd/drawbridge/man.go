package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(s streams) *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Long:    "Print the manual page of drawbridge and all its commands, in roff.",
		Example: "  drawbridge man | man -l -",
		Args:    nothing,
		RunE: func(c *cobra.Command, _ []string) error {
			s.told.printed = true
			return manual(s.out, c.Root())
		},
	}
}

// manual writes the page straight from the commands. It carries no date, so that equal programs give equal pages.
func manual(w io.Writer, root *cobra.Command) error {
	var out strings.Builder
	fmt.Fprintf(&out, ".TH DRAWBRIDGE 1 \"\" \"drawbridge %s\"\n.SH NAME\ndrawbridge \\- %s\n", roff(versionName()), roff(root.Short))
	fmt.Fprintf(&out, ".SH SYNOPSIS\n.B drawbridge\n[COMMAND] [flags]\n.SH DESCRIPTION\n")
	roffText(&out, root.Long)
	roffFlags(&out, root, ".SH OPTIONS\n")
	out.WriteString(".SH COMMANDS\n")
	for _, c := range root.Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		fmt.Fprintf(&out, ".SS %s\n", roff(useLine(c)))
		roffText(&out, c.Long)
		roffFlags(&out, c, "")
	}
	out.WriteString(".SH EXIT STATUS\n")
	for _, e := range exits() {
		fmt.Fprintf(&out, ".TP\n.B %d\n%s\n", e.code, roff(e.means))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func roffFlags(out *strings.Builder, c *cobra.Command, heading string) {
	if !c.HasAvailableLocalFlags() {
		return
	}
	out.WriteString(heading)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		name, text := flagHead(f)
		fmt.Fprintf(out, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(name)), roff(text))
	})
}

// roffText keeps lines as they are: the texts were broken by hand.
func roffText(out *strings.Builder, text string) {
	out.WriteString(".nf\n")
	for l := range strings.SplitSeq(text, "\n") {
		out.WriteString(roff(l) + "\n")
	}
	out.WriteString(".fi\n")
}

// roff escapes what would be read as a request or as another dash.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
