package steps

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// reread looks for what a write made whose reply told us nothing. A create is never repeated blindly: what is found is
// judged by the caller, and when a while of looking finds nothing the write's own failure is returned.
func reread(ctx context.Context, title string, cause error, found func(context.Context) (bool, error)) error {
	wait := cloud.Wait{What: title + " to show whether it was made", For: 15 * time.Second}
	err := cloud.Until(ctx, wait, func(ctx context.Context) error {
		there, err := found(ctx)
		if err == nil && !there {
			return &explain.Problem{Op: "read " + title, Kind: explain.Missing, Reason: "it is not there"}
		}
		return err
	})
	if explain.Is(err, explain.Missing) {
		return cause
	}
	return err
}

// untilGone waits until a removed thing is no longer seen.
func untilGone(ctx context.Context, title string, there func(context.Context) (bool, error)) error {
	wait := cloud.Wait{What: title + " to be gone", Retry: func(err error) bool { return explain.Is(err, explain.Pending) }}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		still, err := there(ctx)
		if err == nil && still {
			return &explain.Problem{Op: "read " + title, Kind: explain.Pending, Reason: "it is still there"}
		}
		return err
	})
}

// untilThere waits until a thing that was just written is seen as written.
func untilThere(ctx context.Context, title string, there func(context.Context) (bool, error)) error {
	wait := cloud.Wait{What: title + " to be visible", Retry: func(err error) bool { return explain.Is(err, explain.Pending, explain.Missing) }}
	return cloud.Until(ctx, wait, func(ctx context.Context) error {
		seen, err := there(ctx)
		if err == nil && !seen {
			return &explain.Problem{Op: "read " + title, Kind: explain.Pending, Reason: "it does not show yet"}
		}
		return err
	})
}

// untilSpread repeats a write that names something made a moment ago, until it is known where the write goes.
func untilSpread(ctx context.Context, what string, put func(context.Context) error) error {
	return cloud.Until(ctx, cloud.Wait{What: what, For: time.Minute, Retry: notSpread}, put)
}
