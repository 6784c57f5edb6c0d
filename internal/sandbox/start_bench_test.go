package sandbox_test

import (
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		s, err := sandbox.Start(b.Context(), sandbox.Options{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
