package verify

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// sessionName is what CloudTrail shows of a proof; every role admits it, and with it the subject stays short.
const sessionName = "drawbridge"

// The outcomes of a hop.
const (
	hopOK      = "ok"
	hopRefused = "refused"
	hopFailed  = "failed"
	hopSkipped = "skipped"
)

// crossing is one direction while it is being proven.
type crossing struct {
	world  *steps.World
	bridge spec.Bridge
	opts   Options
	proof  Proof
	useBy  time.Time // until when borrowed access may be waited for
	old    *Borrow   // what an earlier run has left behind, when this one borrows nothing
}

// cross proves one route from end to end, and takes back what it borrowed whatever happened on the way.
func cross(ctx context.Context, w *steps.World, o Options, r route) (proof Proof, err error) {
	c := &crossing{world: w, bridge: w.Bridge, opts: o, proof: Proof{
		Direction: r.direction, From: r.from, Verdict: Unknown, Hops: []Hop{}, Doors: []Door{},
	}}
	from := o.Now()
	defer func() {
		if c.proof.Borrowed == nil {
			c.proof.Borrowed = c.old
		}
		c.proof.DurationMs = o.Now().Sub(from).Milliseconds()
		proof = c.proof
		c.tell(Event{Kind: ProofEnded, Name: r.direction, Outcome: string(proof.Verdict), Message: proof.Reason, Proof: &proof})
	}()
	level, why := w.Bridge.Standing()
	if level == spec.StandingBlocked {
		c.proof.Verdict, c.proof.Reason = Skipped, why
		return c.proof, nil
	}
	if r.skip != "" {
		c.skip(r.skip)
		return c.proof, nil
	}
	defer func() {
		if c.proof.Reason == "" && level != spec.StandingOK {
			c.proof.Reason = why
		}
	}()
	if r.direction == ToAWS {
		return c.proof, c.toAWS(ctx)
	}
	return c.proof, c.toGoogle(ctx)
}

func (c *crossing) tell(e Event) {
	e.Direction = c.proof.Direction
	c.opts.Sink(e)
}

// hop makes one call of the way, times it, and records what it answered.
func (c *crossing) hop(ctx context.Context, name, endpoint string, call func(context.Context, *Hop) error) error {
	h := Hop{Name: name, Endpoint: host(endpoint), Claims: map[string]string{}}
	from := c.opts.Now()
	err := call(c.watched(ctx, name), &h)
	h.DurationMs = c.opts.Now().Sub(from).Milliseconds()
	h.Outcome = outcomeOf(err)
	if err != nil {
		h.Problem = problemOf(name, err)
		if h.Explain == "" {
			h.Explain = h.Problem.Error()
		}
		if len(h.Do) == 0 {
			h.Do = h.Problem.Do
		}
		c.proof.Reason = h.Explain
		c.proof.Verdict = Unknown
		if h.Outcome == hopRefused {
			c.proof.Verdict = Refused
		}
	}
	c.proof.Hops = append(c.proof.Hops, h)
	c.tell(Event{Kind: HopDone, Name: name, Outcome: h.Outcome, Message: h.Explain, Hop: &h})
	return err
}

// notReached records the hops that a failure left untried.
func (c *crossing) notReached(names ...string) {
	for _, name := range names {
		c.proof.Hops = append(c.proof.Hops, Hop{Name: name, Outcome: hopSkipped, Claims: map[string]string{}})
	}
}

// skip ends the proof before it began, with the command that proves it from the workload.
func (c *crossing) skip(reason string) {
	c.proof.Verdict, c.proof.Reason = Skipped, reason
	c.proof.Command = c.onWorkload()
}

func (c *crossing) onWorkload() string {
	return "drawbridge verify --from workload --direction " + c.proof.Direction
}

// watched passes the waits below a hop on as events. A second look after a first one that succeeded is no wait.
func (c *crossing) watched(ctx context.Context, name string) context.Context {
	var lagging atomic.Bool
	return cloud.WithTrace(ctx, &cloud.Trace{Waiting: func(w cloud.Waiting) {
		if w.Seen == 0 {
			lagging.Store(true)
		}
		if !lagging.Load() {
			return
		}
		c.tell(Event{
			Kind: Waiting, Name: name, Message: w.What,
			Seen: w.Seen, Want: w.Want, Since: w.Since, Until: w.Until,
		})
	}})
}

// patience is how long propagation of a change may take: AWS settles within two minutes, Google within seven.
func (c *crossing) patience(in string) time.Duration {
	switch {
	case c.opts.Wait > 0:
		return c.opts.Wait
	case in == "google":
		return 7 * time.Minute
	}
	return 2 * time.Minute
}

// outcomeOf tells a refusal, which is an answer about the bridge, from a call that could not be made or answered.
func outcomeOf(err error) string {
	switch {
	case err == nil:
		return hopOK
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return hopFailed
	case refusal(err):
		return hopRefused
	}
	return hopFailed
}

// refusalCodes are the words with which a cloud turns a caller or its token away.
var refusalCodes = map[string]bool{
	"AccessDenied": true, "AccessDeniedException": true, "InvalidIdentityToken": true, "ExpiredTokenException": true,
	"IDPRejectedClaim": true, "invalid_target": true, "invalid_request": true, "invalid_grant": true,
	"unauthorized_client": true, "invalid_client": true,
}

func refusal(err error) bool {
	p, ok := errors.AsType[*explain.Problem](err)
	busy := ok && (explain.Is(p, explain.Throttled, explain.Conflict) || p.Status == http.StatusConflict)
	if !ok || busy || strings.Contains(p.Reason, "retrieve verification key") {
		return false
	}
	return refusalCodes[p.Code] || explain.Is(err, explain.Denied, explain.Disabled, explain.Missing)
}

func problemOf(op string, err error) *explain.Problem {
	if p, ok := errors.AsType[*explain.Problem](err); ok {
		return p
	}
	return &explain.Problem{Op: op, Kind: explain.Other, Reason: err.Error(), Err: err}
}

// host shortens a base URL to what people recognise.
func host(endpoint string) string {
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		return u.Host
	}
	return endpoint
}
