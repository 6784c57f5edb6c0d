// Package world is what the sandbox remembers: one Google Cloud, one AWS, one clock, behind one mutex.
//
// It stores and dates things; it decides nothing (that is judge) and speaks no protocol (that is wire, aws and google).
// With zero Knobs it behaves like production: no delay, no lag, no fault.
package world

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

// StateVersion is the layout of State; a file of another version is refused rather than guessed at.
const StateVersion = 1

// State is everything that outlives a process when a state file is given. It is plain JSON.
type State struct {
	Version int                   `json:"version"`
	Seed    uint64                `json:"seed"`
	Serial  uint64                `json:"serial"`          // grows with every id made, so ids are reproducible under one seed
	Offset  time.Duration         `json:"offset"`          // how far the sandbox's clock runs ahead of the machine's
	Landed  time.Time             `json:"landed,omitzero"` // what was made until then is seen, whatever the lag
	Keys    map[string]SigningKey `json:"keys,omitempty"`  // by issuer, made at the first token
	Seal    []byte                `json:"seal,omitempty"`  // seals session tokens, so that issuing one changes nothing
	AWS     AWS                   `json:"aws"`
	Google  Google                `json:"google"`
}

// Knobs change how the clouds behave. The zero value behaves like production without delay.
type Knobs struct {
	Latency time.Duration    // added to every reply
	Lag     time.Duration    // how long a write stays invisible to reads, per resource
	Now     func() time.Time // nil: time.Now
	Quotas  map[string]int   // limits and rates other than the usual ones, "aws.RolesQuota" or "google.sts.perMinute"
}

// World guards a State. Handlers read with View and write with Change; both hold the one mutex, so neither may block.
type World struct {
	mu      sync.Mutex
	state   State
	knobs   Knobs
	saver   func(*State) error // nil: nothing is kept
	release func() error       // gives the state file back

	keys    keyring
	secrets ledger
	rates   rates

	sealer cipher.AEAD
}

// New returns a freshly seeded world: a project, an account and an operator on each side, and a second pair with a past.
func New(seed uint64, knobs Knobs) *World {
	w := &World{knobs: knobs, state: State{Version: StateVersion, Seed: seed, Seal: make([]byte, 32)}}
	_, _ = rand.Read(w.state.Seal)
	_ = w.arm() // 32 bytes are always a key
	w.state.AWS = seedAWS(w.now(), &w.state)
	w.state.Google = seedGoogle(w.now(), &w.state)
	w.remember()
	return w
}

// Knobs are the settings the world was made with.
func (w *World) Knobs() Knobs { return w.knobs }

// View runs f with the state locked for reading. f must not keep pointers into it.
func (w *World) View(f func(s *State, now time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f(&w.state, w.now())
}

// Change runs f with the state locked and, when it succeeds, saves the state before returning, so that no reply
// ever speaks of a change that a crash could lose.
func (w *World) Change(f func(s *State, now time.Time) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := f(&w.state, w.now()); err != nil {
		return err
	}
	return w.save()
}

func (w *World) save() error {
	if w.saver == nil {
		return nil
	}
	return w.saver(&w.state)
}

// Advance moves the sandbox's clock forward.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.Offset += d
}

// Now is the sandbox's time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now()
}

func (w *World) now() time.Time {
	now := time.Now
	if w.knobs.Now != nil {
		now = w.knobs.Now
	}
	return now().UTC().Add(w.state.Offset)
}

// Digits returns n reproducible decimal digits, the first not zero.
func (s *State) Digits(n int) string { return s.letters(n, "123456789", "0123456789") }

// Upper returns n reproducible characters as AWS uses in unique ids.
func (s *State) Upper(n int) string {
	const a = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	return s.letters(n, a, a)
}

// Hex returns n reproducible hexadecimal digits.
func (s *State) Hex(n int) string { return s.letters(n, "0123456789abcdef", "0123456789abcdef") }

// UUID returns a reproducible identifier in UUID form.
func (s *State) UUID() string {
	return fmt.Sprintf("%s-%s-4%s-8%s-%s", s.Hex(8), s.Hex(4), s.Hex(3), s.Hex(3), s.Hex(12))
}

func (s *State) letters(n int, first, rest string) string {
	s.Serial++
	r := mathrand.New(mathrand.NewPCG(s.Seed, s.Serial)) //nolint:gosec // ids, not secrets: a seed must reproduce them
	out := make([]byte, n)
	for i := range out {
		set := rest
		if i == 0 {
			set = first
		}
		out[i] = set[r.IntN(len(set))]
	}
	return string(out)
}
