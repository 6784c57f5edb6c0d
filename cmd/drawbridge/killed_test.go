//go:build unix

package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/sandboxtest"
)

// lives are the commands of a bridge's life in their order, as a person types them.
var lives = []struct {
	name string
	args []string
}{
	{"apply", []string{"apply", "--yes"}},
	{"verify", []string{"verify", "--borrow"}},
	{"destroy", []string{"destroy", "--yes", "--with-vm"}},
}

// killSite is a bridge file in front of a sandbox that lives in another process than the program.
type killSite struct {
	*testing.T
	gate *sandboxtest.Gate
	file string
}

func newKillSite(t *testing.T, example string) *killSite {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Options{Seed: 7, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return &killSite{t, sandboxtest.NewGate(t, server), bridgeFile(t, example)}
}

// environ is that of another machine each time: no journal, nothing remembered.
func (s *killSite) environ() map[string]string {
	env := maps.Clone(s.gate.Environ())
	env["DRAWBRIDGE_HOME"] = filepath.Join(s.TempDir(), "home")
	env["LANG"] = "C.UTF-8"
	return env
}

// run runs a command to its end on a machine that knows nothing.
func (s *killSite) run(args []string) {
	s.Helper()
	s.gate.Reset(sandboxtest.Point{}, nil, nil)
	drive(s.T, s.environ(), append(args, "-f", s.file)...).want(s.T, exitDone)
}

// kill runs a command as a process and ends it with a signal that it cannot catch, at one of its calls.
func (s *killSite) kill(args []string, at sandboxtest.Point, when string) (met bool) {
	s.Helper()
	self, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	c := exec.CommandContext(s.Context(), self)
	c.Args = append(append([]string{"drawbridge"}, args...), "-f", s.file)
	for name, value := range s.environ() {
		c.Env = append(c.Env, name+"="+value)
	}
	c.Env = append(c.Env, "HOME="+s.TempDir(), "GORACE=atexit_sleep_ms=0")
	started := make(chan struct{})
	s.gate.Reset(at, sandboxtest.Crashes()[when], func() {
		<-started
		_ = c.Process.Kill()
	})
	if err := c.Start(); err != nil {
		s.Fatal(err)
	}
	close(started)
	_ = c.Wait()
	how, _ := c.ProcessState.Sys().(syscall.WaitStatus)
	if met = s.gate.Reached(); met && how.Signal() != syscall.SIGKILL {
		s.Errorf("got %v, want it killed", c.ProcessState)
	}
	return met
}

// deathAt is one point at which a process is killed.
type deathAt struct {
	example string
	life    int // index in lives
	at      sandboxtest.Point
	when    string
	after   []string // what the clouds hold after the command, undisturbed
	end     []string // and after destroy
}

// deaths lists every call of an undisturbed life, three times.
func deaths(t *testing.T, example string) []deathAt {
	t.Helper()
	s := newKillSite(t, example)
	var out []deathAt
	for i, l := range lives {
		s.run(l.args)
		for _, at := range s.gate.Calls() {
			for _, when := range slices.Sorted(maps.Keys(sandboxtest.Crashes())) {
				out = append(out, deathAt{example: example, life: i, at: at, when: when, after: sandboxtest.State(t, s.gate.Server)})
			}
		}
	}
	end := sandboxtest.State(t, s.gate.Server)
	for i := range out {
		out[i].end = end
	}
	return out
}

// TestAKilledProcessIsFinishedOnAnotherMachine kills the program itself, kill -9, at a sample of its calls, and lets a
// machine that knows nothing of it go on. DRAWBRIDGE_SWEEP=full kills it at each.
func TestAKilledProcessIsFinishedOnAnotherMachine(t *testing.T) {
	var all []deathAt
	for _, example := range []string{"both-ways", "ci-to-sqs", "ec2-to-google"} {
		all = append(all, deaths(t, example)...)
	}
	points := all
	if os.Getenv("DRAWBRIDGE_SWEEP") != "full" {
		r := rand.New(rand.NewPCG(1, 1))
		points = nil
		for _, i := range r.Perm(len(all))[:9] {
			points = append(points, all[i])
		}
	}
	missed := 0
	for _, d := range points {
		t.Run(fmt.Sprintf("%s/%s/%s/%s", d.example, lives[d.life].name, d.at, d.when), func(t *testing.T) {
			if !d.happens(t) {
				missed++
			}
		})
	}
	t.Logf("killed at %d of %d points; %d were not met", len(points)-missed, len(all), missed)
	if missed > len(points)/5 {
		t.Errorf("%d of %d points were not met", missed, len(points))
	}
}

func (d deathAt) happens(t *testing.T) bool {
	s := newKillSite(t, d.example)
	if d.life > 0 {
		s.run(lives[0].args)
	}
	if !s.kill(lives[d.life].args, d.at, d.when) {
		return false
	}
	s.run(lives[d.life].args)
	if diff := cmp.Diff(d.after, sandboxtest.State(t, s.gate.Server)); diff != "" {
		t.Errorf("after the next run (-undisturbed +got):\n%s", diff)
	}
	s.run(lives[2].args)
	if diff := cmp.Diff(d.end, sandboxtest.State(t, s.gate.Server)); diff != "" {
		t.Errorf("after destroy (-undisturbed +got):\n%s", diff)
	}
	return true
}
