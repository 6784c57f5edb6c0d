package ui

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// driver sits at the keyboard: it applies a message, runs the commands that come back, and feeds in what they return.
type driver struct {
	t    *testing.T
	m    model
	msgs chan tea.Msg
	keys int
	quit bool
}

func drive(t *testing.T, e Engine, o Options, width, height int) *driver {
	t.Helper()
	return driveUnder(t.Context(), t, e, o, width, height)
}

func driveUnder(ctx context.Context, t *testing.T, e Engine, o Options, width, height int) *driver {
	t.Helper()
	o.Now = func() time.Time { return recordedAt }
	o.Version = "v0.1.0"
	w := newWalk(ctx, e, o)
	w.glance, w.patience = 5*time.Millisecond, time.Hour
	d := &driver{t: t, m: model{walk: w, at: opening(w)}, msgs: make(chan tea.Msg)}
	d.run(d.m.Init())
	d.apply(tea.WindowSizeMsg{Width: width, Height: height})
	return d
}

// walkThrough starts a walk on the recorded engine at 80x24.
func walkThrough(t *testing.T, r *recorded) *driver {
	t.Helper()
	d := drive(t, r.engine(), Options{Sandbox: true, StateFile: "clouds"}, 80, 24)
	d.until("who we are", func() bool { return d.m.asked })
	return d
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for _, c := range batch {
				d.run(c)
			}
			return
		}
		select {
		case d.msgs <- msg:
		case <-d.t.Context().Done():
		}
	}()
}

func (d *driver) apply(msg tea.Msg) {
	if _, ok := msg.(tea.QuitMsg); ok {
		d.quit = true
		return
	}
	next, cmd := d.m.Update(msg)
	d.m = next.(model)
	d.run(cmd)
}

// until feeds messages until a condition holds.
func (d *driver) until(what string, holds func() bool) {
	d.t.Helper()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case msg := <-d.msgs:
			d.apply(msg)
		case <-deadline:
			d.t.Fatalf("waited for %s; the screen shows:\n%s", what, d.text())
		}
	}
}

// settle waits until no call runs and the screen hears its keys.
func (d *driver) settle() {
	d.t.Helper()
	d.until("the calls to end", func() bool { return len(d.m.calls) == 0 || d.quit })
	d.until("the keys to be heard", func() bool { return d.quit || len(d.m.at.keys(d.m.walk)) > 0 && !d.deaf() })
}

func (d *driver) deaf() bool {
	switch s := d.m.at.(type) {
	case review:
		return s.asks && !s.guard.open
	case consent:
		return !s.guard.open
	}
	return false
}

// press types keys, one after the other, and waits for what each sets going.
func (d *driver) press(keys ...string) *driver {
	d.t.Helper()
	for _, k := range keys {
		d.key(k)
		d.settle()
	}
	return d
}

// key types one key and waits for nothing.
func (d *driver) key(k string) {
	d.keys++
	d.apply(keyOf(k))
}

// write types a text.
func (d *driver) write(text string) *driver {
	for _, r := range text {
		d.key(string(r))
	}
	return d
}

func keyOf(name string) tea.KeyPressMsg {
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "f1": tea.KeyF1,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if c, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(c[0]), Mod: tea.ModCtrl}
	}
	if name == "space" {
		name = " "
	}
	r := []rune(name)[0]
	if r >= 'A' && r <= 'Z' {
		return tea.KeyPressMsg{Code: r + 'a' - 'A', ShiftedCode: r, Text: name, Mod: tea.ModShift}
	}
	return tea.KeyPressMsg{Code: r, Text: name}
}

// text is the screen without its colours.
func (d *driver) text() string {
	lines := strings.Split(ansi.Strip(d.m.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// shows fails unless the screen holds every text, across line breaks.
func (d *driver) shows(texts ...string) *driver {
	d.t.Helper()
	screen := strings.Join(strings.Fields(d.text()), " ")
	for _, want := range texts {
		if !strings.Contains(screen, want) {
			d.t.Errorf("the screen does not show %q:\n%s", want, d.text())
		}
	}
	return d
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read the golden (go test ./ui -update writes it): %v", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}
