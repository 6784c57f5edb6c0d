package google

import (
	"encoding/json"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// operationJSON is google.longrunning.Operation.
type operationJSON struct {
	Name     string          `json:"name"`
	Metadata json.RawMessage `json:"metadata,omitempty"`
	Done     bool            `json:"done,omitempty"`
	Response json.RawMessage `json:"response,omitempty"`
}

// keptOperations bounds how many operations are remembered; the oldest go first.
const keptOperations = 2000

// started remembers an operation and answers as the starting call does: by name only, never done.
func (q *call) started(op *world.GoogleOperation) any {
	q.keep(op)
	return operationJSON{Name: op.Name}
}

func (q *call) keep(op *world.GoogleOperation) {
	op.Created, op.Done = q.now, q.now.Add(q.lag)
	if q.g.Operations == nil {
		q.g.Operations = map[string]*world.GoogleOperation{}
	}
	q.g.Operations[op.Name] = op
	if len(q.g.Operations) > keptOperations {
		q.forgetOperations()
	}
}

// forgetOperations drops the older half.
func (q *call) forgetOperations() {
	var oldest, newest time.Time
	for _, op := range q.g.Operations {
		if oldest.IsZero() || op.Created.Before(oldest) {
			oldest = op.Created
		}
		if op.Created.After(newest) {
			newest = op.Created
		}
	}
	middle := oldest.Add(newest.Sub(oldest) / 2)
	for name, op := range q.g.Operations {
		if !op.Created.After(middle) {
			delete(q.g.Operations, name)
		}
	}
}

// operation answers a poll.
func (q *call) operation(name string) (any, error) {
	op := q.g.Operations[name]
	if op == nil {
		return nil, entityNotFound()
	}
	out := operationJSON{Name: op.Name, Metadata: op.Metadata}
	if !q.now.Before(op.Done) {
		out.Done, out.Response = true, op.Response
	}
	return out, nil
}

// settledSince tells whether readers see by now what was made then.
func (q *call) settledSince(made time.Time) bool {
	return !made.After(q.state.Landed) || !q.now.Before(made.Add(q.lag))
}

// stamp prints a time as Google's JSON does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
