package ui

import (
	"fmt"
	"strings"
	"testing"
)

// sizes are those at which every screen is held to its golden; the last is too small for any.
func sizes() []box { return []box{{80, 24}, {120, 40}, {60, 20}} }

// themes are the backgrounds, and none.
func themes() []struct {
	name string
	o    Options
} {
	return []struct {
		name string
		o    Options
	}{{"dark", Options{}}, {"light", Options{Light: true}}, {"no colour", Options{NoColor: true}}}
}

// TestScreensLookAsTheyShould holds every screen at every size to its golden: the text once, because it is the same in every
// theme, and what each theme paints it with.
func TestScreensLookAsTheyShould(t *testing.T) {
	for _, s := range scenes() {
		for _, size := range sizes() {
			name := fmt.Sprintf("%s-%dx%d", s.name, size.w, size.h)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				text, painted := "", ""
				for _, theme := range themes() {
					d := s.play(t, theme.o, size.w, size.h)
					if text == "" {
						text = d.text()
						golden(t, name, text)
					}
					if d.text() != text {
						t.Errorf("%s says something else than dark does:\n%s\nwant\n%s", theme.name, d.text(), text)
					}
					places, inks := paintedWith(d.m.View().Content)
					if theme.o.NoColor && strings.Contains(inks, "38;") {
						t.Errorf("a colour is drawn although there should be none:\n%s", inks)
					}
					painted += places.since(painted, theme.name) + inks
				}
				golden(t, "colours/"+name, painted)
			})
		}
	}
}

func TestScreensWithoutUnicode(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := s.play(t, Options{NoColor: true, ASCII: true}, 80, 24)
			switch s.name {
			case "connect", "google", "review-blocked", "verify", "verify-refused":
				golden(t, s.name+"-ascii", d.text())
			}
			ours := strings.ReplaceAll(d.text(), "…", "") // the engine's own, in a session name
			if i := strings.IndexFunc(ours, func(r rune) bool { return r > 126 }); i >= 0 {
				t.Errorf("a symbol outside ASCII is drawn: %q", ours[i:min(i+8, len(ours))])
			}
		})
	}
}
