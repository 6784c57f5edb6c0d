package cloud

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// maxReply is how much of a reply is read. The largest honest one is a page of an account's roles with their policies.
const maxReply = 8 << 20

// transport is the one way out of the program, under both SDKs. It gives every attempt a time limit, follows no
// redirect, reads replies whole up to a limit, reports and logs each attempt, and owns the only retry loop.
type transport struct {
	next    http.RoundTripper
	timeout time.Duration
	log     *callLog
	clock   *clock            // nil: replies do not tell the cloud's time
	allowed func(string) bool // hosts that may be called at all; nil: every one
}

// client is an HTTP client over t that never follows a redirect.
func (t *transport) client() *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// RoundTrip makes the call, again where that is safe (see retry.go).
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.allowed != nil && !t.allowed(req.URL.Hostname()) {
		return nil, &refusedHost{Host: req.URL.Hostname()}
	}
	body, err := wholeBody(req)
	if err != nil {
		return nil, fmt.Errorf("read request body: %w", err)
	}
	c := newCall(req, body)
	loop := newRetries(c, timeIn(req.Context()))
	for {
		resp, err := t.attempt(req, c)
		again := loop.again(req.Context(), resp, err)
		if !again {
			return c.settle(resp, err)
		}
	}
}

// wholeBody reads the body, so that the request can be sent again; SDKs do not all set GetBody.
func wholeBody(req *http.Request) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	defer func() { _ = req.Body.Close() }()
	return io.ReadAll(io.LimitReader(req.Body, maxReply))
}

// attempt sends the request once and reads the whole reply, so that a cut one is noticed here and not in a decoder.
func (t *transport) attempt(req *http.Request, c *call) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.timeout, errCallTimeout)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent.Store(true) }})
	start := time.Now()
	resp, err := t.send(ctx, req, c)
	if err != nil && ctx.Err() != nil && req.Context().Err() == nil {
		err = fmt.Errorf("%w after %s", errCallTimeout, t.timeout)
	}
	if err != nil && !sent.Load() {
		err = &unsent{err}
	}
	t.report(req, c, resp, time.Since(start))
	return resp, err
}

func (t *transport) send(ctx context.Context, req *http.Request, c *call) (*http.Response, error) {
	body := c.body
	out := req.Clone(ctx)
	if body != nil {
		out.Body = io.NopCloser(bytes.NewReader(body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		out.ContentLength = int64(len(body))
	}
	resp, err := t.next.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	reply, err := readReply(resp)
	if err != nil {
		return nil, err
	}
	if c.operation != "" && resp.StatusCode < 300 && !answers(reply, c.operation) {
		// The SDK takes a reply that is no XML at all, or about something else, for an empty success.
		return nil, &strangeReply{Status: resp.StatusCode, Host: req.URL.Host, What: "something that is no answer to " + c.operation}
	}
	if t.clock != nil && !metadataHost(req.URL.Hostname()) {
		t.clock.heard(resp.Header)
	}
	resp.Body, resp.ContentLength, resp.Request = &replayed{*bytes.NewReader(reply)}, int64(len(reply)), req
	return resp, strange(resp, reply)
}

// answers reports whether the outermost element of a reply is the one that AWS answers an operation with.
func answers(reply []byte, operation string) bool {
	d := xml.NewDecoder(bytes.NewReader(reply))
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		if e, ok := token.(xml.StartElement); ok {
			return e.Name.Local == operation+"Response"
		}
	}
}

// replayed is a reply that was read whole; the retry loop reads it and winds it back.
type replayed struct{ bytes.Reader }

func (*replayed) Close() error { return nil }

func readReply(resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return nil, &cutReply{Status: resp.StatusCode, Err: err}
	}
	if len(b) > maxReply {
		return nil, &strangeReply{Status: resp.StatusCode, Host: resp.Request.URL.Host, What: "a reply of more than 8 MiB"}
	}
	return b, nil
}

// strange refuses what no cloud API answers: a redirect, which would carry credentials elsewhere, and a web page or
// nothing where an API reply should be.
func strange(resp *http.Response, reply []byte) error {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusNotModified {
		return &strangeReply{Status: resp.StatusCode, Host: resp.Request.URL.Host, What: "a redirect to " + redirectHost(resp)}
	}
	head := bytes.ToLower(bytes.TrimSpace(reply[:min(len(reply), 64)]))
	if resp.StatusCode < 300 && (bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))) {
		return &strangeReply{Status: resp.StatusCode, Host: resp.Request.URL.Host, What: "a web page"}
	}
	if resp.StatusCode < 300 && hollow(reply) {
		return &strangeReply{Status: resp.StatusCode, Host: resp.Request.URL.Host, What: "null in place of what was asked for"}
	}
	return nil
}

func redirectHost(resp *http.Response) string {
	if u, err := resp.Location(); err == nil && u.Host != "" {
		return clean(u.Host)
	}
	return "nowhere"
}

// wire is the plain HTTP transport: proxies come from env, and a CA bundle adds to the system's.
func wire(env func(string) string, caBundle []byte) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:                 proxyFrom(env),
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	if len(caBundle) == 0 {
		return t, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("read the system's certificates: %w", err)
	}
	if !roots.AppendCertsFromPEM(caBundle) {
		return nil, fmt.Errorf("no certificate in it")
	}
	t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return t, nil
}

// proxyFrom reads the proxies as everybody does, upper case after lower. A metadata server is only asked through a proxy
// on this machine (a sandbox): what it answers are credentials.
func proxyFrom(env func(string) string) func(*http.Request) (*url.URL, error) {
	either := func(upper, lower string) string {
		if v := env(upper); v != "" {
			return v
		}
		return env(lower)
	}
	cfg := httpproxy.Config{
		HTTPProxy:  either("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: either("HTTPS_PROXY", "https_proxy"),
		NoProxy:    either("NO_PROXY", "no_proxy"),
		CGI:        env("REQUEST_METHOD") != "",
	}
	choose := cfg.ProxyFunc()
	return func(req *http.Request) (*url.URL, error) {
		p, err := choose(req.URL)
		if p != nil && metadataHost(req.URL.Hostname()) && !loopback(p.Hostname()) {
			return nil, err
		}
		return p, err
	}
}
