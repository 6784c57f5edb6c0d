package world

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"sync"
)

// remembered bounds the ledger, so that a sandbox under load stays flat.
const remembered = 20000

// ledger lists what must never be found in anybody's output. It lives in memory only.
type ledger struct {
	mu   sync.Mutex
	list []string
	next int
}

// Issued notes a credential that the sandbox has just handed out, so that a test can search for it where it must not be.
func (w *World) Issued(secret string) {
	if secret == "" {
		return
	}
	l := &w.secrets
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) < remembered {
		l.list = append(l.list, secret)
		return
	}
	l.list[l.next] = secret
	l.next = (l.next + 1) % remembered
}

// Secrets lists every credential seeded or issued, at most the last 20,000 of them.
func (w *World) Secrets() []string {
	l := &w.secrets
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// remember notes what a new or loaded state already holds. New and Load call it before anybody else has the world.
func (w *World) remember() {
	for _, secret := range append(w.state.AWS.secrets(), w.state.Google.secrets()...) {
		w.Issued(secret)
	}
}

// Random returns n bytes of real randomness in unpadded URL-safe base64: for credentials, which no seed may predict.
func Random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}
