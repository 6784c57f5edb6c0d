//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// TestInterruptedApplyGoesOnWhereItStopped ends an apply in its middle, as Ctrl-C and as a supervisor would, and runs it
// again.
func TestInterruptedApplyGoesOnWhereItStopped(t *testing.T) {
	for _, tt := range []struct {
		signal os.Signal
		want   int
	}{{os.Interrupt, 130}, {syscall.SIGTERM, 143}} {
		t.Run(tt.signal.String(), func(t *testing.T) {
			server, env := surroundings(t, sandbox.Options{Latency: 50 * time.Millisecond})
			file := bridgeFile(t, "both-ways")
			out, code := interrupted(t, server, env, tt.signal, "apply", "--yes", "-f", file, "--format", "json")
			if code != tt.want {
				t.Fatalf("got exit code %d, want %d; it said:\n%s", code, tt.want, out)
			}
			if !strings.Contains(out, "run the same command again") {
				t.Errorf("got\n%s\nwant to be told how to go on", out)
			}
			drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
			drive(t, env, "plan", "-f", file).want(t, exitDone)
		})
	}
}

// TestInterruptedProofGivesBackWhatItBorrowed ends a proof while it holds borrowed access.
func TestInterruptedProofGivesBackWhatItBorrowed(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{Latency: 50 * time.Millisecond})
	file := bridgeFile(t, "both-ways")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	out, code := interrupted(t, server, env, os.Interrupt, "verify", "--borrow", "-f", file)
	if code != 130 {
		t.Fatalf("got exit code %d, want 130; it said:\n%s", code, out)
	}
	drive(t, env, "plan", "-f", file).want(t, exitDone)
}

// interrupted runs drawbridge in a process of its own and sends the signal as soon as it has changed something.
func interrupted(t *testing.T, server *sandbox.Server, env map[string]string, signal os.Signal, args ...string) (string, int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Args = append([]string{"drawbridge"}, args...)
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	c.Env = append(c.Env, "HOME="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	c.Dir = filepath.Dir(t.TempDir())
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	server.ResetCalls()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	awaitWrite(t, server)
	if err := c.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), exit.ExitCode()
	}
	return out.String(), 0
}

// awaitWrite returns when the first write has been answered.
func awaitWrite(t *testing.T, server *sandbox.Server) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, c := range server.Calls() {
			for _, write := range []string{"Create", ".create", ".enable", "batchEnable", "UpdateAssumeRolePolicy", "setIamPolicy"} {
				if strings.Contains(c.Name, write) && c.Status == 200 {
					return
				}
			}
		}
	}
	t.Fatal("nothing was written within 30 s")
}

// TestSandboxServesUntilInterrupted reads the announcement as a script would: the first line, the exports, ready.
func TestSandboxServesUntilInterrupted(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Args = []string{"drawbridge", "sandbox"}
	c.Env = []string{"HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir(), "GORACE=atexit_sleep_ms=0"}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := readUntilReady(t, out)
	if !strings.HasPrefix(lines[0], "listening on http://127.0.0.1:") {
		t.Errorf("first line: got %q, want where it listens", lines[0])
	}
	for _, l := range lines[1:] {
		if !strings.HasPrefix(l, "export ") || !strings.Contains(l, "=") {
			t.Errorf("got line %q, want an export", l)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("got %v after the interruption, want exit code 0", err)
	}
}

func readUntilReady(t *testing.T, out io.Reader) []string {
	t.Helper()
	var lines []string
	for in := bufio.NewScanner(out); in.Scan(); {
		if in.Text() == "ready" && len(lines) > 0 {
			return lines
		}
		lines = append(lines, in.Text())
	}
	t.Fatalf("it never said ready:\n%s", strings.Join(lines, "\n"))
	return nil
}
