//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// patience is far below the four seconds that a program loses which asks such a terminal for its colours.
const patience = 3 * time.Second

// onSilentTerminal runs drawbridge on a terminal that takes everything and answers nothing.
func onSilentTerminal(t *testing.T, args ...string) (string, int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Args = append([]string{"drawbridge"}, args...)
	c.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + t.TempDir(), "GORACE=atexit_sleep_ms=0"}
	terminal, err := pty.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	late := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	var out bytes.Buffer
	_, _ = io.Copy(&out, terminal) // ends with EIO when the process does
	err = c.Wait()
	if !late.Stop() {
		t.Fatalf("drawbridge %s was still running after %s; so far:\n%s", strings.Join(args, " "), patience, out.String())
	}
	exit, failed := errors.AsType[*exec.ExitError](err)
	if failed {
		return out.String(), exit.ExitCode()
	}
	return out.String(), 0
}

func TestHelpComesAtOnceOnATerminalThatNeverAnswers(t *testing.T) {
	out, code := onSilentTerminal(t, "--help")
	if code != 0 || !strings.Contains(out, "Usage") || !strings.Contains(out, "sandbox") {
		t.Errorf("got code %d and\n%s\nwant code 0 and the help", code, out)
	}
	asksNothing(t, out)
}

func TestUsageErrorComesAtOnceOnATerminalThatNeverAnswers(t *testing.T) {
	out, code := onSilentTerminal(t, "plan", "--nonsense")
	if code != 2 || !strings.Contains(out, "unknown flag: --nonsense") {
		t.Errorf("got code %d and\n%s\nwant code 2 and the flag named", code, out)
	}
	asksNothing(t, out)
}

// asksNothing looks for the questions that a terminal would have to answer: device attributes, colours, cursor.
func asksNothing(t *testing.T, out string) {
	t.Helper()
	for _, question := range []string{"\x1b[c", "\x1b[0c", "\x1b]11;?", "\x1b]10;?", "\x1b[6n", "\x1b[>"} {
		if strings.Contains(out, question) {
			t.Errorf("the terminal was asked %q", question)
		}
	}
}
