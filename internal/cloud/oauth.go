package cloud

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// apiError is an error reply of a call that was made without an SDK: Google's STS, token information, metadata.
type apiError struct {
	Status     int
	Code       string // OAuth: error; Google: status, or the ErrorInfo reason
	Reason     string // Google: the ErrorInfo reason
	Permission string
	Message    string
	RequestID  string
	RetryAfter time.Duration
}

func (e *apiError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("HTTP %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("HTTP %d %s: %s", e.Status, e.Code, e.Message)
}

// errorReply reads both shapes that Google's token services answer with.
func errorReply(status int, h http.Header, body []byte) *apiError {
	e := &apiError{Status: status, RequestID: requestID(h), RetryAfter: headerDelay(h)}
	var oauth struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Subtype     string          `json:"error_subtype"`
	}
	if json.Unmarshal(body, &oauth) != nil {
		e.Message = fmt.Sprintf("the reply is not JSON: %.120q", clean(string(body)))
		return e
	}
	if json.Unmarshal(oauth.Error, &e.Code) == nil {
		e.Code, e.Message = clean(e.Code), clean(oauth.Description)
		if oauth.Subtype != "" {
			e.Message = clean(oauth.Description + " (" + oauth.Subtype + ")")
		}
		return e
	}
	readEnvelope(oauth.Error, e)
	return e
}

// readEnvelope reads the inside of Google's {"error":{…}}.
func readEnvelope(raw []byte, e *apiError) {
	var g struct {
		Message string `json:"message"`
		Status  string `json:"status"`
		Details []struct {
			Type     string            `json:"@type"`
			Reason   string            `json:"reason"`
			Delay    string            `json:"retryDelay"` // of a RetryInfo: "5s"
			Metadata map[string]string `json:"metadata"`
		} `json:"details"`
	}
	if json.Unmarshal(raw, &g) != nil {
		e.Message = "the error reply cannot be read"
		return
	}
	e.Code, e.Message = clean(g.Status), clean(g.Message)
	for _, d := range g.Details {
		if d.Reason != "" {
			e.Reason, e.Permission = clean(d.Reason), clean(d.Metadata["permission"])
		}
		if asked, err := time.ParseDuration(d.Delay); err == nil {
			e.RetryAfter = max(e.RetryAfter, asked)
		}
	}
}
