// Package google answers as Google Cloud would around a bridge.
package google

import (
	"net/http"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// Cloud is Google Cloud over one world.
type Cloud struct {
	world *world.World
	base  func() string
}

// New returns Google Cloud over w; base answers the public URL of the server.
func New(w *world.World, base func() string) *Cloud { return &Cloud{world: w, base: base} }

// Route names the call that r makes and answers who serves it.
func (c *Cloud) Route(r *http.Request) (call string, h http.HandlerFunc, ok bool) {
	return "", nil, false
}

// WriteError answers r with a failure of the given code, in Google's envelope.
func (c *Cloud) WriteError(w http.ResponseWriter, r *http.Request, code string) {
	http.Error(w, code, http.StatusBadRequest)
}
