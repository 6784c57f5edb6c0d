package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// Journal is the evidence of what was meant and what was done: a line of JSON before each change and one after, each
// synced before the run goes on. It is never the truth: no plan reads it. One process at a time writes it.
type Journal struct {
	mu   sync.Mutex
	file *os.File
	lock *flock.Flock
	now  func() time.Time
}

// Entry is one line of the journal. It holds no credential.
type Entry struct {
	Time    time.Time `json:"time"`
	Kind    string    `json:"kind"` // "intent" before a change, "result" after it
	Step    string    `json:"step"`
	Action  Action    `json:"action,omitempty"`
	Name    string    `json:"name,omitempty"`
	Outcome Outcome   `json:"outcome,omitempty"`
	Message string    `json:"message,omitempty"`
	Fields  []Field   `json:"fields,omitempty"`
}

const (
	journalFile = "journal.ndjson"
	lockFile    = "lock"
)

// OpenJournal opens the journal in dir, makes both when they are not there (0700 and 0600), and locks it until Close. A
// second process gets a Problem of kind conflict.
func OpenJournal(dir string) (*Journal, error) {
	const op = "open the journal"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	if !held {
		return nil, &explain.Problem{
			Op: op, Kind: explain.Conflict,
			Reason: "another drawbridge is working on this bridge",
			Do:     []string{"wait until it is done", "or, if it is gone, remove " + lock.Path()},
		}
	}
	file, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", op, err), lock.Unlock())
	}
	return &Journal{file: file, lock: lock, now: time.Now}, nil
}

// Record writes one line and syncs it. A nil Journal records nothing. Record fills in a missing time.
func (j *Journal) Record(e Entry) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if e.Time.IsZero() {
		e.Time = j.now()
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// Close releases the journal. A nil Journal may be closed.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return errors.Join(j.file.Close(), j.lock.Unlock())
}

func (j *Journal) intent(at time.Time, c Change) error {
	return j.Record(Entry{Time: at, Kind: "intent", Step: c.ID, Action: c.Action, Name: c.Name, Fields: shown(c.Fields)})
}

func (j *Journal) result(at time.Time, r StepResult) error {
	return j.Record(Entry{Time: at, Kind: "result", Step: r.ID, Action: r.Action, Outcome: r.Outcome, Message: r.Reason})
}

// shown leaves out the values of sensitive fields.
func shown(fields []Field) []Field {
	out := make([]Field, 0, len(fields))
	for _, f := range fields {
		if f.Sensitive {
			f.Before, f.After = nil, nil
		}
		out = append(out, f)
	}
	return out
}
