package cloud

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// canceled tells that the context ended, by hand or by its deadline.
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
		return &explain.Problem{
			Kind: explain.Pending, Code: ReplyLost, Status: e.Status, Reason: clean(e.Error()), RequestID: e.RequestID, Who: "you",
			Do: []string{"run it again: what stands is read first, and nothing is made twice"},
		}
	}
	if e, ok := errors.AsType[*refusedHost](err); ok {
		return &explain.Problem{
			Kind: explain.Other, Code: "refused-host", Reason: clean(e.Error()), Who: "you", Final: true,
			Do: []string{"if you trust that host, pass --allow-endpoint " + clean(e.Host)},
		}
	}
	if e, ok := errors.AsType[*strangeReply](err); ok {
		return &explain.Problem{
			Kind: explain.Other, Code: "strange-reply", Status: e.Status, Reason: clean(e.Error()), Who: "you",
			Do: []string{"check the endpoint, and any proxy or sign-in page between here and the cloud"},
		}
	}
	if e, ok := errors.AsType[*cutReply](err); ok {
		return &explain.Problem{
			Kind: explain.Other, Code: "cut-reply", Status: e.Status, Reason: clean(e.Error()), Who: "you",
			Do: []string{"check the network and any proxy, and run it again"},
		}
	}
	return nil
}

// decodeProblem tells replies that an SDK could not read.
func decodeProblem(err error) *explain.Problem {
	var bad *smithy.DeserializationError
	if !errors.As(err, &bad) && !unreadable(err) {
		return nil
	}
	p := &explain.Problem{
		Kind: explain.Other, Code: "strange-reply", Reason: "the reply cannot be read: " + clean(root(err).Error()), Who: "you",
		Do: []string{"check the endpoint, and any proxy between here and the cloud"},
	}
	if r, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && r.Response != nil && r.HTTPStatusCode() >= 300 {
		p.Status, p.RequestID = r.HTTPStatusCode(), requestID(r.Response.Header)
		p.Kind, p.Reason = awsStatusKind(p.Status), fmt.Sprintf("HTTP %d with a reply that cannot be read", p.Status)
	}
	return p
}

// unreadable holds for replies that are not the JSON or XML that was promised.
func unreadable(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var xmlSyntax *xml.SyntaxError
	return errors.As(err, &xmlSyntax) || errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
