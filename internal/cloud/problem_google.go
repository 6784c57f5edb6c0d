package cloud

import (
	"errors"
	"net/http"
	"strings"

	"cloud.google.com/go/auth"
	"google.golang.org/api/googleapi"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

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
	p.Kind = oauthKind(e.Code)
	if p.Kind == "" || p.Kind == explain.Other && telling(e.Status) {
		p.Kind = googleKind(e.Status, e.Code, e.Reason, e.Message)
	}
	return p
}

// telling holds for statuses that say more than OAuth's general words.
func telling(status int) bool {
	switch status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusTooManyRequests:
		return true
	}
	return false
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

// googleKind sorts a refusal of Google by status, canonical code and ErrorInfo reason.
func googleKind(status int, code, reason, message string) explain.Kind {
	switch status {
	case http.StatusBadRequest:
		return badRequestKind(message)
	case http.StatusUnauthorized:
		return explain.Expired
	case http.StatusForbidden:
		return forbiddenKind(reason, message)
	case http.StatusNotFound:
		return explain.Missing
	case http.StatusConflict:
		return conflictKind(code, reason, message)
	case http.StatusPreconditionFailed:
		return explain.Conflict
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return explain.Throttled
	}
	return explain.Other
}

// badRequestKind: a policy that names an account or pool made moments ago is refused with 400.
func badRequestKind(message string) explain.Kind {
	m := strings.ToLower(message)
	if strings.Contains(m, "does not exist") || strings.Contains(m, "another activation or deactivation is in progress") {
		return explain.Pending
	}
	return explain.Other
}

func forbiddenKind(reason, message string) explain.Kind {
	switch {
	case reason == "SERVICE_DISABLED", reason == "accessNotConfigured":
		return explain.Disabled
	case rateLimited(reason), rateLimited(message):
		return explain.Throttled
	}
	return explain.Denied
}

func conflictKind(code, reason, message string) explain.Kind {
	switch {
	case code == "ALREADY_EXISTS", reason == "alreadyExists", code == "" && strings.Contains(strings.ToLower(message), "already exists"):
		return explain.Exists
	case reason == "operationInProgress":
		return explain.Pending
	}
	return explain.Conflict
}
