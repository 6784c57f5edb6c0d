package credential

import (
	"context"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

const (
	// look is how often the clock is read while there is nothing to do: timers stand still while a machine sleeps, and its
	// clock may be set.
	look = 15 * time.Second

	// again is how long after a failure the next session is asked for.
	again = 30 * time.Second
)

// Kept is told about each session that was written, and about each failure after the first one.
type Kept func(until time.Time, err error)

// KeepProfile writes a session into a profile, as WriteProfile does, and writes the next one ahead of its end, until ctx
// ends. Only the first failure ends it too: what worked once is tried again. It leaves the last session in its place.
func KeepProfile(ctx context.Context, s AWS, path, name string, tell Kept) error {
	return keep(ctx, s, path, name, look, tell)
}

func keep(ctx context.Context, s AWS, path, name string, look time.Duration, tell Kept) error {
	written, err := s.renew(ctx, path, name)
	if err != nil {
		return err
	}
	due := s.due(written)
	tell(written.Expires, nil)
	for wait(ctx, min(look, due.Sub(s.Now()))) {
		if s.Now().Before(due) && due.Sub(s.Now()) <= session {
			continue // further away it can only be when the clock was set back
		}
		next, err := s.renew(ctx, path, name)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			tell(written.Expires, err)
			due = s.Now().Add(again)
		default:
			if next.AccessKeyID != written.AccessKeyID {
				tell(next.Expires, nil)
			}
			written, due = next, s.due(next)
		}
	}
	return nil
}

func (s AWS) renew(ctx context.Context, path, name string) (cloud.Credentials, error) {
	got, err := s.Get(ctx)
	if err != nil {
		return got, err
	}
	return got, WriteProfile(path, name, got)
}

// due is when the next session is asked for: ahead of the end, and not at once where no longer one can be had.
func (s AWS) due(c cloud.Credentials) time.Time {
	due, soonest := c.Expires.Add(-ahead), s.Now().Add(again)
	if due.Before(soonest) {
		return soonest
	}
	return due
}

// wait reports whether ctx still lives after d.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
