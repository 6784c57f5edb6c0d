// Package aws answers as Amazon Web Services would around a bridge: IAM, STS, a corner of EC2 and SQS, the instance
// metadata and the container credentials. It decides who calls and what they may do; it does not know Google's side
// beyond the keys with which Google signs.
package aws

import (
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/wire"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Cloud is AWS over one world.
type Cloud struct {
	world *world.World
	base  func() string
}

// New returns AWS over w; base answers the public URL of the server.
func New(w *world.World, base func() string) *Cloud { return &Cloud{world: w, base: base} }

// Route names the call that r makes ("aws.iam.CreateRole") and answers who serves it; ok is false when r is not for AWS.
func (c *Cloud) Route(r *http.Request) (call string, h http.HandlerFunc, ok bool) {
	return "", nil, false
}

// WriteError answers r with a failure of the given code, in the envelope of the service that r speaks to.
func (c *Cloud) WriteError(w http.ResponseWriter, r *http.Request, code string) {
	http.Error(w, code, http.StatusBadRequest)
}

// CallerOf says who signed a GetCallerIdentity request, or returns an *Error as STS would answer it.
func (c *Cloud) CallerOf(signed wire.SignedRequest) (wire.Caller, error) {
	return wire.Caller{}, http.ErrNotSupported
}
