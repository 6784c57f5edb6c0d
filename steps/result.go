package steps

import "github.com/drawbridge-cloud/drawbridge/internal/explain"

// Outcome is how a step ended.
type Outcome string

// The outcomes of a step.
const (
	OutcomeDone    Outcome = "done"
	OutcomeKept    Outcome = "kept"
	OutcomeSkipped Outcome = "skipped"
	OutcomeFailed  Outcome = "failed"
)

// StepResult is how one step went.
type StepResult struct {
	ID         string           `json:"id"`
	Action     Action           `json:"action"`
	Outcome    Outcome          `json:"outcome"`
	Reason     string           `json:"reason"`
	Calls      int              `json:"calls"`
	WaitedMs   int64            `json:"waitedMs"`   // in waits for propagation, not in replies
	DurationMs int64            `json:"durationMs"` // from the first call to the last, waits included
	Problem    *explain.Problem `json:"-"`          // set when it failed
}

// Result is how a run went, one entry a change of the plan and in its order.
type Result struct {
	Steps   []StepResult      `json:"steps"`
	Outputs map[string]string `json:"outputs"` // projectNumber, serviceAccountUniqueId, roleArn, … as far as known
	Summary ResultSummary     `json:"summary"`
}

// ResultSummary counts steps by outcome.
type ResultSummary struct {
	Done    int `json:"done"`
	Kept    int `json:"kept"`
	Skipped int `json:"skipped"`
	Failed  int `json:"failed"`
}

// Failed lists the steps that failed.
func (r Result) Failed() []StepResult {
	var out []StepResult
	for _, s := range r.Steps {
		if s.Outcome == OutcomeFailed {
			out = append(out, s)
		}
	}
	return out
}

// Step finds the result of one step.
func (r Result) Step(id string) (StepResult, bool) {
	for _, s := range r.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return StepResult{}, false
}

func (s *ResultSummary) count(o Outcome) {
	switch o {
	case OutcomeDone:
		s.Done++
	case OutcomeKept:
		s.Kept++
	case OutcomeSkipped:
		s.Skipped++
	case OutcomeFailed:
		s.Failed++
	}
}
