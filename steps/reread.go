package steps

import (
	"context"
	"errors"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// reread looks for what a write made whose reply told us nothing. What is found is judged by
// the caller, and when a while of looking finds nothing the write's own failure is returned.
func reread(ctx context.Context, title string, cause error, found func(context.Context) (bool, error)) error {
	wait := cloud.Wait{What: title + " to show whether it was made", For: 15 * time.Second}
	return sought(cloud.Until(ctx, wait, looking(title, found)), cause)
}

// onceMore makes a create and, when its reply was lost and a few looks, some seconds apart, find nothing, makes it a
// second time: names are unique in both clouds, so that a first one which takes effect late is answered with a conflict,
// and then judged by its mark. What it returns is judged by the caller as the answer to the create.
func onceMore(ctx context.Context, title string, found func(context.Context) (bool, error), create func(context.Context) error) error {
	err := create(ctx)
	if !lost(err) {
		return err
	}
	left := 3
	wait := cloud.Wait{What: title + " to show whether it was made", For: 15 * time.Second, Retry: func(err error) bool {
		left--
		return left > 0 && explain.Is(err, explain.Missing, explain.Denied, explain.Pending)
	}}
	switch serr := sought(cloud.Until(ctx, wait, looking(title, found)), err); {
	case serr == nil:
		return err // it is there: the caller looks whose it is
	case !errors.Is(serr, err):
		return serr
	}
	return create(ctx)
}

// erase deletes a thing and waits until it is no longer seen. A lost reply, and a claim that the thing is not there, do
// not tell whether it still stands: it is looked for, and when it goes on standing it is deleted once more.
func erase(ctx context.Context, title string, del func(context.Context) error, there func(context.Context) (bool, error)) error {
	err := del(ctx)
	if doubtful(err) {
		soon := cloud.Wait{What: title + " to show whether it is gone", For: 10 * time.Second, Retry: isPending}
		if gerr := cloud.Until(ctx, soon, standing(title, there)); gerr == nil || !isPending(gerr) {
			return gerr
		}
		err = del(ctx)
	}
	if err != nil && !doubtful(err) {
		return err
	}
	return untilGone(ctx, title, there)
}

// doubtful holds for the answers to a deletion that leave open whether the thing still stands.
func doubtful(err error) bool { return lost(err) || explain.Is(err, explain.Missing) }

func isPending(err error) bool { return explain.Is(err, explain.Pending) }

func looking(title string, found func(context.Context) (bool, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		there, err := found(ctx)
		if err == nil && !there {
			return &explain.Problem{Op: "read " + title, Kind: explain.Missing, Reason: "it is not there"}
		}
		return err
	}
}

// sought is cause when the search found nothing.
func sought(err, cause error) error {
	if explain.Is(err, explain.Missing) {
		return cause
	}
	return err
}

// untilGone waits until a removed thing is no longer seen.
func untilGone(ctx context.Context, title string, there func(context.Context) (bool, error)) error {
	return cloud.Until(ctx, cloud.Wait{What: title + " to be gone", Retry: isPending}, standing(title, there))
}

func standing(title string, there func(context.Context) (bool, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		still, err := there(ctx)
		if err == nil && still {
			return &explain.Problem{Op: "read " + title, Kind: explain.Pending, Reason: "it is still there"}
		}
		return err
	}
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
