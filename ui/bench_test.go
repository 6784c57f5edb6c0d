package ui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// BenchmarkFirstFrame is everything between the start and the first frame, without the terminal.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		w := newWalk(b.Context(), (&recorded{}).engine(), Options{})
		var m tea.Model = model{walk: w, at: newConnect(w)}
		m, _ = m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		if m.View().Content == "" {
			b.Fatal("nothing was drawn")
		}
	}
}

// BenchmarkKeystrokeIn5000Roles is a key that filters a long list, and the frame after it.
func BenchmarkKeystrokeIn5000Roles(b *testing.B) {
	w := newWalk(b.Context(), (&recorded{}).engine(), Options{})
	w.take(signedIn{(&recorded{}).signIn(b.Context())})
	f := newAWSForm(w).enter(w, "toAWS.role.name")
	p := picker{form: f, path: f.at, shelf: &shelf{}, filter: typing("")}
	for i := range 5000 {
		p.shelf.choices = append(p.shelf.choices, Choice{Value: fmt.Sprintf("role-%04d-of-a-large-account", i), Title: "made by hand"})
	}
	w.size = box{120, 40}
	var s screen = p.sift()
	keys := []tea.KeyPressMsg{{Code: '4', Text: "4"}, {Code: tea.KeyBackspace}}
	for i := 0; b.Loop(); i++ {
		s, _ = s.update(w, keys[i%2])
		_, _ = w.frame(s)
	}
}

// BenchmarkKeystrokeInAForm is a key in a field, which reads the whole bridge again, and the frame after it.
func BenchmarkKeystrokeInAForm(b *testing.B) {
	w := newWalk(b.Context(), (&recorded{}).engine(), Options{})
	w.take(signedIn{(&recorded{}).signIn(b.Context())})
	w.size = box{120, 40}
	var s screen = newGoogleForm(w)
	keys := []tea.KeyPressMsg{{Code: 'x', Text: "x"}, {Code: tea.KeyBackspace}}
	for i := 0; b.Loop(); i++ {
		s, _ = s.update(w, keys[i%2])
		_, _ = w.frame(s)
	}
}
