package steps

// DestroyReport says what a destroy took down and what still stands, and why. Both lists are never nil.
type DestroyReport struct {
	Removed []Removed `json:"removed"`
	Kept    []Kept    `json:"kept"`
}

// Removed is one thing that is gone.
type Removed struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Kept is one thing that stays, or what a removal leaves behind for a while.
type Kept struct {
	ID      string `json:"id"`
	Reason  string `json:"reason"`
	Until   string `json:"until"`   // RFC 3339, "" when it has no end
	Command string `json:"command"` // what brings it back or takes it away, "" when there is none
	Held    bool   `json:"held"`    // ours and removable, but others hang on it
}

// Held reports whether something removable of ours stayed because others hang on it. What is never undone does not count.
func (r DestroyReport) Held() bool {
	for _, k := range r.Kept {
		if k.Held {
			return true
		}
	}
	return false
}

// DestroyOf sums up a destroy from its plan and how it went. What failed or was skipped is in the Result alone.
func DestroyOf(p Plan, r Result) DestroyReport {
	out := DestroyReport{Removed: []Removed{}, Kept: []Kept{}}
	for _, c := range p.Changes {
		switch c.Action {
		case Keep, Blocked:
			if !c.gone {
				out.Kept = append(out.Kept, Kept{c.ID, c.Reason, c.Until, c.Undo, c.Held || c.Action == Blocked})
			}
		default:
			s, ok := r.Step(c.ID)
			if !ok || s.Outcome != OutcomeDone {
				continue
			}
			out.Removed = append(out.Removed, Removed{c.ID, c.Name, c.Title})
			if c.Lasts != "" {
				out.Kept = append(out.Kept, Kept{c.ID, c.Lasts, c.Until, c.Undo, c.Held})
			}
		}
	}
	return out
}
