package google

import (
	"fmt"
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
)

// bareError is answered as plain text, as the metadata server does.
type bareError struct {
	code int
	text string
}

func (e *bareError) Error() string { return e.text }

func failure(code int, status, format string, args ...any) *wire.GoogleError {
	return &wire.GoogleError{Code: code, Status: status, Message: fmt.Sprintf(format, args...)}
}

func invalidArgument(format string, args ...any) *wire.GoogleError {
	return failure(http.StatusBadRequest, "INVALID_ARGUMENT", format, args...)
}

func precondition(format string, args ...any) *wire.GoogleError {
	return failure(http.StatusBadRequest, "FAILED_PRECONDITION", format, args...)
}

func notFound(format string, args ...any) *wire.GoogleError {
	return failure(http.StatusNotFound, "NOT_FOUND", format, args...)
}

func entityNotFound() *wire.GoogleError { return notFound("Requested entity was not found.") }

func alreadyExists(format string, args ...any) *wire.GoogleError {
	return failure(http.StatusConflict, "ALREADY_EXISTS", format, args...)
}

// denied is the refusal of IAM for a permission. resource may be empty: several methods do not tell.
func denied(permission, resource string) *wire.GoogleError {
	text := fmt.Sprintf("Permission '%s' denied on resource (or it may not exist).", permission)
	metadata := map[string]string{"permission": permission}
	if resource != "" {
		text = fmt.Sprintf("Permission '%s' denied on resource '%s' (or it may not exist).", permission, resource)
		metadata["resource"] = resource
	}
	return failure(http.StatusForbidden, "PERMISSION_DENIED", "%s", text).
		With(wire.ErrorInfo("IAM_PERMISSION_DENIED", "iam.googleapis.com", metadata))
}

func forbidden(format string, args ...any) *wire.GoogleError {
	return failure(http.StatusForbidden, "PERMISSION_DENIED", format, args...)
}

const (
	missingCredentials = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
	invalidCredentials = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)

func (q *call) unauthenticated(text, reason string) *wire.GoogleError {
	metadata := map[string]string{"method": q.route.id}
	if q.route.service != "" {
		metadata["service"] = q.route.service
	}
	return failure(http.StatusUnauthorized, "UNAUTHENTICATED", "%s", text).
		With(wire.ErrorInfo(reason, "googleapis.com", metadata))
}
