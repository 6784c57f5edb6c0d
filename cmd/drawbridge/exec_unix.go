//go:build unix

package main

import (
	"os"
	"syscall"
)

// passedOn are the signals that a command gets from us.
func passedOn() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
}

// typed reports whether a terminal sends this signal to every process in front of it, so that the command has it already.
func typed(s os.Signal) bool { return s == os.Interrupt || s == syscall.SIGQUIT }

// exitOf is a command's exit code, or 128 and the number of the signal that ended it.
func exitOf(p *os.ProcessState) exitCode {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return exitCode(128 + int(w.Signal()))
	}
	return exitCode(p.ExitCode())
}
