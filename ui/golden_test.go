package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// scene is a settled screen and the keys that lead to it.
type scene struct {
	name string
	r    recorded
	keys string // separated by spaces
}

func scenes() []scene {
	const review = "enter enter enter"
	return []scene{
		{name: "connect"},
		{name: "connect-signed-out", r: recorded{signedOut: true}},
		{name: "connect-help", keys: "?"},
		{name: "google", keys: "enter"},
		{name: "google-wrong", keys: "enter B"},
		{name: "google-why", keys: "enter tab ?"},
		{name: "google-more", keys: "enter up tab tab tab tab tab tab tab space tab tab"},
		{name: "google-documents", keys: "enter ctrl+d"},
		{name: "google-list", keys: "enter tab ctrl+l"},
		{name: "aws", keys: "enter enter tab tab tab tab tab"},
		{name: "review", r: recorded{warned: true}, keys: review},
		{name: "review-details", keys: review + " right d"},
		{name: "review-blocked", r: recorded{blocked: true}, keys: review},
		{name: "review-adopted", r: recorded{blocked: true}, keys: review + " a right up d"},
		{name: "review-preflight", r: recorded{warned: true, stopped: true}, keys: review + " p"},
		{name: "review-standing", r: recorded{standing: true}, keys: review},
		{name: "review-question", keys: review + " enter"},
		{name: "apply", keys: review + " enter y"},
		{name: "apply-failed", r: recorded{fails: true}, keys: review + " enter y"},
		{name: "apply-failed-details", r: recorded{fails: true}, keys: review + " enter y d"},
		{name: "verify-consent", keys: review + " enter y enter"},
		{name: "verify", keys: review + " enter y enter y"},
		{name: "verify-without", keys: review + " enter y enter s"},
		{name: "verify-refused", r: recorded{refused: true}, keys: review + " enter y enter y"},
		{name: "verify-evidence", keys: review + " enter y enter y d"},
		{name: "files", keys: review + " enter y enter y enter down space"},
		{name: "files-where", keys: review + " enter y enter y enter o"},
		{name: "files-written", keys: review + " enter y enter y enter enter"},
		{name: "leave", keys: "enter ctrl+c"},
	}
}

func (s scene) play(t *testing.T, o Options, width, height int) *driver {
	t.Helper()
	r := s.r
	o.Sandbox = true
	d := drive(t, r.engine(), o, width, height)
	d.until("who we are", func() bool { return d.m.asked })
	d.press(strings.Fields(s.keys)...)
	return d
}

func TestScreensLookAsTheyShould(t *testing.T) {
	for _, s := range scenes() {
		for _, size := range []box{{80, 24}, {120, 40}} {
			t.Run(fmt.Sprintf("%s-%dx%d", s.name, size.w, size.h), func(t *testing.T) {
				t.Parallel()
				d := s.play(t, Options{}, size.w, size.h)
				golden(t, fmt.Sprintf("%s-%dx%d", s.name, size.w, size.h), d.text())
			})
		}
	}
}

func TestATerminalThatIsTooSmallIsToldSo(t *testing.T) {
	golden(t, "connect-60x20", scene{}.play(t, Options{}, 60, 20).text())
}

func TestScreensWithoutColourAndWithoutUnicode(t *testing.T) {
	for _, s := range scenes() {
		switch s.name {
		case "connect", "google", "review-blocked", "verify", "verify-refused":
			d := s.play(t, Options{NoColor: true, ASCII: true}, 80, 24)
			golden(t, s.name+"-ascii", d.text())
			if i := strings.IndexFunc(strings.ReplaceAll(d.text(), "…", ""), func(r rune) bool { return r > 126 }); i >= 0 {
				t.Errorf("%s draws a symbol outside ASCII: %q", s.name, d.text()[i:i+8])
			}
			if c := d.m.View().Content; strings.Contains(c, "\x1b[3") || strings.Contains(c, ";38;") {
				t.Errorf("%s draws a colour although there should be none", s.name)
			}
		}
	}
}

func TestColoursOfBothBackgrounds(t *testing.T) {
	for _, s := range scenes() {
		if s.name != "verify" {
			continue
		}
		for name, light := range map[string]bool{"dark": false, "light": true} {
			d := s.play(t, Options{Light: light}, 80, 24)
			golden(t, "verify-"+name, strings.ReplaceAll(d.m.View().Content, "\x1b", "ESC"))
		}
	}
}

func TestNothingIsWiderOrTallerThanTheTerminal(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := s.play(t, Options{}, 80, 24)
			lengthen(d.m.walk)
			for _, size := range []box{{80, 24}, {81, 25}, {97, 30}, {109, 24}, {110, 24}, {120, 40}, {200, 60}, {60, 20}, {20, 5}, {1, 1}} {
				d.apply(tea.WindowSizeMsg{Width: size.w, Height: size.h})
				lines := strings.Split(d.m.View().Content, "\n")
				if len(lines) > size.h {
					t.Errorf("%d lines at %dx%d", len(lines), size.w, size.h)
				}
				for i, l := range lines {
					if w := ansi.StringWidth(l); w > size.w {
						t.Errorf("line %d is %d cells wide at %dx%d: %s", i, w, size.w, size.h, ansi.Strip(l))
					}
				}
				if c := d.m.View().Cursor; c != nil && (c.X >= size.w || c.Y >= size.h) {
					t.Errorf("the cursor stands at %d,%d, outside of %dx%d", c.X, c.Y, size.w, size.h)
				}
			}
		})
	}
}

// lengthen gives everything the longest names that the clouds allow, some of them wide.
func lengthen(w *walk) {
	long := strings.Repeat("longest-name-", 5)[:64]
	w.sides.Google.Name, w.sides.Google.Source = strings.Repeat("橋", 31), long+long
	w.sides.AWS.Principal = "arn:aws:sts::123456789012:assumed-role/" + long + "/" + long
	w.sides.AWS.Name = long
	if w.plan != nil {
		for i := range w.plan.Changes {
			w.plan.Changes[i].Title = "role /" + long + "/" + long
			w.plan.Changes[i].Reason = long + " " + long + " " + long
		}
	}
	for i := range w.run.planks {
		w.run.planks[i].change.Title = "binding " + long + long
		w.run.planks[i].message = long
		w.run.planks[i].since, w.run.planks[i].until = w.now, w.now.Add(7*time.Minute)
	}
	for i := range w.proofs {
		w.proofs[i].Reason, w.proofs[i].Command = long+" "+long, long+" "+long
		for j := range w.proofs[i].Hops {
			w.proofs[i].Hops[j].Claims = map[string]string{"arn": long + long, "aud": "https://sts.amazonaws.com/1/" + long}
		}
	}
	for i := range w.files {
		w.files[i].Path, w.files[i].Where, w.files[i].Command = long+".json", long+" "+long, long+" "+long
	}
}
