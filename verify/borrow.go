package verify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// Borrowed access obeys these rules. It is granted to exactly the caller, only where the bridge made the account or the
// role itself, for at most fifteen minutes by the granting cloud's own clock. From the moment before it is written it is
// owed back: on success, on failure and when the context ends. What is not ours on the same document is never changed.
const (
	borrowLife   = 15 * time.Minute
	borrowSlack  = 2 * time.Minute // waiting for it to work ends this long before it does
	returnWithin = 2 * time.Minute // giving back has its own deadline: reads may lag a minute behind writes
)

// loan is access that was borrowed, or may have been: a write whose reply was lost counts.
type loan struct {
	id     string // of its step in the journal
	borrow Borrow
	useBy  time.Time                   // by this machine's monotonic clock
	lend   func(context.Context) error // writes it
	undo   func(context.Context) error // removes it and reads back that it is gone
	seen   bool                        // it was read back as written: from then on its absence means something
}

// leftBehind is what a return says of access that this run did not borrow.
const leftBehind = "what an earlier run had left there"

// nonce sets one run's grant apart from another's.
func nonce() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails: it ends the program instead
	return hex.EncodeToString(b[:])
}

// take writes the loan. The error is the reason why there is nothing to go on with.
func (c *crossing) take(ctx context.Context, l *loan) error {
	l.useBy = time.Now().Add(borrowLife - borrowSlack)
	if err := c.opts.Journal.Record(steps.Entry{
		Time: c.opts.Now(), Kind: "intent", Step: l.id, Action: steps.Create, Name: l.borrow.Of,
		Message: l.borrow.What + " to " + l.borrow.To + " until " + l.borrow.Until.Format(time.RFC3339),
	}); err != nil {
		return err
	}
	c.proof.Borrowed = &l.borrow // from here on it may be there, whatever the reply
	if err := l.lend(c.watched(ctx, "borrow")); err != nil {
		if ctx.Err() == nil && !explain.Is(err, explain.Pending) {
			c.proof.Borrowed = nil // it was refused
		}
		status := problemOf("", err).Status
		l.seen = status >= 400 && status < 500 // an answer: what was refused does not show later
		return err
	}
	l.seen = true
	c.useBy = l.useBy
	c.tell(Event{Kind: Borrowing, Name: l.borrow.Of, Message: l.borrow.What + " to " + l.borrow.To, Until: l.borrow.Until})
	return nil
}

// outlives notes what borrowed access was used to obtain: returning it does not end that.
func (c *crossing) outlives(what string) {
	if b := c.proof.Borrowed; b != nil {
		b.LivesOn = strings.TrimPrefix(b.LivesOn+", "+what, ", ")
	}
}

// untilReturn is how long borrowed access may be waited for.
func (c *crossing) untilReturn(in string) time.Duration {
	return min(c.patience(in), time.Until(c.useBy))
}

// giveBack takes the loan back even though ctx may have ended. A failure joins err: somebody has to remove it by hand.
func (c *crossing) giveBack(ctx context.Context, l *loan, err error) error {
	if l == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), returnWithin)
	defer cancel()
	again := func(err error) bool { return !explain.Is(err, explain.Denied, explain.Expired) }
	lost := cloud.Until(c.watched(ctx, "return"), cloud.Wait{
		What: "borrowed access on " + l.borrow.Of + " to be gone", For: returnWithin, Retry: again,
	}, l.undo)
	l.borrow.Removed = lost == nil
	entry := steps.Entry{
		Time: c.opts.Now(), Kind: "result", Step: l.id, Action: steps.Remove, Name: l.borrow.Of,
		Outcome: steps.OutcomeDone, Message: l.borrow.What + " on " + l.borrow.Of,
	}
	if lost != nil {
		lost = notReturned(l.borrow, lost)
		entry.Outcome, entry.Message = steps.OutcomeFailed, lost.Error()
	}
	jerr := c.opts.Journal.Record(entry)
	c.tell(Event{Kind: Returning, Name: l.borrow.Of, Outcome: string(entry.Outcome), Message: entry.Message, Until: l.borrow.Until})
	return errors.Join(err, lost, jerr)
}

func notReturned(b Borrow, err error) error {
	p := problemOf("", err)
	return &explain.Problem{
		Op: "take back borrowed access on " + b.Of, Kind: p.Kind, Code: p.Code, Status: p.Status, RequestID: p.RequestID,
		Reason: fmt.Sprintf("%s; it expires by itself at %s", p.Reason, b.Until.Format(time.RFC3339)),
		Who:    b.To, Do: []string{"remove it with: " + b.Command}, Err: err,
	}
}

// stuck is the failure to take back what an earlier run had left: somebody has to remove it by hand, whatever the proof says.
type stuck struct{ error }

func (s stuck) Unwrap() error { return s.error }

func notTakenBack(left []steps.Change, err error) error {
	p := problemOf("", err)
	out := &explain.Problem{
		Op: "take back what an earlier run had borrowed", Kind: p.Kind, Code: p.Code, Status: p.Status, RequestID: p.RequestID,
		Reason: p.Reason, Err: err,
	}
	for _, c := range left {
		out.Do = append(out.Do, "remove it with: "+c.Command)
	}
	return stuck{out}
}

// orStuck is what is left to say of a failure to borrow that the proof has told already.
func orStuck(err error) error {
	if s, ok := errors.AsType[stuck](err); ok {
		return s.error
	}
	return nil
}

// notBorrowed ends the proof because access could not be borrowed; nothing was proven either way.
func (c *crossing) notBorrowed(what string, err error) {
	c.skip("access to " + what + " could not be borrowed: " + problemOf("borrow access", err).Error())
	if errors.Is(err, context.Canceled) {
		c.proof.Verdict, c.proof.Command = Unknown, ""
	}
}

// notAllowedToAct corrects the verdict after the first hop: a caller who may not act as the workload has not met the bridge.
func (c *crossing) notAllowedToAct(err error) {
	if c.proof.From == Workload || !explain.Is(err, explain.Denied) {
		return
	}
	if c.proof.Borrowed != nil {
		c.proof.Verdict = Unknown
		c.proof.Reason = "borrowed access did not begin to work in time: " + c.proof.Reason
		return
	}
	reason := c.proof.Reason
	c.skip(reason)
}
