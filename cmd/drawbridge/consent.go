package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/ui"
)

// asks reports whether questions are put: to a person at a terminal, or on a pipe when --accessible says so.
func (a *consentFlags) asks(s streams) bool {
	return a.interactive(s) || a.onPipe(s)
}

// onPipe reports whether plain questions are put on a pipe. The variable ACCESSIBLE alone never does that.
func (a *consentFlags) onPipe(s streams) bool {
	return a.accessible && !a.yes && !a.noInput && !s.terminal()
}

// plain reports whether questions are put as plain lines rather than screens.
func (a *consentFlags) plain(s streams) bool {
	return a.accessible || s.env("ACCESSIBLE") != "" || s.dumb()
}

// mayWrite refuses to change real clouds where nobody can be asked and nobody said --yes.
func (f *cloudFlags) mayWrite(s *session, command string) error {
	if !s.real() || f.consent.yes || f.consent.asks(s.streams) {
		return nil
	}
	return &usageError{
		what: command + " would change real clouds, and nobody can be asked here",
		why:  "stdin or stderr is no terminal, or CI or --no-input is set",
		do:   []string{"look first: drawbridge plan", "then agree beforehand: --yes"},
	}
}

// confirm asks a yes-or-no question on stderr. Anything but yes declines.
func (o *cloudCommand) confirm(ctx context.Context, question string) error {
	_, err := fmt.Fprintf(o.err, "%s [y/N] ", question)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	answer, err := readLine(ctx, o.in)
	switch {
	case errors.Is(err, io.EOF) && answer == "":
		return &ui.Unanswered{Question: question, Flag: "--yes"}
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return nil
	}
	o.progress().line("Nothing was changed.")
	return &noError{answer: "declined"}
}

// readLine reads one line of an answer, or returns when ctx ends: a read from a terminal cannot be called off.
func readLine(ctx context.Context, in io.Reader) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := bufio.NewReader(in).ReadString('\n')
		got <- answer{strings.TrimSpace(text), err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
