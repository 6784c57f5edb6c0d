package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// applied is what the journal of this machine says was written to roles last. A journal that is not there, or cannot be
// read, says nothing: it is evidence, the clouds are the truth.
func (s *session) applied() map[string]inventory.Applied {
	dir, err := s.state()
	if err != nil {
		return nil
	}
	data, err := readPlain(filepath.Join(dir, "journal.ndjson"))
	if err != nil {
		return nil
	}
	return appliedIn(data)
}

// appliedIn takes the trust of each role from the last intent that ended well. Lines that cannot be read are left out.
func appliedIn(journal []byte) map[string]inventory.Applied {
	out := map[string]inventory.Applied{}
	meant := map[string]steps.Entry{}
	lines := bufio.NewScanner(bytes.NewReader(journal))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e steps.Entry
		if json.Unmarshal(lines.Bytes(), &e) != nil || !strings.HasPrefix(e.Step, "aws.role.") {
			continue
		}
		switch intent := meant[e.Step]; {
		case e.Kind == "intent":
			meant[e.Step] = e
		case e.Kind == "result" && e.Outcome == steps.OutcomeDone:
			for _, f := range intent.Fields {
				if text, err := json.Marshal(f.After); err == nil && f.Path == "trust" && f.After != nil {
					out[intent.Name] = inventory.Applied{Trust: string(text), At: intent.Time}
				}
			}
		}
	}
	return out
}
