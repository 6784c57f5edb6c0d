package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// interruptible ends ctx at the first SIGINT or SIGTERM, so that the request in flight can finish and what was borrowed
// goes back. After that the signals are no longer caught: a second one stops the process at once.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-caught:
			signal.Stop(caught)
			end(&signalError{signal: s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(caught)
		end(context.Canceled)
	}
}

// within runs f under --timeout. When the run was cut short by that or by a signal, its error says so, whatever the
// calls in flight made of it.
func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	if limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, &timeoutError{after: limit.String()})
		defer stop()
	}
	err := f(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	return &cutError{cause: context.Cause(ctx), err: err}
}

// cutError is an error of a run that was cut short.
type cutError struct {
	cause error // a signalError or a timeoutError
	err   error // what the run made of it
}

func (e *cutError) Error() string   { return fmt.Sprintf("%v: %v", e.cause, e.err) }
func (e *cutError) Unwrap() []error { return []error{e.cause, e.err} }
