package main

import "os"

// passedOn are the signals that a command gets from us: Windows knows one.
func passedOn() []os.Signal { return []os.Signal{os.Interrupt} }

// typed reports whether a console sends this signal to every process in front of it, so that the command has it already.
func typed(os.Signal) bool { return true }

// inForeground holds: a console sends what is typed to every process on it.
func inForeground() bool { return true }

// exitOf is a command's exit code.
func exitOf(p *os.ProcessState) exitCode { return exitCode(p.ExitCode()) }
