package ui

import (
	"os"

	"github.com/charmbracelet/x/term"
)

// Terminal reports whether f is a terminal that a person may sit at. A device such as /dev/null is not.
func Terminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }
