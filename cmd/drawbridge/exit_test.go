package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/ui"
)

func TestEveryErrorHasItsExitCode(t *testing.T) {
	no := &noError{answer: "no"}
	problem := &explain.Problem{Op: "create role", Kind: explain.Denied}
	for _, tt := range []struct {
		name string
		err  error
		want exitCode
	}{
		{"nothing", nil, exitDone},
		{"any error", errors.New("x"), exitFailed},
		{"a problem", problem, exitFailed},
		{"some steps", &partError{causes: []error{problem}}, exitFailed},
		{"wrong usage", usage("x"), exitUsage},
		{"wrong usage, wrapped", fmt.Errorf("y: %w", usage("x")), exitUsage},
		{"unusable file", &spec.Error{File: "bridge.yaml"}, exitUsage},
		{"unanswered question", &ui.Unanswered{}, exitUsage},
		{"file of the other direction", &artifact.DirectionError{}, exitUsage},
		{"fact not there yet", &artifact.UnknownFactError{}, exitFailed},
		{"no", no, exitNo},
		{"interrupted", &cutError{cause: &signalError{signal: os.Interrupt}, err: problem}, exitInterrupted},
		{"interrupted while answering no", &cutError{cause: &signalError{signal: os.Interrupt}, err: no}, exitInterrupted},
		{"terminated", &cutError{cause: &signalError{signal: syscall.SIGTERM}, err: problem}, exitTerminated},
		{"too late", &cutError{cause: &timeoutError{"1s"}, err: no}, exitFailed},
		{"to be mended although interrupted", &cutError{cause: &signalError{signal: os.Interrupt}, err: &mendError{problem}}, exitFailed},
		{"to be mended whatever the proof said", errors.Join(&mendError{problem}, no), exitFailed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := codeOf(tt.err); got != tt.want {
				t.Errorf("codeOf(%v) = %d, want %d", tt.err, got, tt.want)
			}
		})
	}
}

func TestTimeoutSaysSo(t *testing.T) {
	err := within(t.Context(), time.Millisecond, func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if a := accountOf(err); a.kind != "timeout" || codeOf(err) != exitFailed {
		t.Errorf("got kind %q and code %d, want timeout and %d", a.kind, codeOf(err), exitFailed)
	}
}

func TestDoneInTimeIsNotCut(t *testing.T) {
	want := errors.New("x")
	if got := within(t.Context(), time.Hour, func(context.Context) error { return want }); !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
