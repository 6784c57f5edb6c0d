package main

import (
	"errors"
	"os"
	"syscall"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

// exitCode is what the process answers. Nothing outside this file chooses one.
type exitCode int

const (
	exitDone        exitCode = 0   // done, or the answer is yes
	exitFailed      exitCode = 1   // it failed, or a side is not signed in
	exitUsage       exitCode = 2   // wrong usage or unusable input; nothing was touched
	exitNo          exitCode = 3   // it worked and the answer is no
	exitNotOurs     exitCode = 125 // exec failed before or beside its command, whose own codes are passed on
	exitInterrupted exitCode = 130 // SIGINT; what was done is journaled
	exitTerminated  exitCode = 143 // SIGTERM; the same
)

// exits explains every code that a person may meet.
func exits() []struct {
	code  exitCode
	means string
} {
	return []struct {
		code  exitCode
		means string
	}{
		{exitDone, "done, or the answer is yes"},
		{exitFailed, "it failed, or a side is not signed in"},
		{exitUsage, "wrong usage or unusable input; nothing was touched"},
		{exitNo, "it worked and the answer is no: changes pending, something blocked, drift, not proven, declined, stale"},
		{exitInterrupted, "interrupted; what was done is journaled and the next run goes on"},
		{exitTerminated, "terminated; the same"},
	}
}

// usageError is wrong usage or unusable input, found before anything was touched.
type usageError struct {
	what string   // what is wrong, in one clause
	why  string   // what we know about the reason; may be ""
	do   []string // what to do instead
	err  error    // the cause, if there is one
}

func (e *usageError) Error() string { return e.what }
func (e *usageError) Unwrap() error { return e.err }

// usage is the usual usageError: what is wrong, and the ways out.
func usage(what string, do ...string) error { return &usageError{what: what, do: do} }

// noError says that it worked and the answer is no. The result that says so is on stdout already.
type noError struct{ answer string }

func (e *noError) Error() string { return e.answer }

// partError says that some steps failed while others went on. Each cause is told on its own.
type partError struct {
	what   string
	causes []error
}

func (e *partError) Error() string   { return e.what }
func (e *partError) Unwrap() []error { return e.causes }

// mendError says that something has to be put right by hand. It outweighs every other answer, an interruption too.
type mendError struct{ err error }

func (e *mendError) Error() string { return e.err.Error() }
func (e *mendError) Unwrap() error { return e.err }

// childError is the exit code of a command that exec ran. The command has said itself what was wrong with it, unless it
// never began.
type childError struct {
	code exitCode
	err  error // nil when it ran
}

func (e *childError) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return "the command failed"
}

func (e *childError) Unwrap() error { return e.err }

// ownError is a failure of exec's own, whose code must not be taken for the command's.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

// signalError is the cause with which a signal ends a run.
type signalError struct {
	signal    os.Signal
	untouched bool // nothing had been changed yet
}

func (e *signalError) Error() string { return "interrupted (" + e.signal.String() + ")" }

// timeoutError is the cause with which --timeout ends a run.
type timeoutError struct{ after string }

func (e *timeoutError) Error() string { return "gave up after " + e.after }

// codeOf maps an error to its exit code.
func codeOf(err error) exitCode {
	if err == nil {
		return exitDone
	}
	if child, ok := errors.AsType[*childError](err); ok {
		return child.code
	}
	if _, ok := errors.AsType[*mendError](err); ok {
		return exitFailed
	}
	if s, ok := errors.AsType[*signalError](err); ok {
		if s.signal == syscall.SIGTERM {
			return exitTerminated
		}
		return exitInterrupted
	}
	if _, ok := errors.AsType[*timeoutError](err); ok {
		return exitFailed
	}
	if _, ok := errors.AsType[*ownError](err); ok {
		return exitNotOurs
	}
	if _, ok := errors.AsType[*noError](err); ok {
		return exitNo
	}
	if unusable(err) {
		return exitUsage
	}
	return exitFailed
}

// unusable reports whether the input is to blame, so that nothing can have been touched.
func unusable(err error) bool {
	if _, ok := errors.AsType[*usageError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*spec.Error](err); ok {
		return true
	}
	if _, ok := errors.AsType[*ui.Unanswered](err); ok {
		return true
	}
	_, ok := errors.AsType[*artifact.DirectionError](err)
	return ok
}
