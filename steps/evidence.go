package steps

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Evidence is what a journal says that this bridge has added. It is asked about one thing only: what was joined from two
// things that were both adopted, on which nothing in the clouds says whose it is. A nil Evidence says nothing.
type Evidence struct{ added map[string][]string }

// ReadEvidence reads the journal in dir. No journal there is no evidence and no error; lines that cannot be read, as the
// last one of a killed run, are passed over.
func ReadEvidence(dir string) (*Evidence, error) {
	file, err := os.Open(filepath.Join(dir, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer func() { _ = file.Close() }()
	e := &Evidence{added: map[string][]string{}}
	meant := map[string]Entry{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry Entry
		if json.Unmarshal(lines.Bytes(), &entry) != nil {
			continue
		}
		switch {
		case entry.Kind == "intent":
			meant[entry.Step] = entry
		case entry.Kind == "result" && entry.Outcome == OutcomeDone:
			e.done(meant[entry.Step])
		}
	}
	return e, lines.Err()
}

// done notes what a finished change added and forgets what it took away.
func (e *Evidence) done(change Entry) {
	for _, f := range change.Fields {
		list := e.added[change.Step]
		if f.Before != nil {
			gone := line(f.Path, f.Before)
			list = slices.DeleteFunc(list, func(l string) bool { return l == gone })
		}
		if f.After != nil {
			list = append(list, line(f.Path, f.After))
		}
		e.added[change.Step] = list
	}
}

// line is one field with its value, comparable over a round through JSON.
func line(path string, value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return path + " " + string(data)
}

// shows reports whether the journal says that a step added a grant.
func (e *Evidence) shows(step string, g grant) bool {
	return e != nil && slices.Contains(e.added[step], line(g.Role, g.value()))
}
