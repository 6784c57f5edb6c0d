package ui

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// kept is a draft as it is put aside: answers only, nothing that a cloud said and nothing secret.
type kept struct {
	Version  int               `json:"version"`
	At       time.Time         `json:"at"`
	ToAWS    bool              `json:"toAWS"`
	ToGoogle bool              `json:"toGoogle"`
	Typed    map[string]string `json:"typed"` // by path of the field
	Adopt    []string          `json:"adopt"`
}

// keep writes the draft down.
func (w *walk) keep() []byte {
	k := kept{Version: 1, At: w.now, ToAWS: w.draft.toAWS, ToGoogle: w.draft.toGoogle, Typed: w.draft.typed, Adopt: w.draft.adopt}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return nil // texts and a time always encode
	}
	return append(text, '\n')
}

// readKept reads a draft that was put aside. One that another version wrote, or that is damaged, is no draft.
func readKept(text []byte) (kept, error) {
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return kept{}, fmt.Errorf("read the draft: %w", err)
	}
	if k.Version != 1 || !k.ToAWS && !k.ToGoogle {
		return kept{}, fmt.Errorf("read the draft: version %d is not known", k.Version)
	}
	return k, nil
}

// resume takes a draft up again. Answers to fields that there are no more are dropped.
func (w *walk) resume(k kept) {
	w.draft.toAWS, w.draft.toGoogle, w.draft.adopt = k.ToAWS, k.ToGoogle, k.Adopt
	w.draft.typed = map[string]string{}
	for path, value := range maps.All(k.Typed) {
		if _, ok := w.field(path); ok {
			w.draft.typed[path] = value
		}
	}
	w.settle()
}

// resumable is the draft that the first screen offers; ok is false when there is none, or when a file or a flag says what
// is wanted.
func (w *walk) resumable() (k kept, ok bool) {
	if len(w.o.Draft) == 0 || w.o.Bridge != nil || len(w.o.Set) > 0 {
		return kept{}, false
	}
	k, err := readKept(w.o.Draft)
	return k, err == nil
}

// about says of a draft when it was kept and how much of it there is.
func (k kept) about(now time.Time) string {
	words := plural(len(k.Typed), "answer", "answers")
	if name := k.Typed["name"]; name != "" {
		words = clean(name) + ", " + words
	}
	return words + ", kept " + ago(now.Sub(k.At))
}

// ago says how long something is ago, roughly.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "just now"
	case d < 2*time.Hour:
		return itoa(int(d.Minutes())) + " minutes ago"
	case d < 48*time.Hour:
		return itoa(int(d.Hours())) + " hours ago"
	}
	return itoa(int(d.Hours()/24)) + " days ago"
}
