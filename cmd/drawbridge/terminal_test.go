//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// enough is how long a flow waits for a text or an end before it gives up. It is no measure of speed: the machine may be
// busy with ten other things.
const enough = 90 * time.Second

// desk is a pseudo-terminal in an empty directory, with a keyboard and a screen. It starts programs, types, and reads what
// stands on the screen; no program besides drawbridge is needed for that.
type desk struct {
	t             *testing.T
	dir           string
	env           []string
	width, height int
	keys          int
	program       string // what is run; the test binary, which is drawbridge when it is called so
	on            *seat
}

// seat is one program on the terminal.
type seat struct {
	master *os.File
	before *term.State // of the line, as the program found it
	after  *term.State // and as it left it
	drawn  chan struct{}
	ended  chan struct{} // closed when the program has ended and all it drew was read
	code   int

	mu     sync.Mutex // the emulator is one for the reader, the resizer and the eye
	screen *vt.Emulator
	raw    bytes.Buffer
}

// sit opens a desk with a terminal of a size. Nothing runs on it yet.
func sit(t *testing.T, width, height int) *desk {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED: the wizard in a real terminal (-short)")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return &desk{t: t, dir: dir, program: self, width: width, height: height, env: []string{
		"PATH=" + dir + ":/usr/bin:/bin", "HOME=" + dir, "LANG=C.UTF-8", "TERM=xterm-256color", "PS1=$ ", "GORACE=atexit_sleep_ms=0",
	}}
}

// with adds to the environment, "NAME=VALUE"; a later value of a name goes before an earlier one.
func (d *desk) with(env ...string) *desk {
	d.env = append(d.env, env...)
	return d
}

// run starts drawbridge with the arguments of a line such as "drawbridge --sandbox".
func (d *desk) run(line string) *desk {
	d.t.Helper()
	return d.start(strings.Fields(line))
}

func (d *desk) start(args []string) *desk {
	d.t.Helper()
	c := exec.CommandContext(d.t.Context(), d.program)
	c.Args, c.Dir, c.Env = args, d.dir, d.env
	master, slave, err := pty.Open()
	if err != nil {
		d.t.Skipf("NOT TESTED: the wizard in a real terminal, because this machine has none: %v", err)
	}
	s := &seat{master: master, drawn: make(chan struct{}, 1), ended: make(chan struct{}), screen: vt.NewEmulator(d.width, d.height)}
	d.on = s
	d.resize(d.width, d.height)
	if s.before, err = term.GetState(slave.Fd()); err != nil {
		d.t.Fatal(err)
	}
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = ownTerminal()
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	go s.answer()
	go s.watch(c, slave)
	d.t.Cleanup(func() { _ = c.Process.Kill(); <-s.ended; _ = s.master.Close() })
	return d
}

// answer sends back what a terminal answers when it is asked: its colours, its kind.
func (s *seat) answer() { _, _ = io.Copy(s.master, s.screen) }

// watch draws until the program has ended. The other end is held open until then, so that nothing drawn last is lost and
// the state of the line can still be read.
func (s *seat) watch(c *exec.Cmd, slave *os.File) {
	read := make(chan struct{})
	go func() { defer close(read); _, _ = io.Copy(s, s.master) }()
	err := c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		s.code = exit.ExitCode()
	}
	s.after, _ = term.GetState(slave.Fd())
	_ = slave.Close()
	<-read
	_ = s.screen.Close()
	close(s.ended)
}

// Write draws.
func (s *seat) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw.Write(p)
	n, err := s.screen.Write(p)
	select {
	case s.drawn <- struct{}{}:
	default:
	}
	return n, err
}

// screen is what the terminal shows, without colours.
func (d *desk) screen() string {
	d.on.mu.Lock()
	defer d.on.mu.Unlock()
	return d.on.screen.String()
}

// raw is every byte that was written to the terminal so far.
func (d *desk) raw() string {
	d.on.mu.Lock()
	defer d.on.mu.Unlock()
	return d.on.raw.String()
}

// await waits until the terminal shows every text, across line breaks.
func (d *desk) await(texts ...string) *desk {
	d.t.Helper()
	deadline := time.After(enough)
	for {
		missing := ""
		shown := strings.Join(strings.Fields(d.screen()), " ")
		for _, text := range texts {
			if !strings.Contains(shown, text) {
				missing = text
			}
		}
		if missing == "" {
			return d
		}
		select {
		case <-d.on.drawn:
		case <-d.on.ended:
			if shown != strings.Join(strings.Fields(d.screen()), " ") {
				continue
			}
			d.t.Fatalf("ended with %d before it showed %q; the terminal shows:\n%s", d.on.code, missing, d.screen())
		case <-deadline:
			d.t.Fatalf("waited in vain for %q; the terminal shows:\n%s", missing, d.screen())
		}
	}
}

// ends waits until the program has ended with a code, and sees that nothing of it is left in the terminal.
func (d *desk) ends(code int) *desk {
	d.t.Helper()
	select {
	case <-d.on.ended:
	case <-time.After(enough):
		d.t.Fatalf("waited in vain for the end; the terminal shows:\n%s", d.screen())
	}
	if d.on.code != code {
		d.t.Fatalf("ended with %d, want %d; the terminal shows:\n%s", d.on.code, code, d.screen())
	}
	if left := leftBehind(d.raw()); len(left) > 0 {
		d.t.Errorf("left in the terminal: %v", left)
	}
	if !reflect.DeepEqual(d.on.before, d.on.after) {
		d.t.Errorf("the line is left in another state:\n%+v\nwant\n%+v", d.on.after, d.on.before)
	}
	return d
}

// press types keys by their names, and anything else as it is.
func (d *desk) press(keys ...string) *desk {
	d.t.Helper()
	named := map[string]string{
		"Enter": "\r", "Tab": "\t", "Escape": "\x1b", "Space": " ", "BSpace": "\x7f",
		"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D",
		"C-c": "\x03", "C-d": "\x04", "C-l": "\x0c", "C-r": "\x12", "C-u": "\x15", "C-y": "\x19", "C-z": "\x1a",
	}
	for _, key := range keys {
		d.keys++
		if bytes, ok := named[key]; ok {
			key = bytes
		}
		d.typed(key)
	}
	return d
}

// paste hands over a text as a terminal does: in brackets.
func (d *desk) paste(text string) *desk { return d.typed("\x1b[200~" + text + "\x1b[201~") }

func (d *desk) typed(bytes string) *desk {
	d.t.Helper()
	if _, err := io.WriteString(d.on.master, bytes); err != nil {
		d.t.Fatal(err)
	}
	return d
}

// resize changes the size of the window while the program runs.
func (d *desk) resize(width, height int) *desk {
	d.t.Helper()
	d.on.mu.Lock()
	d.on.screen.Resize(width, height)
	d.on.mu.Unlock()
	if err := pty.Setsize(d.on.master, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)}); err != nil {
		d.t.Fatal(err)
	}
	return d
}

// holds reports whether a file is there.
func (d *desk) holds(name string) bool {
	_, err := os.Stat(filepath.Join(d.dir, name))
	return err == nil
}
