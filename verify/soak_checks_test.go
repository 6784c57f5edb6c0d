package verify

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// check holds the clouds and the files to what must never happen, after each step.
func (w *walk) check() {
	w.Helper()
	w.checkOthers()
	v := w.sight()
	w.checkOrphans(v)
	w.checkLoans(v)
	w.checkFiles()
}

// checkOthers wants others to have exactly what they left.
func (w *walk) checkOthers() {
	w.Helper()
	w.clouds().View(func(s *world.State, _ time.Time) {
		now := w.look(s).others
		for _, gone := range w.expected.without(now) {
			w.Errorf("others have lost: %s", gone)
		}
		for _, more := range now.without(w.expected) {
			w.Errorf("made by nobody's hand and without a mark: %s", more)
		}
	})
}

// checkOrphans wants every mark to be that of a bridge, on a thing that its file names.
func (w *walk) checkOrphans(v sight) {
	w.Helper()
	for mark, things := range v.ours {
		i := slices.IndexFunc(w.sites, func(s *site) bool { return s.bridge.Mark() == mark })
		if i < 0 {
			w.Errorf("without a bridge: %s %v", mark, things)
			continue
		}
		names := w.namesOf(w.sites[i])
		for _, thing := range things {
			if number := strings.HasPrefix(thing, "account ") && !strings.Contains(thing, "@"); !number && !names[thing] {
				w.Errorf("marked as %s, which does not name it: %s", mark, thing)
			}
		}
	}
}

// checkLoans wants borrowed access to be there only after a proof was cut off, and to end by itself.
func (w *walk) checkLoans(v sight) {
	w.Helper()
	now := w.clouds().Now()
	for _, l := range v.loans {
		if !w.owed {
			w.Errorf("still lent: %s", l.where)
		}
		if l.until.IsZero() || l.until.After(now.Add(16*time.Minute)) {
			w.Errorf("lent until %s, it is %s: %s", l.until, now, l.where)
		}
	}
}

// paper is a file beside the journal.
func (w *walk) paper(s *site, name string) *os.File {
	w.Helper()
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = f.Close() })
	return f
}

// saying writes events as --events does.
func (w *walk) saying(s *site) steps.Sink {
	f := w.paper(s, "events.ndjson")
	return func(e steps.Event) { _ = json.NewEncoder(f).Encode(e) }
}

// say writes down everything that a run would show.
func (w *walk) say(s *site, p *process, err error) {
	w.Helper()
	text := ""
	if err != nil {
		text = err.Error()
	}
	if p != nil {
		w.write(s, p.plan, p.result, p.proofs, text)
	}
}

func (w *walk) write(s *site, documents ...any) {
	w.Helper()
	f, err := os.OpenFile(filepath.Join(s.dir, "said.ndjson"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	for _, d := range documents {
		if err := json.NewEncoder(f).Encode(d); err != nil {
			w.Error(err)
		}
	}
}

// checkFiles searches what was written since the last step for every secret that the clouds know.
func (w *walk) checkFiles() {
	w.Helper()
	secrets := slices.DeleteFunc(w.sites[0].gate.Server.Secrets(), func(s string) bool { return len(s) <= 8 })
	for _, s := range w.sites {
		for _, dir := range []string{s.dir, w.second[s].dir} {
			w.searchDir(dir, secrets)
		}
	}
}

func (w *walk) searchDir(dir string, secrets []string) {
	w.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		from := w.searched[path]
		w.searched[path] = int64(len(data))
		if err != nil || from > int64(len(data)) {
			return err
		}
		for _, secret := range secrets {
			if strings.Contains(string(data[from:]), secret) {
				w.Errorf("%s holds a secret that begins with %.6s", path, secret)
			}
		}
		return nil
	})
	if err != nil {
		w.Error(err)
	}
}
