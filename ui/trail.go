package ui

import (
	"time"

	"github.com/drawbridge-cloud/drawbridge/verify"
)

// walkway is one direction while it is being proven.
type walkway struct {
	direction string
	hops      []verify.Hop
	doors     []verify.Door
	proof     *verify.Proof // once it has ended
	wait      *verify.Event // what is waited for, nil for nothing
	lent      string        // what was borrowed, and whether it was given back
}

// trail is the proofs as they are heard of.
type trail struct{ ways []walkway }

func newTrail(directions []string) trail {
	t := trail{}
	for _, d := range directions {
		t.ways = append(t.ways, walkway{direction: d})
	}
	return t
}

// take folds one event in.
func (t trail) take(e verify.Event) {
	for i := range t.ways {
		if t.ways[i].direction == e.Direction {
			t.ways[i].take(e)
		}
	}
}

func (w *walkway) take(e verify.Event) {
	w.wait = nil
	switch e.Kind {
	case verify.HopDone:
		if e.Hop != nil {
			w.hops = append(w.hops, *e.Hop)
		}
	case verify.DoorTried:
		if e.Door != nil {
			w.doors = append(w.doors, *e.Door)
		}
	case verify.Waiting:
		w.wait = &e
	case verify.Borrowing, verify.Returning:
		w.lent = e.Message
	case verify.ProofEnded:
		w.proof = e.Proof
	}
}

// settled is the way with what the proof finally says.
func (w walkway) settled(proofs []verify.Proof) walkway {
	for _, p := range proofs {
		if p.Direction == w.direction {
			w.proof = &p
		}
	}
	if w.proof != nil {
		w.hops, w.doors = w.proof.Hops, w.proof.Doors
	}
	return w
}

// took is how long a proof was under way.
func took(p *verify.Proof) time.Duration { return time.Duration(p.DurationMs) * time.Millisecond }
