package steps

import (
	"fmt"
	"strings"
)

// Plan is what would change, step by step, in the order of the graph.
type Plan struct {
	Want    Want     `json:"-"`
	Changes []Change `json:"changes"`
	Summary Summary  `json:"summary"`

	steps []Step // the bridge's own and those found left over, in the order of Changes
}

// Summary counts changes by action.
type Summary struct {
	Create  int `json:"create"`
	Update  int `json:"update"`
	Adopt   int `json:"adopt"`
	Restore int `json:"restore"`
	Keep    int `json:"keep"`
	Remove  int `json:"remove"`
	Blocked int `json:"blocked"`
}

// Pending reports whether anything would change or is blocked.
func (p Plan) Pending() bool {
	for _, c := range p.Changes {
		if c.Action != Keep {
			return true
		}
	}
	return false
}

// Blocked lists the changes that nobody may apply past.
func (p Plan) Blocked() []Change {
	var out []Change
	for _, c := range p.Changes {
		if c.Action == Blocked {
			out = append(out, c)
		}
	}
	return out
}

// Change finds the change of one step.
func (p Plan) Change(id string) (Change, bool) {
	for _, c := range p.Changes {
		if c.ID == id {
			return c, true
		}
	}
	return Change{}, false
}

// String is the summary for people: "12 to create, 2 to adopt". Nothing to do is said so.
func (s Summary) String() string {
	var parts []string
	for _, n := range []struct {
		count int
		words string
	}{
		{s.Create, "to create"},
		{s.Update, "to update"},
		{s.Adopt, "to adopt"},
		{s.Restore, "to restore"},
		{s.Remove, "to remove"},
		{s.Blocked, "blocked"},
	} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.words))
		}
	}
	if len(parts) == 0 {
		return "nothing to change"
	}
	return strings.Join(parts, ", ")
}

// count adds one action.
func (s *Summary) count(a Action) {
	switch a {
	case Create:
		s.Create++
	case Update:
		s.Update++
	case Adopt:
		s.Adopt++
	case Restore:
		s.Restore++
	case Keep:
		s.Keep++
	case Remove:
		s.Remove++
	case Blocked:
		s.Blocked++
	}
}

func summarize(changes []Change) Summary {
	var s Summary
	for _, c := range changes {
		s.count(c.Action)
	}
	return s
}
