//go:build unix

package ui

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

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

// frameBudget is what a keystroke may take until its frame is drawn, at the 99th percentile.
const frameBudget = 16 * time.Millisecond

// BenchmarkKeystrokeIn5000Roles is a key, from the program's Update to its drawn View, in an account of 5,000 roles.
func BenchmarkKeystrokeIn5000Roles(b *testing.B) {
	for _, bb := range []struct {
		name string
		open func(w *walk, f form) screen
		keys []tea.KeyPressMsg
	}{
		{"filter", picking, []tea.KeyPressMsg{{Code: '4', Text: "4"}, {Code: tea.KeyBackspace}}},
		{"move", picking, []tea.KeyPressMsg{{Code: tea.KeyDown}, {Code: tea.KeyDown}, {Code: tea.KeyUp}}},
		{"type", func(_ *walk, f form) screen { return f }, []tea.KeyPressMsg{{Code: 'x', Text: "x"}, {Code: tea.KeyBackspace}}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			w := newWalk(b.Context(), (&recorded{}).engine(), Options{})
			w.take(signedIn{(&recorded{}).signIn(b.Context())})
			f := newAWSForm(w).enter(w, "toAWS.role.name")
			w.stock["roles"] = manyRoles(w)
			w.size, w.patience = box{120, 40}, time.Hour
			var m tea.Model = model{walk: w, at: bb.open(w, f), ticking: true}
			var wall, cpu []time.Duration
			for i := 0; b.Loop(); i++ {
				began, busy := time.Now(), spent()
				m, _ = m.Update(bb.keys[i%len(bb.keys)])
				_ = m.View()
				wall, cpu = append(wall, time.Since(began)), append(cpu, spent()-busy)
			}
			b.ReportMetric(p99(wall), "p99-ms")
			b.ReportMetric(p99(cpu), "p99-cpu-ms")
			if limit := float64(frameBudget.Milliseconds()); p99(cpu) > limit && len(cpu) > 100 {
				b.Errorf("a keystroke works for %.1f ms at the 99th percentile, want less than %.0f", p99(cpu), limit)
			}
		})
	}
}

// picking is the list that opens over a field.
func picking(w *walk, f form) screen {
	return picker{form: f, path: f.at, shelf: w.shelf(f.at), filter: typing("")}.sift()
}

func manyRoles(w *walk) *shelf {
	s := &shelf{place: w.place("roles"), over: true}
	for i := range 5000 {
		s.choices = append(s.choices, Choice{Value: fmt.Sprintf("role-%04d-of-a-large-account", i), Title: "path /", Note: "exists, would be adopted", Adopt: true})
	}
	return s
}

// p99 is what the slowest of a hundred took, in milliseconds.
func p99(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000
}

// spent is the processor time of this process so far, collector included: what a busy machine takes away does not count.
func spent() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
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
