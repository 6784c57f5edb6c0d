package credential

import (
	"context"
	"math/rand/v2"
	"os"
	"time"

	"github.com/gofrs/flock"
)

const (
	// patience is how long one process waits for another that asks for the same. SDKs end a credential_process after a
	// minute, and one that was stopped in the middle must not stop all the others.
	patience = 40 * time.Second

	// pause is between two looks at what the other came to; it grows to longest, so that hundreds who wait leave the
	// machine to the one who asks.
	pause   = 5 * time.Millisecond
	longest = 300 * time.Millisecond
)

// lock keeps other processes from asking for the same while this one does, and waits for one that does already, but no
// longer than until done. Where it cannot be had, each asks for itself and keeps nothing.
func (c *Cache) lock(ctx context.Context, w Wanted, done func() bool) (unlock func(), held bool) {
	if c == nil || os.MkdirAll(c.Dir, 0o700) != nil || !private(c.Dir) {
		return func() {}, false
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	l := flock.New(c.path(w)+".lock", flock.SetPermissions(0o600))
	for next := pause; ; next = min(2*next, longest) {
		got, err := l.TryLock()
		if got {
			return func() { _ = l.Unlock() }, true
		}
		if err != nil || done() {
			return func() {}, false
		}
		select {
		case <-ctx.Done():
			return func() {}, false
		case <-time.After(next/2 + rand.N(next)):
		}
	}
}
