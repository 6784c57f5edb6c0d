//go:build !windows

package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a pseudo-terminal: what was drawn on it so far, and a keyboard.
type terminal struct {
	t    *testing.T
	keys io.Writer
	mu   sync.Mutex
	seen bytes.Buffer
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen.Write(p)
}

func (t *terminal) drawn() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen.String()
}

// await waits until a text was drawn after the first n bytes.
func (t *terminal) await(text string, n int) {
	t.t.Helper()
	for range time.Tick(2 * time.Millisecond) {
		if all := t.drawn(); strings.Contains(all[min(n, len(all)):], text) {
			return
		}
		if t.t.Context().Err() != nil {
			t.t.Fatalf("waited for %q; drawn so far:\n%q", text, t.drawn())
		}
	}
}

func (t *terminal) press(key, then string) {
	t.t.Helper()
	n := len(t.drawn())
	if _, err := io.WriteString(t.keys, key); err != nil {
		t.t.Fatal(err)
	}
	t.await(then, n)
}

// openWizard runs the wizard on a pseudo-terminal of 80x24.
func openWizard(ctx context.Context, t *testing.T, r *recorded) (*terminal, <-chan Outcome) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("this machine has no pseudo-terminals: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	screen := &terminal{t: t, keys: master}
	copied := make(chan struct{})
	go func() { defer close(copied); _, _ = io.Copy(screen, master) }()
	ended := make(chan Outcome, 1)
	go func() {
		out, err := Run(ctx, r.engine(), Options{In: slave, Out: slave, Env: []string{"TERM=xterm-256color"}})
		if err != nil {
			t.Errorf("run: %v", err)
		}
		ended <- out
		_ = slave.Close()
	}()
	t.Cleanup(func() { _ = master.Close(); <-copied })
	screen.await("What should reach what", 0)
	return screen, ended
}

func TestRunLeavesTheTerminalAsItFoundIt(t *testing.T) {
	screen, ended := openWizard(t.Context(), t, &recorded{})
	screen.await("application default", 0)
	screen.press("\r", "bridge name")
	screen.press("\x03", "Leave?")
	screen.press("y", "\x1b[?1049l")
	if out := <-ended; out.Ending != Interrupted {
		t.Errorf("ended %q, want %q", out.Ending, Interrupted)
	}
	screen.await("\x1b[?25h", strings.LastIndex(screen.drawn(), "\x1b[?1049h"))
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, ended := openWizard(ctx, t, &recorded{})
	cancel()
	select {
	case out := <-ended:
		if out.Ending != Interrupted {
			t.Errorf("ended %q, want %q", out.Ending, Interrupted)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the wizard goes on although its context has ended")
	}
}
