package verify

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// The outcomes of a door.
const (
	doorRefused  = "refused"
	doorAdmitted = "admitted"
	doorUnknown  = "unknown"
	doorNotTried = "not-tried"
)

// doorPatience bounds one door: what does not answer in time is unknown.
const doorPatience = 30 * time.Second

// door is one way in that must stay shut. Nothing is granted to try it.
type door struct {
	attempt string
	shut    string                      // what keeps it shut, told when it does
	open    string                      // what it means that it is not
	try     func(context.Context) error // nil: it let us in
	stands  func(error) bool            // is this the very refusal that the door stands for
}

// errNotTried says that a door could not even be approached; its cause says why.
type errNotTried struct{ why string }

func (e errNotTried) Error() string { return e.why }

// tryDoors tries all of them at the same time and closes the proof's verdict.
func (c *crossing) tryDoors(ctx context.Context, doors []door) {
	tried := make([]Door, len(doors))
	var all sync.WaitGroup
	for i, d := range doors {
		all.Go(func() {
			tried[i] = d.knock(ctx)
			c.tell(Event{Kind: DoorTried, Name: d.attempt, Outcome: tried[i].Outcome, Message: tried[i].Explain, Door: &tried[i]})
		})
	}
	all.Wait()
	c.proof.Doors = append(c.proof.Doors, tried...)
	for _, d := range tried {
		if d.Outcome == doorAdmitted {
			c.proof.Verdict = Open
			c.proof.Reason = "a door is open: " + d.Attempt + ": " + d.Explain
		}
	}
}

func (d door) knock(ctx context.Context) Door {
	ctx, cancel := context.WithTimeout(ctx, doorPatience)
	defer cancel()
	err := d.try(ctx)
	out := Door{Attempt: d.attempt}
	switch not, untried := errors.AsType[errNotTried](err); {
	case err == nil:
		out.Outcome, out.Explain = doorAdmitted, d.open
	case untried:
		out.Outcome, out.Explain = doorNotTried, not.why
	case d.stands(err):
		out.Outcome, out.Explain = doorRefused, d.shut
	default:
		out.Outcome, out.Explain = doorUnknown, "another answer than the refusal that was expected: "+problemOf(d.attempt, err).Error()
	}
	return out
}

// notTried wraps the reason why what the door needs cannot be had.
func notTried(why string, err error) error {
	if err == nil {
		return errNotTried{why}
	}
	return errNotTried{why + ": " + problemOf("", err).Error()}
}

// deniedByTrust is what AWS says when it accepted the token and the role did not.
func deniedByTrust(err error) bool { return coded(err, "AccessDenied") }

// rejectedToken is what AWS says when it did not accept the token; the wording tells it from keys that were not to be had.
func rejectedToken(err error) bool {
	return coded(err, "InvalidIdentityToken") && !says(err, "retrieve verification key")
}

// rejectedByCondition is Google's word that the provider's condition is false.
func rejectedByCondition(err error) bool { return says(err, saysCondition) }

// rejectedAssertion is Google's word that the assertion itself is not good: its signature, or whom it is for.
func rejectedAssertion(err error) bool {
	return coded(err, "invalid_grant", "invalid_request") && !explain.Is(err, explain.Throttled) && !says(err, saysCondition) && !says(err, "stale")
}
