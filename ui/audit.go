package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/drawbridge-cloud/drawbridge/internal/audit"
)

// Progress is how far a long reading has come: what is being done, and how many things were seen of how many.
type Progress struct {
	Doing string // "comparing both clouds with the bridge"
	Seen  int    // 0 where nobody counts
	Of    int    // 0 where nobody knows
}

// ShowAudit reads with e.Audit, showing how far it has come, and shows the answer until it is closed. done is false when
// it was left before there was an answer; err is what kept the reading from giving one.
func ShowAudit(ctx context.Context, e Engine, o Options, subject string) (d audit.Document, done bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	w := newWalk(ctx, e, o)
	w.survey.subject = subject
	at, begin := newFindings(w)
	if err := show(o, model{walk: w, at: at, begin: begin}); err != nil {
		return d, false, fmt.Errorf("draw on the terminal: %w", err)
	}
	w.drain()
	if w.survey.found == nil {
		return d, false, w.survey.err
	}
	return *w.survey.found, true, nil
}

// survey is an audit as far as it has come.
type survey struct {
	subject string
	doing   []stretch
	found   *audit.Document
	err     error
}

// stretch is one part of a reading.
type stretch struct {
	Progress
	since, until time.Time // until is zero while it lasts
}

type (
	progressed struct{ now Progress }
	audited    struct {
		found audit.Document
		err   error
	}
)

// inspect reads everything anew.
func (w *walk) inspect() tea.Cmd {
	w.survey.doing, w.survey.found, w.survey.err, w.since = nil, nil, nil, w.now
	return w.start(callAudit, func(ctx context.Context, put func(tea.Msg)) tea.Msg {
		d, err := w.e.Audit(ctx, func(p Progress) { put(progressed{p}) })
		return audited{d, err}
	})
}

// progressed goes on with the stretch that is under way, or begins the next.
func (s *survey) progressed(p Progress, now time.Time) {
	last := len(s.doing) - 1
	if last >= 0 && s.doing[last].Doing == p.Doing {
		s.doing[last].Seen, s.doing[last].Of = max(p.Seen, s.doing[last].Seen), p.Of
		return
	}
	if last >= 0 {
		s.doing[last].until = now
	}
	s.doing = append(s.doing, stretch{Progress: p, since: now})
}

// answered takes the answer. One that was called off is none.
func (s *survey) answered(m audited) {
	if s.err = m.err; m.err == nil {
		s.found = &m.found
	}
}
