// Package google answers as Google Cloud would around a bridge: service usage, IAM with its pools and accounts,
// resource manager, organisation policies, the token service, IAM credentials, token information, a corner of
// Compute Engine and its metadata server.
//
// It decides by itself who calls and what they may do, and it refuses what the real services refuse, in their words.
// It knows nothing of AWS: whoever signed a GetCallerIdentity request is asked of Replay.
package google

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Cloud is Google Cloud over one world. Its fields are set before it serves.
type Cloud struct {
	// Replay asks AWS who signed a GetCallerIdentity request. Nil: every such request is refused.
	Replay func(wire.SignedRequest) (wire.Caller, error)
	// Keys answers the JWKS (JSON) that an OIDC issuer publishes; ok is false for an issuer that cannot be reached.
	// The outbound issuers of the world's AWS accounts are known without it. Nil: no other can be reached.
	Keys func(issuer string) (jwks []byte, ok bool)
	// AsVM names the instance whose metadata is served. Empty: the last one made.
	AsVM string

	world  *world.World
	base   func() string
	routes []route
}

// New returns Google Cloud over w; base answers the public URL of the server, without a trailing slash.
func New(w *world.World, base func() string) *Cloud {
	return &Cloud{world: w, base: base, routes: allRoutes()}
}

// CallNames lists what Route can name.
func CallNames() []string {
	routes := allRoutes()
	names := make([]string, len(routes))
	for i := range routes {
		names[i] = "google." + routes[i].id
	}
	return names
}

// Route names the call that r makes, as in Google's discovery documents with "google." before it, and answers who
// serves it. ok is false when r is not for Google.
func (c *Cloud) Route(r *http.Request) (call string, h http.HandlerFunc, ok bool) {
	path, ok := segments(r.URL.EscapedPath())
	if !ok {
		return "", nil, false
	}
	for i := range c.routes {
		rt := &c.routes[i]
		if vars, ok := rt.match(r, path); ok {
			return "google." + rt.id, c.serve(rt, vars), true
		}
	}
	return "", nil, false
}

// WriteError answers r with a failure: code is an HTTP status or a Google status name. Token endpoints answer in the
// form of OAuth.
func (c *Cloud) WriteError(w http.ResponseWriter, r *http.Request, code string) {
	fault := faultOf(code)
	path, _ := segments(r.URL.EscapedPath())
	for i := range c.routes {
		rt := &c.routes[i]
		if _, ok := rt.match(r, path); !ok {
			continue
		}
		if rt.oauth && fault.Code < http.StatusInternalServerError {
			wire.WriteOAuthError(w, &wire.OAuthError{Code: fault.Code, Word: "invalid_request", Description: fault.Message})
			return
		}
		if code == "409" && !strings.HasSuffix(rt.id, ".create") {
			fault = faultOf("ABORTED") // what is not being made cannot be there already
		}
		break
	}
	wire.WriteGoogleError(w, fault)
}

// faultOf makes the error that goes with an HTTP status or a status name, with the details that clients look at.
func faultOf(code string) *wire.GoogleError {
	status := code
	number, ok := wire.GoogleStatus(code)
	if n, err := strconv.Atoi(code); err == nil && n >= 400 && n < 600 {
		number, status, ok = n, wire.GoogleStatusName(n), true
	}
	if !ok {
		number, status = http.StatusInternalServerError, "INTERNAL"
	}
	e := &wire.GoogleError{Code: number, Status: status, Message: faultText(status)}
	switch status {
	case "RESOURCE_EXHAUSTED":
		return e.With(wire.ErrorInfo("RATE_LIMIT_EXCEEDED", "googleapis.com", nil)).With(wire.RetryInfo("1s"))
	case "UNAVAILABLE":
		return e.With(wire.RetryInfo("1s"))
	case "ABORTED":
		e.Legacy = "aborted"
	}
	return e
}

func faultText(status string) string {
	switch status {
	case "RESOURCE_EXHAUSTED":
		return "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."
	case "UNAVAILABLE":
		return "The service is currently unavailable."
	case "INTERNAL":
		return "Internal error encountered."
	case "PERMISSION_DENIED":
		return "The caller does not have permission"
	case "ABORTED":
		return concurrentText
	case "UNAUTHENTICATED":
		return invalidCredentials
	case "NOT_FOUND":
		return "Requested entity was not found."
	case "ALREADY_EXISTS":
		return "Requested entity already exists"
	}
	return "Request contains an invalid argument."
}
