package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/iam/v1"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// readAWS, makeAWS, readGoogle and makeGoogle are one read and one create of each cloud.
func readAWS(f *far) error {
	_, err := f.a.IAM.GetRole(f.ctx, &awsiam.GetRoleInput{RoleName: aws.String("ci-runner")})
	return Problem("read role ci-runner", err)
}

func makeAWS(f *far) error {
	_, err := f.a.IAM.CreateRole(f.ctx, &awsiam.CreateRoleInput{RoleName: aws.String("ci-runner"), AssumeRolePolicyDocument: aws.String("{}")})
	return Problem("create role ci-runner", err)
}

func readGoogle(f *far) error {
	_, err := f.g.IAM.Projects.ServiceAccounts.Get("projects/acme-build/serviceAccounts/x@y").Context(f.ctx).Do()
	return Problem("read service account", err)
}

func makeGoogle(f *far) error {
	_, err := f.g.IAM.Projects.ServiceAccounts.Create("projects/acme-build", &iam.CreateServiceAccountRequest{AccountId: "x"}).Context(f.ctx).Do()
	return Problem("create service account", err)
}

const (
	awsRole       = `<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role><RoleName>ci-runner</RoleName></Role></GetRoleResult></GetRoleResponse>`
	awsThrottling = `<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`
)

func awsFault(code, message string) string {
	return fmt.Sprintf(`<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`, code, message)
}

