package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

// run is the whole program: arguments in, exit code out.
func run(s streams) exitCode {
	ctx, stop := interruptible(context.Background())
	defer stop()
	root := newRoot(s)
	root.SetArgs(s.args)
	return tell(s, root.ExecuteContext(ctx))
}

// newRoot is drawbridge with all its commands, in the order in which help lists them.
func newRoot(s streams) *cobra.Command {
	o := &setupOptions{cloudCommand: cloudCommand{streams: s}, root: true}
	root := &cobra.Command{
		Use:   "drawbridge",
		Short: "Let Google Cloud and AWS trust each other without keys, and prove it",
		Long: `drawbridge lets workloads of one Google Cloud project and one AWS account reach each other without keys,
and proves it with get-caller-identity from each side.

Without a command it opens the wizard. Start with the embedded clouds: drawbridge --sandbox`,
		Example:           "  drawbridge --sandbox          try everything with the embedded clouds\n  drawbridge                    the wizard\n  drawbridge plan               what would change, and why",
		Args:              unknownCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:              func(c *cobra.Command, _ []string) error { return o.start(c) },
	}
	o.bind(root)
	root.AddCommand(
		newSetup(s), newInit(s), newPreflight(s), newPlan(s), newApply(s), newVerify(s), newAudit(s), newGenerate(s), newDestroy(s),
		newExec(s), newCredentialProcess(s), newToken(s),
		newExplain(s), newSandbox(s), newSchema(s), newCompletion(s), newMan(s), newVersion(s),
	)
	dress(root, s)
	return root
}

// dress gives every command our help and our errors.
func dress(root *cobra.Command, s streams) {
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetIn(s.in)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		s.told.printed = true
		help(newPrinter(s.out, s, false, s.outTerminal), c)
	})
	root.SetHelpCommand(newHelp(root))
	root.InitDefaultHelpCmd()
}

// newHelp is "drawbridge help COMMAND".
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [COMMAND]",
		Short:  "Explain a command",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage("there is no command "+quoted(args), "see drawbridge --help")
			}
			c.InitDefaultHelpFlag()
			return c.Help()
		},
	}
}

// flagError turns what pflag says into one sentence and a way out.
func flagError(c *cobra.Command, err error) error {
	e := &usageError{what: err.Error(), do: []string{"see " + c.CommandPath() + " --help"}, err: err}
	if inner, ok := errors.AsType[*usageError](err); ok && inner != e {
		e.what = strings.TrimSuffix(err.Error(), ": "+inner.what)
		e.do = append([]string{inner.what}, e.do...)
	}
	return e
}

// nothing refuses arguments.
func nothing(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(c.CommandPath()+" takes no argument, and got "+quoted(args), "see "+c.CommandPath()+" --help")
}

// unknownCommand is what is left over at the root.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	do := []string{"see drawbridge --help"}
	if c.SuggestionsMinimumDistance <= 0 {
		c.SuggestionsMinimumDistance = 2
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		do = append([]string{"did you mean " + either(near) + "?"}, do...)
	}
	return usage("there is no command "+quoted(args[:1]), do...)
}

func quoted(args []string) string { return `"` + strings.Join(args, " ") + `"` }
