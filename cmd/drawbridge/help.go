package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help writes what a command does, how it is called, and its flags. It asks the terminal for nothing: on one that never
// answers it must still appear at once.
func help(p printer, c *cobra.Command) {
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	paragraph(p, text)
	p.blank()
	p.line("%s", p.strong("Usage"))
	p.line("  %s", useLine(c))
	if c.HasAvailableSubCommands() {
		p.line("  %s COMMAND [flags]", c.CommandPath())
	}
	commands(p, c)
	if c.Example != "" {
		p.blank()
		p.line("%s", p.strong("Examples"))
		paragraph(p, c.Example)
	}
	flagList(p, c)
	if c.HasAvailableSubCommands() {
		p.blank()
		p.line("See %s COMMAND --help for the flags of a command.", c.CommandPath())
	}
}

func useLine(c *cobra.Command) string {
	line := c.CommandPath() + strings.TrimPrefix(c.Use, c.Name())
	if c.HasAvailableLocalFlags() {
		line += " [flags]"
	}
	return line
}

func paragraph(p printer, text string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line("%s", l)
	}
}

func commands(p printer, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	p.blank()
	p.line("%s", p.strong("Commands"))
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			p.line("  %s %s", pad(sub.Name(), 12), sub.Short)
		}
	}
}

func flagList(p printer, c *cobra.Command) {
	if !c.HasAvailableLocalFlags() {
		return
	}
	p.blank()
	p.line("%s", p.strong("Flags"))
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, text := flagHead(f)
		if len(name) > 34 {
			p.line("  %s", name)
			name = ""
		}
		p.line("  %s %s", pad(name, 34), text)
	})
}

// flagHead is "-f, --file FILE" and its explanation with the default.
func flagHead(f *pflag.Flag) (string, string) {
	name := "    --" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", --" + f.Name
	}
	value, text := pflag.UnquoteUsage(f)
	if value != "" {
		name += " " + value
	}
	if d := f.DefValue; d != "" && d != "false" && d != "[]" && d != "0" && d != "0s" {
		text += " (default " + d + ")"
	}
	return name, text
}
