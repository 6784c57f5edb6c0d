package credential

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func at(minutes int) time.Time {
	return time.Date(2026, 11, 21, 12, minutes, 0, 0, time.UTC)
}

func wanted() Wanted {
	return Wanted{RoleARN: "arn:aws:iam::123456789012:role/drawbridge/ci", Audience: "a", Session: "s"}
}

// source is a source whose clouds cannot be opened: what it gives came from the cache.
func source(t *testing.T, c *Cache, now time.Time) (AWS, *atomic.Int32) {
	t.Helper()
	var opened atomic.Int32
	return AWS{Wanted: wanted(), Cache: c, Now: func() time.Time { return now }, Open: func(context.Context) (*cloud.Google, *cloud.AWS, error) {
		opened.Add(1)
		return nil, nil, &explain.Problem{Op: "open", Kind: explain.Other, Reason: "no cloud here"}
	}}, &opened
}

func kept(t *testing.T, expires time.Time) *Cache {
	t.Helper()
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache")}
	unlock, held := c.lock(t.Context(), wanted(), never)
	if !held {
		t.Fatal("the cache cannot be locked")
	}
	c.write(wanted(), cloud.Credentials{AccessKeyID: "ASIA1", SecretAccessKey: "secret", SessionToken: "token", Expires: expires})
	unlock()
	return c
}

func never() bool { return false }

func TestCacheIsReadBeforeAnythingIsOpened(t *testing.T) {
	s, opened := source(t, kept(t, at(30)), at(0))
	got, err := s.Get(t.Context())
	if err != nil || got.AccessKeyID != "ASIA1" || got.SessionToken != "token" {
		t.Fatalf("got %+v, %v", got.AccessKeyID, err)
	}
	if n := opened.Load(); n != 0 {
		t.Errorf("the clouds were opened %d times, want 0", n)
	}
}

func TestSessionsAreRenewedAheadAndNeverServedExpired(t *testing.T) {
	for _, tt := range []struct {
		name         string
		now, expires time.Time
		served, asks bool
	}{
		{"plenty left", at(0), at(16), true, false},
		{"15 minutes left, and no other to be had", at(0), at(15), true, true},
		{"a moment left", at(0), at(0).Add(59 * time.Second), false, true},
		{"expired", at(10), at(9), false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, opened := source(t, kept(t, tt.expires), tt.now)
			_, err := s.Get(t.Context())
			if (err == nil) != tt.served || (opened.Load() > 0) != tt.asks {
				t.Errorf("got served %t (%v), asked %t, want %t, %t", err == nil, err, opened.Load() > 0, tt.served, tt.asks)
			}
		})
	}
}

func TestCacheServesNothingThatOthersCouldHaveWritten(t *testing.T) {
	c := kept(t, at(59))
	path := c.path(wanted())
	if _, ok := c.read(wanted()); !ok {
		t.Fatal("what was kept is not served")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.read(wanted()); ok {
		t.Error("a file that others may read was served")
	}
	other := wanted()
	other.Audience = "b"
	if err := os.Rename(path, c.path(other)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(c.path(other), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.read(other); ok {
		t.Error("what was kept for one audience was served for another")
	}
}

func TestKilledWriterLosesNothing(t *testing.T) {
	c := kept(t, at(59))
	if err := os.WriteFile(c.path(wanted())+".new", []byte(`{"version":1,"acc`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.read(wanted()); !ok {
		t.Error("a half written successor hid what was kept")
	}
	unlock, _ := c.lock(t.Context(), wanted(), never)
	defer unlock()
	c.write(wanted(), cloud.Credentials{AccessKeyID: "ASIA2", SecretAccessKey: "s", SessionToken: "t", Expires: at(59)})
	if got, ok := c.read(wanted()); !ok || got.AccessKeyID != "ASIA2" {
		t.Errorf("got %q, %t after the next write, want ASIA2", got.AccessKeyID, ok)
	}
}

func TestLockLetsOneInAtATime(t *testing.T) {
	c := kept(t, at(59))
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			unlock, held := c.lock(t.Context(), wanted(), never)
			if !held {
				t.Error("the lock was not had")
			}
			if n := inside.Add(1); n > most.Load() {
				most.Store(n)
			}
			inside.Add(-1)
			unlock()
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("got %d at once, want 1", most.Load())
	}
}

func TestProcessDocumentIsWhatGoReads(t *testing.T) {
	got, err := ProcessDocument(cloud.Credentials{AccessKeyID: "A", SecretAccessKey: "S", SessionToken: "T", Expires: at(0).In(time.FixedZone("x", 3600))}, wanted().RoleARN)
	want := `{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2026-11-21T12:00:00Z","AccountId":"123456789012"}` + "\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}
