package cloud

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

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

// unreadable holds for replies that are not the JSON that was promised.
func unreadable(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
