package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// empire is a sandbox with many projects and accounts, each account behind a profile of its own.
type empire struct {
	server *sandbox.Server
	env    map[string]string
	flags  []string // --account-profile for each account
	places int
}

func newEmpire(tb testing.TB, places int, o sandbox.Options) *empire {
	tb.Helper()
	o.Dir = tb.TempDir()
	server, err := sandbox.Start(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	e := &empire{server: server, env: maps.Clone(server.Environ()), places: places}
	e.env["DRAWBRIDGE_HOME"] = filepath.Join(o.Dir, "home")
	var keys strings.Builder
	err = server.World().Change(func(s *world.State, now time.Time) error {
		for i := range places {
			key, err := e.place(s, now, i)
			if err != nil {
				return err
			}
			fmt.Fprintf(&keys, "\n[place-%02d]\naws_access_key_id = %s\naws_secret_access_key = %s\n", i, key.ID, key.Secret)
			e.flags = append(e.flags, "--account-profile", fmt.Sprintf("%s=place-%02d", placeAccount(i), i))
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	e.sign(tb, keys.String())
	return e
}

func placeAccount(i int) string { return fmt.Sprintf("2000000000%02d", i) }

// place adds a project and an account that look like those of the seeded world.
func (e *empire) place(s *world.State, now time.Time, i int) (world.AccessKey, error) {
	var project world.Project
	if err := twin(s.Google.Projects["acme-build"], &project); err != nil {
		return world.AccessKey{}, err
	}
	project.ID, project.Number = fmt.Sprintf("acme-%02d", i), fmt.Sprintf("6000000000%02d", i)
	s.Google.Projects[project.ID] = &project
	var account world.Account
	if err := twin(s.AWS.Accounts[world.AccountID], &account); err != nil {
		return world.AccessKey{}, err
	}
	account.ID, account.Alias = placeAccount(i), "place-"+fmt.Sprint(i)
	key := world.NewAccessKey(s, now.AddDate(0, -1, 0))
	account.Users = world.Shelf[world.User]{}
	account.Users.Put("operator", world.User{
		Entity: world.Entity{Name: "operator", Path: "/", ID: "AIDA" + s.Upper(17), Created: now.AddDate(-1, 0, 0), Attached: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}},
		Keys:   []world.AccessKey{key},
	}, now.AddDate(-1, 0, 0), 0)
	s.AWS.Accounts[account.ID] = &account
	return key, nil
}

func twin(from, to any) error {
	data, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

func (e *empire) sign(tb testing.TB, keys string) {
	tb.Helper()
	file, err := os.OpenFile(e.env["AWS_SHARED_CREDENTIALS_FILE"], os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = file.WriteString(keys)
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// bridges writes n bridge files, each in the next place.
func (e *empire) bridges(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	for i := range n {
		text := fmt.Sprintf("version: 1\nname: bridge-%04d\ngoogle: {project: acme-%02d}\naws: {account: %q, region: us-east-1}\ntoAWS: {}\n",
			i, i%e.places, placeAccount(i%e.places))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("b%04d.yaml", i)), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// audit runs the command and gives what it wrote.
func (e *empire) audit(tb testing.TB, args ...string) string {
	tb.Helper()
	var out, errs strings.Builder
	code := run(streams{
		in: strings.NewReader(""), out: &out, err: &errs, args: append(append([]string{"audit", "--format", "json"}, args...), e.flags...),
		env: func(name string) string { return e.env[name] }, now: time.Now, told: &told{},
	})
	if code != exitNo {
		tb.Fatalf("got exit code %d\n%s", code, errs.String())
	}
	return out.String()
}

// BenchmarkFleet audits bridges in 50 projects and 50 accounts over 50 ms of latency. Heap is what is alive at most
// beyond what was before, sandbox included.
func BenchmarkFleet(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 100 && testing.Short() {
				b.Skip("NOT MEASURED in short mode")
			}
			e := newEmpire(b, 50, sandbox.Options{Latency: 50 * time.Millisecond})
			dir := e.bridges(b, n)
			calls, peak := len(e.server.Calls()), heapPeak()
			b.ResetTimer()
			for b.Loop() {
				e.audit(b, dir)
			}
			b.ReportMetric(float64(peak())/(1<<20), "MiB-peak")
			b.ReportMetric(float64(len(e.server.Calls())-calls)/float64(b.N)/float64(n), "calls/bridge")
		})
	}
}

// heapPeak watches the heap until it is asked; the answer is the highest that a collection left, in bytes above the first.
func heapPeak() func() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	first := stats.HeapAlloc
	var highest atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				runtime.GC()
				var s runtime.MemStats
				runtime.ReadMemStats(&s)
				highest.Store(max(highest.Load(), s.HeapAlloc))
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return max(highest.Load(), first) - first
	}
}
