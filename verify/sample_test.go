package verify

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The sweeps visit a sample of their points. DRAWBRIDGE_SWEEP=full visits all of them, DRAWBRIDGE_SWEEP=full:2/4 the second
// quarter of all, and DRAWBRIDGE_SWEEP=SEED another sample.

// inFull reports whether everything is asked for, or a share of it.
func inFull() bool { return strings.HasPrefix(os.Getenv("DRAWBRIDGE_SWEEP"), "full") }

// sampled is n of the cases, or those of a full sweep.
func sampled[T any](t *testing.T, cases []T, n int) []T {
	t.Helper()
	asked := os.Getenv("DRAWBRIDGE_SWEEP")
	if inFull() {
		return share(t, cases, asked)
	}
	if len(cases) <= n {
		return cases
	}
	seed, err := strconv.ParseUint(asked, 10, 64)
	if err != nil {
		seed = 1 // the same everywhere: a change that passed yesterday passes today
	}
	t.Logf("sample %d: %d of %d points; DRAWBRIDGE_SWEEP=full visits all, another number another sample", seed, n, len(cases))
	out := slices.Clone(cases)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a sample, not a secret
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:n]
}

// share is every Nth case from the Ith on, of full:I/N.
func share[T any](t *testing.T, cases []T, asked string) []T {
	t.Helper()
	_, part, parted := strings.Cut(asked, ":")
	if !parted {
		return cases
	}
	first, of, _ := strings.Cut(part, "/")
	i, err := strconv.Atoi(first)
	n, nerr := strconv.Atoi(of)
	if err != nil || nerr != nil || i < 1 || i > n {
		t.Fatalf("DRAWBRIDGE_SWEEP: got %q, want full or full:I/N", asked)
	}
	var out []T
	for at := i - 1; at < len(cases); at += n {
		out = append(out, cases[at])
	}
	return out
}

func TestSharesOfASweepAreDisjointAndWhole(t *testing.T) {
	cases := []int{0, 1, 2, 3, 4, 5, 6}
	var got []int
	for _, part := range []string{"full:1/3", "full:2/3", "full:3/3"} {
		got = append(got, share(t, cases, part)...)
	}
	slices.Sort(got)
	if !slices.Equal(got, cases) {
		t.Errorf("got %v, want each of %v once", got, cases)
	}
}
