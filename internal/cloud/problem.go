package cloud

import (
	"context"
	"errors"

	"github.com/aws/smithy-go"
	"google.golang.org/api/googleapi"

	"cloud.google.com/go/auth"

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

func canceled(err error) *explain.Problem {
	switch {
	case errors.Is(err, errCallTimeout):
		return nil
	case errors.Is(err, context.Canceled):
		return &explain.Problem{Kind: explain.Other, Code: "canceled", Reason: "interrupted", Do: []string{"run the same command again: it goes on where it stopped"}}
	case errors.Is(err, context.DeadlineExceeded):
		return &explain.Problem{Kind: explain.Other, Code: "timeout", Reason: "out of time", Do: []string{"give it longer with --timeout, or run it again: it goes on where it stopped"}}
	}
	return nil
}

// transportProblem tells what our own transport refused or lost.
func transportProblem(err error) *explain.Problem {
	if e, ok := errors.AsType[*lostReply](err); ok {
		return &explain.Problem{Kind: explain.Pending, Code: ReplyLost, Status: e.Status, Reason: clean(e.Error()), RequestID: e.RequestID, Who: "you",
			Do: []string{"run it again: what stands is read first, and nothing is made twice"}}
	}
	if e, ok := errors.AsType[*refusedHost](err); ok {
		return &explain.Problem{Kind: explain.Other, Code: "refused-host", Reason: clean(e.Error()), Who: "you", Final: true,
			Do: []string{"if you trust that host, pass --allow-endpoint " + clean(e.Host)}}
	}
	if e, ok := errors.AsType[*strangeReply](err); ok {
		return &explain.Problem{Kind: explain.Other, Code: "strange-reply", Status: e.Status, Reason: clean(e.Error()), Who: "you",
			Do: []string{"check the endpoint, and any proxy or sign-in page between here and the cloud"}}
	}
	if e, ok := errors.AsType[*cutReply](err); ok {
		return &explain.Problem{Kind: explain.Other, Code: "cut-reply", Status: e.Status, Reason: clean(e.Error()), Who: "you",
			Do: []string{"check the network and any proxy, and run it again"}}
	}
	return nil
}

// replyProblem tells an error reply of a call made without an SDK.
func replyProblem(err error) *explain.Problem {
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		return nil
	}
	p := &explain.Problem{Code: orElse(e.Reason, e.Code), Status: e.Status, Permission: e.Permission, Reason: clean(e.Message), RequestID: e.RequestID, RetryAfter: e.RetryAfter}
	if p.Reason == "" {
		p.Reason = orElse(p.Code, "the request was refused")
	}
	if p.Kind = oauthKind(e.Code); p.Kind == "" {
		p.Kind = googleKind(e.Status, e.Code, e.Reason, e.Message)
	}
	return p
}

// oauthKind sorts OAuth's error words; "" for what is none.
func oauthKind(code string) explain.Kind {
	switch code {
	case "invalid_target":
		return explain.Missing
	case "unauthorized_client", "access_denied":
		return explain.Denied
	case "invalid_token":
		return explain.Expired
	case "temporarily_unavailable", "slow_down":
		return explain.Throttled
	case "invalid_grant", "invalid_request", "invalid_client", "invalid_scope", "unsupported_grant_type", "server_error":
		return explain.Other
	}
	return ""
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// decodeProblem tells replies that an SDK could not read.
func decodeProblem(err error) *explain.Problem {
	var bad *smithy.DeserializationError
	if errors.As(err, &bad) || unreadable(err) {
		return &explain.Problem{Kind: explain.Other, Code: "strange-reply", Reason: "the reply cannot be read: " + clean(err.Error()), Who: "you",
			Do: []string{"check the endpoint, and any proxy between here and the cloud"}}
	}
	return nil
}

// authProblem tells a refusal of the credentials library that no one wrapped as a sign-in.
func authProblem(err error) *explain.Problem {
	e, ok := errors.AsType[*auth.Error](err)
	if !ok {
		return nil
	}
	status := 0
	if e.Response != nil {
		status = e.Response.StatusCode
	}
	reply := errorReply(status, nil, e.Body)
	p := replyProblem(reply)
	if reply.Code == "invalid_grant" {
		p.Kind = explain.Expired
	}
	return p
}

// googleProblem tells an error of a Google client.
func googleProblem(err error) *explain.Problem {
	e, ok := errors.AsType[*googleapi.Error](err)
	if !ok {
		return nil
	}
	reply := errorReply(e.Code, e.Header, []byte(e.Body))
	if reply.Code == "" && reply.Message == "" || e.Body == "" {
		reply.Message = clean(e.Message)
	}
	if len(e.Errors) > 0 && reply.Reason == "" {
		reply.Reason = legacyReason(e.Errors[0].Reason)
	}
	return replyProblem(reply)
}

// legacyReason keeps the older errors[].reason only where it says more than the status.
func legacyReason(reason string) string {
	switch reason {
	case "accessNotConfigured", "operationInProgress", "rateLimitExceeded", "userRateLimitExceeded", "alreadyExists", "conditionNotMet", "resourceInUseByAnotherResource":
		return reason
	}
	return ""
}
