package sandbox

import (
	"sync"
	"time"
)

// journalled bounds the journal, so that a sandbox under load stays flat.
const journalled = 100000

// Call is one request as the sandbox saw it: what was called, never what was said.
type Call struct {
	Name     string // such as "aws.iam.CreateRole" or "google.iam.projects.serviceAccounts.create"
	At       time.Time
	Duration time.Duration
	Status   int // 0 when the connection was closed without a reply
}

type journal struct {
	mu    sync.Mutex
	calls []Call
}

func (j *journal) add(c Call) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.calls) < journalled {
		j.calls = append(j.calls, c)
	}
}

// Calls lists what was called since the start or the last ResetCalls, at most 100,000, in the order of their replies.
func (s *Server) Calls() []Call {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return append([]Call(nil), s.journal.calls...)
}

// ResetCalls forgets the calls so far.
func (s *Server) ResetCalls() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.calls = nil
}
