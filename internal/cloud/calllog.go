package cloud

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// callLog writes a line a call. It never sees a header or a body.
type callLog struct {
	mu  sync.Mutex
	out io.Writer
	now func() time.Time
}

func (l *callLog) line(c Call) {
	if l == nil || l.out == nil {
		return
	}
	what := c.Path
	if c.Operation != "" {
		what += " " + c.Operation
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.out, "%s %s %s %s %d %dms %s\n", l.now().UTC().Format("2006-01-02T15:04:05.000Z"),
		c.Method, clean(c.Host), clean(what), c.Status, c.Duration.Milliseconds(), orDash(c.RequestID))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// report tells the trace and the log about one attempt.
func (t *transport) report(req *http.Request, c *call, resp *http.Response, took time.Duration) {
	r := Call{Method: req.Method, Host: req.URL.Host, Path: req.URL.EscapedPath(), Operation: c.operation, Duration: took}
	if resp != nil {
		r.Status, r.RequestID = resp.StatusCode, requestID(resp.Header)
	}
	t.log.line(r)
	traceCall(req.Context(), r)
}

// requestID finds what the provider's support asks for.
func requestID(h http.Header) string {
	for _, name := range [...]string{"X-Amzn-Requestid", "X-Amz-Request-Id", "X-Goog-Request-Id", "X-Request-Id"} {
		if id := h.Get(name); id != "" {
			return clean(id)
		}
	}
	return ""
}