// after answers with bad n times, then with good.
func after(n int64, bad, good http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) <= n {
			bad(w, r)
			return
		}
		good(w, r)
	}, &count
}

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// dropped closes the connection after the request was read and before any reply.
func dropped(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func TestPassingFailuresAreRepeated(t *testing.T) {
	good := status(200, awsRole)
	goodJSON := status(200, `{}`)
	for name, c := range map[string]struct {
		bad, good http.HandlerFunc
		call      func(*far) error
		kind      explain.Kind
	}{
		"AWS throttles with 400":             {status(400, awsThrottling), good, readAWS, explain.Throttled},
		"AWS throttles a create":             {status(400, awsThrottling), status(200, `<CreateRoleResponse><CreateRoleResult><Role/></CreateRoleResult></CreateRoleResponse>`), makeAWS, explain.Throttled},
		"AWS RequestLimitExceeded with 503":  {status(503, awsFault("RequestLimitExceeded", "x")), good, readAWS, explain.Throttled},
		"AWS 500 on a read":                  {status(500, awsFault("ServiceFailure", "x")), good, readAWS, explain.Other},
		"Google 429":                         {status(429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`), goodJSON, readGoogle, explain.Throttled},
		"Google 429 on a create":             {status(429, `{}`), goodJSON, makeGoogle, explain.Throttled},
		"Google per-minute quota with 403":   {status(403, `{"error":{"code":403,"details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}}`), goodJSON, makeGoogle, explain.Throttled},
		"Google 502 on a read":               {status(502, `bad gateway`), goodJSON, readGoogle, explain.Other},
		"503 on a create, before any effect": {status(503, `{}`), goodJSON, makeGoogle, explain.Other},
		"a lost reply of a read":             {dropped, good, readAWS, explain.Other},
	} {
		t.Run(name, func(t *testing.T) {
			h, count := after(2, c.bad, c.good)
			f := opened(t, h)
			if err := c.call(f); err != nil {
				t.Fatalf("got %v, want success at the third attempt", err)
			}
			if count.Load() < 3 {
				t.Errorf("server was called %d times, want 3", count.Load())
			}
			if len(f.retries) == 0 || f.retries[0].Kind != c.kind || f.retries[0].Attempt != 1 {
				t.Errorf("retries told %+v, want the first of kind %s", f.retries, c.kind)
			}
		})
	}
}

func TestRefusalsAreNotRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		bad  http.HandlerFunc
		call func(*far) error
		want explain.Kind
	}{
		"AWS denied":          {status(403, awsFault("AccessDenied", "no")), readAWS, explain.Denied},
		"AWS missing":         {status(404, awsFault("NoSuchEntity", "no")), readAWS, explain.Missing},
		"Google denied":       {status(403, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`), readGoogle, explain.Denied},
		"Google out of quota": {status(429, `{"error":{"code":429,"message":"no","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"}]}}`), makeGoogle, explain.Throttled},
	} {
		t.Run(name, func(t *testing.T) {
			h, count := after(1e9, c.bad, nil)
			f := opened(t, h)
			err := c.call(f)
			if explain.KindOf(err) != c.want || count.Load() != 1 {
				t.Errorf("got kind %q after %d calls (%v), want %q after 1", explain.KindOf(err), count.Load(), err, c.want)
			}
		})
	}
}

func TestWriteWithLostReplyIsNotRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		bad  http.HandlerFunc
		call func(*far) error
	}{
		"AWS connection closed":    {dropped, makeAWS},
		"Google connection closed": {dropped, makeGoogle},
		"AWS 500":                  {status(500, awsFault("ServiceFailure", "x")), makeAWS},
		"Google 504":               {status(504, `{"error":{"code":504,"message":"deadline"}}`), makeGoogle},
		"Google reply cut off":     {status(200, `{"na`, "Content-Length", "400"), makeGoogle},
	} {
		t.Run(name, func(t *testing.T) {
			h, count := after(1e9, c.bad, nil)
			f := opened(t, h)
			err := c.call(f)
			p, ok := errors.AsType[*explain.Problem](err)
			if !ok || p.Kind != explain.Pending || p.Code != ReplyLost {
				t.Fatalf("got %#v, want a pending problem with code %s", err, ReplyLost)
			}
			if count.Load() != 1 {
				t.Errorf("the create was sent %d times, want once", count.Load())
			}
			if len(p.Do) == 0 {
				t.Error("the problem says nothing to do")
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	h, count := after(1e9, status(429, `{"error":{"code":429,"message":"slow down"}}`), nil)
	f := opened(t, h)
	err := readGoogle(f)
	if !explain.Is(err, explain.Throttled) || count.Load() != triesThrottle {
		t.Errorf("got %v after %d calls, want throttled after %d", err, count.Load(), triesThrottle)
	}
}

func TestRetryAfterBeyondTheBudgetIsReported(t *testing.T) {
	h, count := after(1e9, status(429, `{}`, "Retry-After", "3600"), nil)
	f := opened(t, h)
	err := readGoogle(f)
	p, ok := errors.AsType[*explain.Problem](err)
	if !ok || p.RetryAfter != time.Hour || count.Load() != 1 {
		t.Errorf("got %#v after %d calls, want RetryAfter of an hour after 1", err, count.Load())
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	h, _ := after(1, status(503, `{}`, "Retry-After", "7"), status(200, `{}`))
	f := opened(t, h)
	var asked time.Duration
	f.ctx = WithPace(f.ctx, func(d time.Duration) time.Duration { asked = d; return 0 })
	if err := readGoogle(f); err != nil {
		t.Fatal(err)
	}
	if asked < 7*time.Second {
		t.Errorf("paused %s, want at least the 7 s of Retry-After", asked)
	}
}

func TestRedirectsAreRefused(t *testing.T) {
	var reached atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	defer other.Close()
	f := opened(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/in", http.StatusTemporaryRedirect)
	})
	for name, call := range map[string]func(*far) error{"AWS": readAWS, "Google": readGoogle, "Google create": makeGoogle} {
		err := call(f)
		if err == nil || !strings.Contains(err.Error(), "redirect to 127.0.0.1") {
			t.Errorf("%s: got %v, want a refused redirect", name, err)
		}
	}
	if reached.Load() {
		t.Error("the redirect was followed")
	}
}

func TestStrangeRepliesAreOneClearError(t *testing.T) {
	huge := func(w http.ResponseWriter, r *http.Request) {
		chunk := strings.Repeat("x", 1<<20)
		for range 9 {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want string
	}{
		"a web page":        {status(200, "<!DOCTYPE html><html>Sign in to the hotel</html>", "Content-Type", "text/html"), "web page"},
		"nothing at all":    {status(200, "null", "Content-Type", "application/json"), "null"},
		"a list of nothing": {status(200, `{"accounts":[{"name":"a"},null]}`, "Content-Type", "application/json"), "null"},
		"too much":          {huge, "more than 8 MiB"},
		"cut off":           {status(200, `{"name`, "Content-Length", "100"), "cut off"},
		"not JSON":          {status(200, `{"name": !`), "cannot be read"},
		"wrong types":       {status(200, `{"name": {"a": 1}}`), "cannot be read"},
		"empty":             {status(200, ``), ""},
		"HTML in 403":       {status(403, "<html>\x1b[31mblocked\x1b[0m</html>", "Content-Type", "text/html"), ""},
		"binary error":      {status(400, "\x00\x01\x02\xff"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := opened(t, c.h)
			err := readGoogle(f)
			p, ok := errors.AsType[*explain.Problem](err)
			if !ok {
				t.Fatalf("got %#v, want a problem", err)
			}
			if !strings.Contains(p.Error(), c.want) || strings.ContainsAny(p.Error(), "\x1b\x00\n") {
				t.Errorf("got %q, want one line with %q", p.Error(), c.want)
			}
		})
	}
}

func TestAWSRepliesThatCannotBeReadAreOneClearError(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"not XML":     status(200, `{"Role":`),
		"cut XML":     status(200, `<GetRoleResponse><GetRoleResult><Role><RoleNa`),
		"HTML in 403": status(403, "<html><body>blocked</body>"),
	} {
		t.Run(name, func(t *testing.T) {
			err := readAWS(opened(t, h))
			p, ok := errors.AsType[*explain.Problem](err)
			if !ok || strings.Contains(p.Error(), "\n") || len(p.Do) == 0 {
				t.Errorf("got %#v, want a problem of one line that says what to do", err)
			}
		})
	}
}

func TestHangingCallEndsAtItsTimeout(t *testing.T) {
	release := make(chan struct{})
	var count atomic.Int64
	f := opened(t, func(_ http.ResponseWriter, r *http.Request) {
		count.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}, func(o *Options, _ map[string]string) { o.CallTimeout = 50 * time.Millisecond })
	t.Cleanup(func() { close(release) })

	err := readGoogle(f)
	if err == nil || !strings.Contains(err.Error(), "no reply in time") || count.Load() != triesTimeout {
		t.Errorf("read: got %v after %d calls, want no reply in time after %d", err, count.Load(), triesTimeout)
	}
	count.Store(0)
	err = makeAWS(f)
	p, _ := errors.AsType[*explain.Problem](err)
	if p == nil || p.Code != ReplyLost || count.Load() != 1 {
		t.Errorf("create: got %v after %d calls, want a lost reply after 1", err, count.Load())
	}
}

func TestCancelledCallSaysInterrupted(t *testing.T) {
	f := opened(t, status(200, `{}`))
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	f.ctx = ctx
	for name, call := range map[string]func(*far) error{"AWS": readAWS, "Google": readGoogle} {
		err := call(f)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted") {
			t.Errorf("%s: got %v, want interrupted, with context.Canceled in its chain", name, err)
		}
	}
}

func TestConnectionRefusedSaysWhere(t *testing.T) {
	f := opened(t, status(200, `{}`))
	f.server.Close()
	for name, call := range map[string]func(*far) error{"AWS": makeAWS, "Google": makeGoogle} {
		err := call(f)
		if err == nil || !strings.Contains(err.Error(), "cannot connect at 127.0.0.1:") || explain.Is(err, explain.Pending) {
			t.Errorf("%s: got %v, want cannot connect, not a lost reply", name, err)
		}
	}
}

func TestHostsThatAreNotTheCloudsGetNothing(t *testing.T) {
	f := opened(t, status(200, `{}`))
	req, err := http.NewRequestWithContext(f.ctx, http.MethodGet, "https://iam.googleapis.com.evil.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.g.operator.Do(req) //nolint:bodyclose // no reply comes
	if err == nil || !strings.Contains(Problem("x", err).Error(), "refused to send anything to iam.googleapis.com.evil.example") {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestLogAndTraceHoldNoQueryHeaderOrBody(t *testing.T) {
	f := opened(t, status(200, awsRole, "X-Amzn-Requestid", "r-42"))
	if err := readAWS(f); err != nil {
		t.Fatal(err)
	}
	_ = readGoogle(f)
	_, _ = MetadataIDToken(f.ctx, f.g, "https://example.com/secret-audience")
	log := f.log.String()
	for _, secret := range []string{operatorToken, "AKIDEXAMPLE", "Signature", "secret-audience", "alt=json", "RoleName=ci-runner"} {
		if strings.Contains(log, secret) || strings.Contains(fmt.Sprintf("%+v", f.calls), secret) {
			t.Errorf("log or trace holds %q:\n%s%+v", secret, log, f.calls)
		}
	}
	if !strings.Contains(log, "/ GetRole 200 ") || !strings.Contains(log, " r-42\n") {
		t.Errorf("log lacks operation, status or request id:\n%s", log)
	}
	if f.calls[0].Operation != "GetRole" || f.calls[0].RequestID != "r-42" || f.calls[0].Status != 200 {
		t.Errorf("trace: got %+v", f.calls[0])
	}
}
