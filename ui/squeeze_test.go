package ui

import (
	"slices"
	"testing"
)

func TestAirIsGivenUpBeforeWords(t *testing.T) {
	lines := []string{"a", "", "b", "", "c"}
	for room, want := range map[int][]string{5: lines, 4: {"a", "", "b", "c"}, 3: {"a", "b", "c"}, 2: lines} {
		if got := squeezed(lines, room); !slices.Equal(got, want) {
			t.Errorf("in %d lines: got %q, want %q", room, got, want)
		}
	}
}
