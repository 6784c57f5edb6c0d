package cloud

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ServerTime is the Date of a reply: the cloud's own clock, in whole seconds.
func ServerTime(h http.Header) (time.Time, bool) {
	t, err := http.ParseTime(h.Get("Date"))
	return t, err == nil
}

// clock remembers the last Date of one cloud and when it was heard.
type clock struct {
	mu       sync.Mutex
	said, at time.Time
}

func (c *clock) heard(h http.Header) {
	if t, ok := ServerTime(h); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.said, c.at = t, time.Now()
	}
}

// now is the cloud's time, gone on since the last reply.
func (c *clock) now() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.said.IsZero() {
		return time.Time{}, false
	}
	return c.said.Add(time.Since(c.at)), true
}

// Clock is Google's time, by the Date of its last reply; it asks for one when none has come yet.
func (g *Google) Clock(ctx context.Context) (time.Time, error) {
	return askClock(ctx, g.transport.clock, g.HTTP, g.Endpoints.STS)
}

// Clock is AWS's time, by the Date of its last reply; it asks for one when none has come yet.
func (a *AWS) Clock(ctx context.Context) (time.Time, error) {
	return askClock(ctx, a.transport.clock, a.transport.client(), a.STSURL)
}

func askClock(ctx context.Context, c *clock, client *http.Client, url string) (time.Time, error) {
	const op = "read the cloud's clock"
	if t, ok := c.now(); ok {
		return t, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return time.Time{}, Problem(op, err)
	}
	resp, err := client.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	// An answer of any kind, a refusal too, carries the Date.
	if t, ok := c.now(); ok {
		return t, nil
	}
	if err == nil {
		err = fmt.Errorf("%s gave no date", req.URL.Host)
	}
	return time.Time{}, Problem(op, err)
}
