package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Baseline is what people have looked at and accepted, each with a reason and for a time.
type Baseline struct {
	Accept []Accepted `json:"accept"`
}

// Accepted is one known finding. Evidence may be empty: then whatever the rule says of that resource is accepted.
type Accepted struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
	Evidence string `json:"evidence,omitempty"`
	Reason   string `json:"reason"`
	Until    string `json:"until"` // a day, 2027-01-31; it is the last one
}

// ParseBaseline reads a baseline strictly: an acceptance without a reason or an end is an error, because nobody could say
// later why the finding is silent.
func ParseBaseline(data []byte) (Baseline, error) {
	var b Baseline
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return Baseline{}, fmt.Errorf("read the baseline: %w", err)
	}
	for i, a := range b.Accept {
		if err := a.check(); err != nil {
			return Baseline{}, fmt.Errorf("read the baseline: entry %d: %w", i+1, err)
		}
	}
	return b, nil
}

func (a Accepted) check() error {
	if !slices.ContainsFunc(Rules(), func(r Rule) bool { return r.ID == a.ID }) {
		return fmt.Errorf("there is no rule %q", a.ID)
	}
	if a.Resource == "" || a.Reason == "" {
		return errors.New("it needs a resource and a reason")
	}
	if _, err := time.Parse(time.DateOnly, a.Until); err != nil {
		return fmt.Errorf("until must be a day such as 2027-01-31, not %q", a.Until)
	}
	return nil
}

// Split parts findings into those that still speak and those that are accepted at this moment.
func (b Baseline) Split(findings []Finding, now time.Time) (open, accepted []Finding) {
	open, accepted = []Finding{}, []Finding{}
	for _, f := range findings {
		if slices.ContainsFunc(b.Accept, func(a Accepted) bool { return a.covers(f, now) }) {
			accepted = append(accepted, f)
		} else {
			open = append(open, f)
		}
	}
	return open, accepted
}

func (a Accepted) covers(f Finding, now time.Time) bool {
	last, err := time.Parse(time.DateOnly, a.Until)
	return err == nil && now.Before(last.AddDate(0, 0, 1)) && a.ID == f.ID && a.Resource == f.Resource && (a.Evidence == "" || a.Evidence == f.Evidence)
}
