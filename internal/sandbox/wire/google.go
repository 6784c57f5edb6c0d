package wire

import (
	"encoding/json"
	"net/http"
	"strings"
)

// GoogleError is google.rpc.Status as Google's JSON front ends print it.
type GoogleError struct {
	Code    int    // HTTP status
	Status  string // canonical name, "PERMISSION_DENIED"
	Message string
	Legacy  string // reason of the old errors[] list; empty: no such list
	Details []any  // ErrorInfo, PreconditionFailure …, each with its @type
}

func (e *GoogleError) Error() string { return e.Status + ": " + e.Message }

const rpcType = "type.googleapis.com/google.rpc."

// With returns e with another detail.
func (e *GoogleError) With(detail any) *GoogleError {
	e.Details = append(e.Details, detail)
	return e
}

// ErrorInfo names the reason of an error within a domain, for programs.
func ErrorInfo(reason, domain string, metadata map[string]string) any {
	info := map[string]any{"@type": rpcType + "ErrorInfo", "reason": reason, "domain": domain}
	if len(metadata) > 0 {
		info["metadata"] = metadata
	}
	return info
}

// PreconditionFailure is one violated precondition, an organisation policy for example.
func PreconditionFailure(kind, subject, description string) any {
	violation := map[string]string{"type": kind, "subject": subject}
	if description != "" {
		violation["description"] = description
	}
	return map[string]any{"@type": rpcType + "PreconditionFailure", "violations": []any{violation}}
}

// BadRequest points at one field of the request.
func BadRequest(field, description string) any {
	return map[string]any{"@type": rpcType + "BadRequest", "fieldViolations": []any{
		map[string]string{"field": field, "description": description},
	}}
}

// QuotaFailure names the quota that is used up.
func QuotaFailure(subject, description string) any {
	return map[string]any{"@type": rpcType + "QuotaFailure", "violations": []any{
		map[string]string{"subject": subject, "description": description},
	}}
}

// RetryInfo says how long to wait, "5s".
func RetryInfo(delay string) any {
	return map[string]any{"@type": rpcType + "RetryInfo", "retryDelay": delay}
}

// Help links to a page for people.
func Help(description, url string) any {
	return map[string]any{"@type": rpcType + "Help", "links": []any{
		map[string]string{"description": description, "url": url},
	}}
}

// ResourceInfo names the resource an error is about.
func ResourceInfo(kind, name string) any {
	return map[string]any{"@type": rpcType + "ResourceInfo", "resourceType": kind, "resourceName": name}
}

// statuses are the canonical codes and the HTTP status of each.
var statuses = [...]struct {
	name string
	code int
}{
	{"INVALID_ARGUMENT", 400},
	{"FAILED_PRECONDITION", 400},
	{"OUT_OF_RANGE", 400},
	{"UNAUTHENTICATED", 401},
	{"PERMISSION_DENIED", 403},
	{"NOT_FOUND", 404},
	{"ALREADY_EXISTS", 409},
	{"ABORTED", 409},
	{"RESOURCE_EXHAUSTED", 429},
	{"CANCELLED", 499},
	{"INTERNAL", 500},
	{"UNKNOWN", 500},
	{"DATA_LOSS", 500},
	{"UNIMPLEMENTED", 501},
	{"UNAVAILABLE", 503},
	{"DEADLINE_EXCEEDED", 504},
}

// GoogleStatus returns the HTTP status of a canonical name, or false when there is no such name.
func GoogleStatus(name string) (int, bool) {
	for _, s := range statuses {
		if s.name == name {
			return s.code, true
		}
	}
	return 0, false
}

// GoogleStatuses lists the canonical names.
func GoogleStatuses() []string {
	names := make([]string, len(statuses))
	for i, s := range statuses {
		names[i] = s.name
	}
	return names
}

// GoogleStatusName returns the canonical name that goes with an HTTP status, "UNKNOWN" for strange ones.
func GoogleStatusName(code int) string {
	if code == http.StatusPreconditionFailed {
		return "FAILED_PRECONDITION" // as some front ends answer it, beside 400
	}
	for _, s := range statuses {
		if s.code == code {
			return s.name
		}
	}
	return "UNKNOWN"
}

// WriteGoogle answers with value as JSON, indented as Google does.
func WriteGoogle(w http.ResponseWriter, code int, value any) {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		http.Error(w, "encode reply: "+err.Error(), http.StatusInternalServerError)
		return
	}
	WriteGoogleJSON(w, code, body)
}

// WriteGoogleJSON answers with a body that is JSON already.
func WriteGoogleJSON(w http.ResponseWriter, code int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("Cache-Control", "private")
	if h.Get("Server") == "" {
		h.Set("Server", "ESF")
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-Xss-Protection", "0")
	h["Vary"] = []string{"Origin", "X-Origin", "Referer"}
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n')) // the client may be gone; nobody is left to tell
}

// WriteGoogleError answers with the error envelope.
func WriteGoogleError(w http.ResponseWriter, e *GoogleError) {
	body := map[string]any{"code": e.Code, "message": e.Message, "status": e.Status}
	if e.Legacy != "" {
		body["errors"] = []any{map[string]string{"message": e.Message, "domain": legacyDomain(e.Legacy), "reason": e.Legacy}}
	}
	if len(e.Details) > 0 {
		body["details"] = e.Details
	}
	if e.Code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/"`)
	}
	WriteGoogle(w, e.Code, map[string]any{"error": body})
}

func legacyDomain(reason string) string {
	if strings.HasPrefix(reason, "accessNotConfigured") || strings.HasPrefix(reason, "rateLimit") {
		return "usageLimits"
	}
	return "global"
}

// OAuthError is what token endpoints answer instead of the envelope.
type OAuthError struct {
	Code        int // HTTP status
	Word        string
	Description string
}

func (e *OAuthError) Error() string { return e.Word + ": " + e.Description }

// WriteOAuthError answers as a token endpoint does.
func WriteOAuthError(w http.ResponseWriter, e *OAuthError) {
	body := map[string]string{"error": e.Word}
	if e.Description != "" {
		body["error_description"] = e.Description
	}
	WriteGoogle(w, e.Code, body)
}
