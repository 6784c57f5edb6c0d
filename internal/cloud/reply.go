package cloud

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// errCallTimeout is the cause when one attempt took longer than Options.CallTimeout.
var errCallTimeout = errors.New("no reply")

// unsent is a failure before there was a connection, so that the request had no effect.
type unsent struct{ error }

func (e *unsent) Unwrap() error { return e.error }

// refusedHost is a call that was not made, because its host is neither the clouds' nor loopback nor allowed.
type refusedHost struct{ Host string }

func (e *refusedHost) Error() string { return "refused to send anything to " + clean(e.Host) }

// cutReply is a reply whose connection ended before the body did.
type cutReply struct {
	Status int
	Err    error
}

func (e *cutReply) Error() string {
	return fmt.Sprintf("the reply was cut off (HTTP %d): %v", e.Status, e.Err)
}
func (e *cutReply) Unwrap() error { return e.Err }

// strangeReply is a reply that no cloud API gives: a redirect, a web page, far too much.
type strangeReply struct {
	Status int
	Host   string
	What   string
}

func (e *strangeReply) Error() string {
	return fmt.Sprintf("%s answered with %s instead of an API reply", clean(e.Host), e.What)
}

// lostReply is a write that may have happened: its reply never came, or was a server error. It is never repeated blindly.
type lostReply struct {
	Status    int // 0 when no reply came
	Operation string
	RequestID string
	Err       error // nil when Status says it all
	Message   string
}

func (e *lostReply) Error() string {
	switch {
	case e.Err != nil:
		return "the reply was lost, the change may or may not have happened: " + e.Err.Error()
	case e.Message != "":
		return fmt.Sprintf("the change may or may not have happened: HTTP %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("the change may or may not have happened: HTTP %d", e.Status)
}

func (e *lostReply) Unwrap() error { return e.Err }

// bodyMessage is what an error reply of either cloud says.
func bodyMessage(resp *http.Response) string {
	body := peek(resp)
	if _, rest, ok := strings.Cut(body, "<Message>"); ok {
		m, _, _ := strings.Cut(rest, "</Message>")
		return clean(awsCode(body) + ": " + m)
	}
	if e := errorReply(resp.StatusCode, resp.Header, []byte(body)); e.Message != "" {
		return e.Message
	}
	return ""
}
