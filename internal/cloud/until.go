package cloud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Wait says what is waited for and for how long.
type Wait struct {
	What   string           // "role ci-runner to be assumable"
	For    time.Duration    // the deadline; default 2 min
	InARow int              // successes in a row, since replicas answer differently; default 1
	Retry  func(error) bool // which failures mean "not yet"; nil: missing, denied, pending and disabled, unless final
}

// looks are the pauses between looks; the last one repeats. The first steps are short, because most changes are
// visible within seconds.
func looks(n int) time.Duration {
	steps := [...]time.Duration{2, 3, 5, 8, 10}
	return steps[min(n, len(steps)-1)] * time.Second
}

// The pauses between successes in a row: almost none when the first look succeeded, since nothing was seen to lag.
const (
	settledPause = 50 * time.Millisecond
	laggingPause = time.Second
)

// Until makes the real call again and again until it succeeds, w.InARow times in a row. The first look is at once. A
// failure that Retry does not know is returned as it is; at the deadline the last failure is returned, told as what was
// waited for. It honours the Retry-After of a Problem, and spreads its pauses so that many waiters do not look together.
func Until(ctx context.Context, w Wait, probe func(context.Context) error) error {
	u := newUntil(w, timeIn(ctx))
	for {
		err := Problem("", probe(ctx))
		if ctx.Err() != nil {
			return ctxProblem(ctx, w.What, err)
		}
		if err == nil {
			if u.seen++; u.seen >= u.InARow {
				return nil
			}
		} else if u.seen = 0; !u.Retry(err) {
			return err
		}
		d := u.next(err)
		now := timeIn(ctx)
		left := u.until.Sub(now)
		if left <= 0 {
			return u.tooLong(err, now)
		}
		d = min(paced(ctx, d), left) // the last look is at the deadline
		traceWaiting(ctx, Waiting{What: w.What, Seen: u.seen, Want: u.InARow, Since: u.since, Until: u.until, Waited: timeIn(ctx).Sub(u.since)})
		if perr := pause(ctx, d); perr != nil {
			return ctxProblem(ctx, w.What, err)
		}
	}
}

type until struct {
	Wait
	since, until time.Time
	seen, failed int
}

func newUntil(w Wait, now time.Time) *until {
	if w.For <= 0 {
		w.For = 2 * time.Minute
	}
	w.InARow = max(w.InARow, 1)
	if w.Retry == nil {
		w.Retry = notYet
	}
	return &until{Wait: w, since: now, until: now.Add(w.For)}
}

// notYet is what a change that has not spread looks like.
func notYet(err error) bool {
	p, ok := errors.AsType[*explain.Problem](err)
	return ok && !p.Final && explain.Is(err, explain.Missing, explain.Denied, explain.Pending, explain.Disabled)
}

func (u *until) next(err error) time.Duration {
	if err == nil {
		if u.failed == 0 {
			return settledPause
		}
		return laggingPause
	}
	d := looks(u.failed)
	u.failed++
	if p, ok := errors.AsType[*explain.Problem](err); ok {
		d = max(d, p.RetryAfter)
	}
	return spread(d)
}

// tooLong tells the deadline, keeping the kind and the advice of the last refusal.
func (u *until) tooLong(err error, now time.Time) error {
	waited := now.Sub(u.since).Round(time.Second)
	if err == nil {
		return &explain.Problem{
			Op: "wait for " + u.What, Kind: explain.Pending,
			Reason: fmt.Sprintf("seen %d of %d times in a row after %s", u.seen, u.InARow, waited),
			Do:     []string{"run the same command again: it goes on where it stopped"},
		}
	}
	p := &explain.Problem{Kind: explain.Other}
	if last, ok := errors.AsType[*explain.Problem](err); ok {
		*p = *last
	}
	p.Err = err
	p.Reason = fmt.Sprintf("not yet after %s: %s", waited, reasonOf(err))
	p.Op = "wait for " + u.What
	return p
}

func reasonOf(err error) string {
	if p, ok := errors.AsType[*explain.Problem](err); ok && p.Reason != "" {
		return p.Reason
	}
	return clean(err.Error())
}

// ctxProblem tells that waiting was given up because the context ended; errors.Is still finds its cause.
func ctxProblem(ctx context.Context, what string, last error) error {
	p := &explain.Problem{Op: "wait for " + what, Kind: explain.Other, Err: context.Cause(ctx), Reason: "interrupted"}
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		p.Reason = "out of time"
	}
	if last != nil && !errors.Is(last, context.Canceled) && !errors.Is(last, context.DeadlineExceeded) {
		p.Reason += "; last answer: " + reasonOf(last)
	}
	return p
}
