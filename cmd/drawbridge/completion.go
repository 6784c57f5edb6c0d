package main

import (
	"github.com/spf13/cobra"
)

func newCompletion(s streams) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print the completion script of a shell: " + either(shells),
		Long:      "Print the completion script of a shell: " + either(shells) + ".",
		Example:   "  source <(drawbridge completion bash)\n  drawbridge completion fish > ~/.config/fish/completions/drawbridge.fish",
		ValidArgs: shells,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("completion takes one shell", "use "+either(shells))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			s.told.printed = true
			switch args[0] {
			case "bash":
				return c.Root().GenBashCompletionV2(s.out, true)
			case "zsh":
				return c.Root().GenZshCompletion(s.out)
			case "fish":
				return c.Root().GenFishCompletion(s.out, true)
			case "powershell":
				return c.Root().GenPowerShellCompletionWithDesc(s.out)
			}
			s.told.printed = false
			return usage("there is no completion for "+quoted(args), "use "+either(shells))
		},
	}
}
