//go:build unix

package main

import (
	"os"
	"syscall"
	"unsafe"
)

// passedOn are the signals that a command gets from us.
func passedOn() []os.Signal {
	return []os.Signal{os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2}
}

// typed reports whether a terminal sends this signal to every process in front of it, so that the command has it already.
func typed(s os.Signal) bool { return s == os.Interrupt || s == syscall.SIGQUIT }

// inForeground reports whether our process group is the one that our terminal sends what is typed to. A signal may come
// from elsewhere all the same; then it is lost on the command, rather than given to it twice: to many programs the second
// one means to drop everything.
func inForeground() bool {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false // no terminal
	}
	defer func() { _ = tty.Close() }()
	var group int32
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, tty.Fd(), syscall.TIOCGPGRP, uintptr(unsafe.Pointer(&group))) //nolint:gosec // the ioctl's own form
	return errno == 0 && int(group) == syscall.Getpgrp()
}

// exitOf is a command's exit code, or 128 and the number of the signal that ended it.
func exitOf(p *os.ProcessState) exitCode {
	if w, ok := p.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return exitCode(128 + int(w.Signal()))
	}
	return exitCode(p.ExitCode())
}
