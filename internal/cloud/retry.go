package cloud

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// The budget of one call. A person is waiting: what has not passed by then is reported.
const (
	retryBudget   = time.Minute
	triesThrottle = 6
	triesServer   = 5
	triesConnect  = 4
	triesTimeout  = 2
)

// retries is the only retry loop of the program. It repeats what was turned away before it had an effect, and what may
// be made twice; it never waits for a change to spread, which is Until's.
type retries struct {
	call    *call
	started time.Time
	tries   int
	pauses  *backoff.ExponentialBackOff
}

func newRetries(c *call, now time.Time) *retries {
	p := backoff.NewExponentialBackOff()
	p.InitialInterval, p.Multiplier, p.MaxInterval = 300*time.Millisecond, 2, 8*time.Second
	p.Reset()
	return &retries{call: c, started: now, pauses: p}
}

// again decides about one attempt and, when it is to be repeated, waits first.
func (r *retries) again(ctx context.Context, resp *http.Response, err error) bool {
	r.tries++
	if ctx.Err() != nil {
		return false
	}
	kind, limit := r.judge(resp, err)
	if r.tries >= limit {
		return false
	}
	after := r.pauses.NextBackOff() // spread by itself
	if asked := retryAfter(resp); asked > after {
		after = spread(asked)
	}
	if timeIn(ctx).Sub(r.started)+after > retryBudget {
		return false
	}
	after = paced(ctx, after)
	traceRetrying(ctx, Retrying{What: r.call.what, Attempt: r.tries, After: after, Kind: kind})
	return pause(ctx, after) == nil
}

// judge gives the kind of a failure and how often the call may be made in all; 0 or 1 means never again.
func (r *retries) judge(resp *http.Response, err error) (explain.Kind, int) {
	switch {
	case err != nil:
		return explain.Other, r.triesAfter(err)
	case throttled(resp):
		return explain.Throttled, triesThrottle
	case resp.StatusCode == http.StatusServiceUnavailable:
		return explain.Other, triesServer // turned away before any effect
	case uncertain(resp.StatusCode) && r.call.harmless, r.call.harmless && resp.StatusCode == http.StatusRequestTimeout:
		return explain.Other, triesServer
	case idpUnreachable(resp):
		return explain.Pending, triesServer
	}
	return "", 0
}

func (r *retries) triesAfter(err error) int {
	var strange *strangeReply
	var dns *net.DNSError
	var slow net.Error
	switch {
	case errors.As(err, &strange), certificateError(err), errors.As(err, &dns) && dns.IsNotFound:
		return 0
	case !r.call.harmless && !beforeEffect(err):
		return 0
	case errors.Is(err, errCallTimeout), errors.As(err, &slow) && slow.Timeout():
		return triesTimeout
	}
	return triesConnect
}

// beforeEffect holds for failures after which the cloud has certainly done nothing: there was no connection, or what
// answered was not the cloud.
func beforeEffect(err error) bool {
	if _, ok := errors.AsType[*unsent](err); ok {
		return true
	}
	strange, ok := errors.AsType[*strangeReply](err)
	return ok && strange.Status >= 300 && strange.Status < 400
}

func certificateError(err error) bool {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid)
}

// throttled holds when the cloud asked to be called less often. AWS says so with 400 too, Google with 403.
func throttled(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return !allocationQuota(peek(resp))
	case http.StatusServiceUnavailable:
		return resp.Header.Get("Retry-After") != "" || throttleCode(awsCode(peek(resp)))
	case http.StatusBadRequest:
		return throttleCode(awsCode(peek(resp)))
	case http.StatusForbidden:
		return rateLimited(peek(resp))
	}
	return false
}

// throttleCode are AWS's words for "too fast".
func throttleCode(code string) bool {
	switch code {
	case "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException",
		"TooManyRequestsException", "SlowDown", "BandwidthLimitExceeded", "PriorRequestNotComplete":
		return true
	}
	return false
}

func idpUnreachable(resp *http.Response) bool {
	if resp.StatusCode != http.StatusBadRequest {
		return false
	}
	code := awsCode(peek(resp))
	return code == "IDPCommunicationError" || code == "OpenIdIdpCommunicationError"
}

// rateLimited are Google's 403s that mean "too fast".
func rateLimited(body string) bool {
	for _, sign := range [...]string{"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded", "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", "Quota exceeded for quota metric"} {
		if strings.Contains(body, sign) {
			return true
		}
	}
	return false
}

// allocationQuota is a 429 that no waiting mends: so many accounts, pools or roles and no more.
func allocationQuota(body string) bool {
	return strings.Contains(body, "google.rpc.QuotaFailure") && !rateLimited(body) && !strings.Contains(body, "per minute")
}

// peek reads a reply that send has kept, and winds it back.
func peek(resp *http.Response) string {
	kept, ok := resp.Body.(*replayed)
	if !ok {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(kept, 64<<10))
	_, _ = kept.Seek(0, io.SeekStart)
	return string(b)
}

// awsCode is the Code of an AWS XML error.
func awsCode(body string) string {
	_, rest, found := strings.Cut(body, "<Code>")
	code, _, ended := strings.Cut(rest, "</Code>")
	if !found || !ended {
		return ""
	}
	return strings.TrimSpace(code)
}

// retryAfter is how long a reply asks us to wait: in the header, in both its forms, or in the RetryInfo of a Google error.
func retryAfter(resp *http.Response) time.Duration {
	if resp == nil {
		return 0
	}
	asked := headerDelay(resp.Header)
	if body := peek(resp); strings.Contains(body, "google.rpc.RetryInfo") {
		asked = max(asked, errorReply(resp.StatusCode, resp.Header, []byte(body)).RetryAfter)
	}
	return asked
}

func headerDelay(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return max(0, time.Duration(s)*time.Second)
	}
	if at, err := http.ParseTime(v); err == nil {
		from := time.Now()
		if d, err := http.ParseTime(h.Get("Date")); err == nil {
			from = d
		}
		return max(0, at.Sub(from))
	}
	return 0
}
