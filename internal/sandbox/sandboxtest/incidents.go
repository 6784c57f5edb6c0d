package sandboxtest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
)

// Fails answers one call with an error of its cloud, or drops or refuses it. Nothing else reaches the clouds meanwhile.
func Fails(amazon, google string) Incident {
	return func(g *Gate, w http.ResponseWriter, r *http.Request) {
		g.quiet.Lock()
		defer g.quiet.Unlock()
		if err := g.Server.SetFaults(everywhere(amazon, google)...); err != nil {
			panic(err) // the test itself is wrong
		}
		defer func() { _ = g.Server.SetFaults() }()
		g.Server.ServeHTTP(w, r)
	}
}

// everywhere is a fault of whatever is called next.
func everywhere(amazon, google string) []string {
	var out []string
	for _, service := range []string{"iam", "sts", "ec2", "sqs", "imds", "container"} {
		out = append(out, "aws."+service+".*="+amazon+"*1")
	}
	for _, service := range []string{"iam", "sts", "cloudresourcemanager", "serviceusage", "iamcredentials", "compute", "oauth2", "orgpolicy", "metadata"} {
		out = append(out, "google."+service+".*="+google+"*1")
	}
	return out
}

// Throttled turns one call away and asks for seven seconds.
func Throttled(g *Gate, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "7")
	Fails("Throttling", "429")(g, w, r)
}

// Hang never answers: the caller gives up.
func Hang(_ *Gate, _ http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// Truncated has the effect and tells half of the reply.
func Truncated(g *Gate, w http.ResponseWriter, r *http.Request) {
	whole := httptest.NewRecorder()
	g.Server.ServeHTTP(whole, r)
	maps.Copy(w.Header(), whole.Header())
	w.Header().Set("Content-Length", fmt.Sprint(whole.Body.Len()))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	panic(http.ErrAbortHandler)
}

// WebPage is what the sign-in page of a network answers in the cloud's place.
func WebPage(_ *Gate, w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Welcome to the lounge</body></html>")
}
