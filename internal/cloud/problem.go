package cloud

import (
	"errors"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// ReplyLost is the Code of a Problem of a write that may have happened: read what stands before doing anything again.
const ReplyLost = "ReplyLost"

// Problem turns any error of either SDK, of a token service, of the network or of a context into an *explain.Problem; nil
// stays nil. A Problem in err's chain is kept and only gets op when it has none. What a reply said is told in one line,
// without control characters and without anything that looks like a credential.
func Problem(op string, err error) error {
	if err == nil {
		return nil
	}
	if p, ok := errors.AsType[*explain.Problem](err); ok {
		if p.Op != "" || op == "" {
			return p
		}
		named := *p
		named.Op = op
		return &named
	}
	p := classify(err)
	p.Op, p.Err = op, &quiet{err}
	advise(p)
	return p
}

// classify asks those who know, the most particular first.
func classify(err error) *explain.Problem {
	for _, known := range []func(error) *explain.Problem{
		canceled, signInProblem, transportProblem, replyProblem, awsProblem, googleProblem, authProblem, networkProblem, decodeProblem,
	} {
		if p := known(err); p != nil {
			return p
		}
	}
	return &explain.Problem{Kind: explain.Other, Reason: clean(err.Error())}
}

// quiet keeps the cause for errors.Is and errors.As. Its text is cleaned, because SDK errors repeat replies.
type quiet struct{ err error }

func (q *quiet) Error() string { return clean(q.err.Error()) }
func (q *quiet) Unwrap() error { return q.err }

// GoString keeps %#v from walking into the cause.
func (q *quiet) GoString() string { return q.Error() }

// advise adds what is known about the message, unless the classification already said what to do.
func advise(p *explain.Problem) {
	k, ok := explain.Find(p.Reason, p.Code)
	if ok {
		if k.Kind != "" {
			p.Kind = k.Kind
		}
		p.Final = p.Final || k.Final
		if p.Who == "" {
			p.Who = k.Who
		}
		p.Do = append(p.Do, k.Do...)
	}
	if len(p.Do) == 0 {
		p.Who, p.Do = general(p)
	}
}

// general is what to do when only the kind is known.
func general(p *explain.Problem) (who string, do []string) {
	switch p.Kind {
	case explain.Denied:
		if p.Permission != "" {
			return "whoever manages access there", []string{"ask for " + p.Permission + " for this caller; `drawbridge preflight` lists everything that is needed"}
		}
		return "whoever manages access there", []string{"run `drawbridge preflight`: it lists the permissions that are needed"}
	case explain.Throttled:
		return "you", []string{"wait a minute and run it again"}
	case explain.Conflict:
		return "you", []string{"run it again: everything is read anew"}
	case explain.Pending:
		return "you", []string{"run it again: it goes on where it stopped"}
	case explain.Missing, explain.Exists, explain.Disabled, explain.Expired, explain.Other:
	}
	if p.Status >= 500 {
		return "you", []string{"the cloud failed: wait a minute and run it again"}
	}
	return p.Who, nil
}
