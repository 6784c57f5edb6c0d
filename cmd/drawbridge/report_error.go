package main

import (
	"errors"
	"fmt"
	"strings"
)

// errorDocument is drawbridge.error/v1.
type errorDocument struct {
	heading
	Kind    string   `json:"kind"`
	Message string   `json:"message"`
	Why     string   `json:"why"`
	Do      []string `json:"do"`
	Exit    exitCode `json:"exit"`
}

// tell says what went wrong: to people on stderr, and as a document on stdout when JSON was asked for and nothing else
// was printed. A no is told by its result.
func tell(s streams, err error) exitCode {
	exit := codeOf(err)
	if err == nil {
		return exit
	}
	if _, no := errors.AsType[*noError](err); no && exit == exitNo {
		return exit
	}
	if child, ok := errors.AsType[*childError](err); ok && child.err == nil {
		return exit
	}
	p := newPrinter(s.err, s, false, s.errTerminal)
	var messages []string
	for _, part := range partsOf(err) {
		a := accountOf(part)
		p.account(a)
		messages = append(messages, a.message)
	}
	if asksJSON(s.args) && !s.told.printed {
		a := accountOf(err)
		_ = s.document("drawbridge.error/v1", &errorDocument{Kind: a.kind, Message: printable(strings.Join(messages, "; ")), Why: printable(a.why), Do: never(a.do), Exit: exit})
	}
	return exit
}

// partsOf are the failures that an error joins, each to be told on its own; one that is not joined is its only part. What
// cut a run short is told alone.
func partsOf(err error) []error {
	if _, cut := cutShort(err); cut {
		return []error{err}
	}
	if e, ok := errors.AsType[*partError](err); ok {
		return e.causes
	}
	joined, ok := err.(interface{ Unwrap() []error }) //nolint:errorlint // the outermost only: what wraps a join says more than its parts
	if !ok {
		return []error{err}
	}
	var parts []error
	for _, e := range joined.Unwrap() {
		parts = append(parts, partsOf(e)...)
	}
	return parts
}

// account writes one error: what happened, the place, why, what to do.
func (p printer) account(a account) {
	p.line("%s %s", p.bad("error:"), a.message)
	if a.excerpt != "" {
		for l := range strings.SplitSeq(a.excerpt, "\n") {
			p.line("  %s", l)
		}
	}
	if a.why != "" {
		p.line("  %s", a.why)
	}
	for _, do := range a.do {
		p.line("  %s %s", p.symbol("→", "->"), do)
	}
}

// asksJSON looks for --format json in the raw arguments: a flag that cannot be parsed must still be answered in JSON.
func asksJSON(args []string) bool {
	for i, a := range args {
		if a == "--" {
			return false
		}
		if a == "--format=json" || a == "--format" && i+1 < len(args) && args[i+1] == "json" {
			return true
		}
	}
	return false
}

// never makes a nil list an empty one, as documents promise.
func never[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}
