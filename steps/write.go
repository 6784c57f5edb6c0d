package steps

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// grace is how long a write that was begun may go on after the run has ended.
const grace = 5 * time.Second

var errGivenUp = errors.New("given up on a write that was on its way")

// write makes one changing call whose outcome does not depend on what stands: others who write the same thing at the same
// moment are waited out. What read first and writes a whole document must go back to reading instead: see writeOnce.
func write[T any](ctx context.Context, op string, call func(context.Context) (T, error)) (v T, err error) {
	err = contended(ctx, op, func(ctx context.Context) error {
		v, err = writeOnce(ctx, op, call)
		return err
	})
	return v, err
}

// contended repeats what was refused only because somebody else was writing at the same moment.
func contended(ctx context.Context, what string, put func(context.Context) error) error {
	err := put(ctx)
	if !concurrent(err) {
		return err
	}
	wait := cloud.Wait{What: "other writers to let us " + what, For: time.Minute, Retry: concurrent}
	return cloud.Until(ctx, wait, put)
}

// concurrent holds for the refusals of a write that another one crossed. A thing that others hang on is none.
func concurrent(err error) bool {
	p, ok := asProblem(err)
	return ok && p.Kind == explain.Conflict && (p.Status == http.StatusPreconditionFailed || p.Code == "ABORTED" ||
		strings.HasPrefix(p.Code, "ConcurrentModification") || strings.HasPrefix(p.Code, "EntityTemporarilyUnmodifiable"))
}

// writeOnce makes one changing call. It does not begin once ctx has ended. What has begun may finish for a moment longer, for
// an interrupted write leaves us not knowing what we have done; one that hangs is then given up, and that is said.
func writeOnce[T any](ctx context.Context, op string, call func(context.Context) (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, cloud.Problem(op, context.Cause(ctx))
	}
	inner, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel(errGivenUp)
		case <-inner.Done():
		}
	})
	defer stop()
	v, err := call(inner)
	if err != nil && errors.Is(context.Cause(inner), errGivenUp) {
		return none, unknownEffect(ctx, op)
	}
	return v, cloud.Problem(op, err)
}

// unknownEffect tells the truth about a write that was given up.
func unknownEffect(ctx context.Context, op string) error {
	return &explain.Problem{
		Op: op, Kind: explain.Other, Err: context.Cause(ctx),
		Reason: "interrupted while it was on its way and no answer came: whether it took effect is unknown",
		Do:     []string{"run the same command again: it looks at what is there and goes on"},
	}
}

// lost reports whether a write failed without saying if it had an effect.
func lost(err error) bool { return codeOf(err) == cloud.ReplyLost }

// pending reports whether a write was refused because something of a moment ago is not known yet.
func pending(err error) bool { return explain.Is(err, explain.Pending) && !lost(err) }

// takeOff makes a write that takes something away, however often: what is said to be gone is asked for once more, since a
// replica that has not heard of it yet says so too.
func takeOff[T any](ctx context.Context, op string, call func(context.Context) (T, error)) error {
	_, err := again(ctx, op, call)
	if explain.Is(err, explain.Missing) {
		_, err = again(ctx, op, call)
	}
	if explain.Is(err, explain.Missing) {
		return nil
	}
	return err
}
