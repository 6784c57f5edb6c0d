package steps

import (
	"errors"
	"reflect"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

func asProblem(err error) (*explain.Problem, bool) { return errors.AsType[*explain.Problem](err) }

// codeOf is the cloud's own word for a failure.
func codeOf(err error) string {
	if p, ok := asProblem(err); ok {
		return p.Code
	}
	return ""
}

// still compares what Plan saw with what is there now. The difference is a Problem: nobody agreed to a change of what
// stands there now.
func still(title string, seen, now any) error {
	if reflect.DeepEqual(seen, now) {
		return nil
	}
	return moved(title)
}

// errMoved is the cause of every Problem that something is no longer as the plan saw it.
var errMoved = errors.New("moved since the plan")

func moved(title string) error {
	return &explain.Problem{
		Op: "change " + title, Kind: explain.Conflict,
		Reason: "it is no longer as the plan saw it", Err: errMoved,
		Do: []string{"plan again and look at what changed", "nothing was written here"},
	}
}

// unexpected tells that a write was accepted but does not read back as written.
func unexpected(title string) error {
	return &explain.Problem{
		Op: "read back " + title, Kind: explain.Conflict,
		Reason: "it does not read as it was written: somebody else changes it too",
		Do:     []string{"find who else writes it", "then plan again"},
	}
}
