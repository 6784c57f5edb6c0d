package cloud

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// far is an opened pair of clouds whose every endpoint is one server.
type far struct {
	g      *Google
	a      *AWS
	ctx    context.Context
	log    *lines
	server *httptest.Server

	mu      sync.Mutex
	calls   []Call
	retries []Retrying
	waits   []Waiting
}

// lines is a log that several goroutines may write.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

const operatorToken = "ya29.the-operators-own-token"

// environ points every endpoint at url, signed in on both sides.
func environ(t *testing.T, url string) map[string]string {
	t.Helper()
	return map[string]string{
		"HOME": t.TempDir(), "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
		"CLOUDSDK_AUTH_ACCESS_TOKEN":                           operatorToken,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM":                  url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS":       url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_STS":                  url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_SERVICEUSAGE":         url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_ORGPOLICY":            url,
		"CLOUDSDK_API_ENDPOINT_OVERRIDES_COMPUTE":              url + "/compute/v1/",
		"DRAWBRIDGE_GOOGLE_OAUTH2_ENDPOINT":                    url,
		"GCE_METADATA_HOST":                                    url[len("http://"):],
	}
}

func of(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

// opened serves h as both clouds. Pauses take no time; the trace is kept.
func opened(t *testing.T, h http.HandlerFunc, change ...func(*Options, map[string]string)) *far {
	t.Helper()
	f := &far{log: &lines{}, server: httptest.NewServer(h)}
	t.Cleanup(f.server.Close)
	env := environ(t, f.server.URL)
	o := Options{Env: of(env), Project: "acme-build", CallTimeout: 5 * time.Second, Log: f.log, UserAgent: "drawbridge/test"}
	for _, c := range change {
		c(&o, env)
	}
	var err error
	if f.g, f.a, err = Open(t.Context(), o); err != nil {
		t.Fatalf("Open: %v", err)
	}
	f.ctx = WithTrace(quick(t.Context()), &Trace{
		Call:     func(c Call) { f.mu.Lock(); defer f.mu.Unlock(); f.calls = append(f.calls, c) },
		Retrying: func(r Retrying) { f.mu.Lock(); defer f.mu.Unlock(); f.retries = append(f.retries, r) },
		Waiting:  func(w Waiting) { f.mu.Lock(); defer f.mu.Unlock(); f.waits = append(f.waits, w) },
	})
	return f
}

func quick(ctx context.Context) context.Context {
	return WithPace(ctx, func(time.Duration) time.Duration { return time.Microsecond })
}

// write writes a file in a fresh directory and gives its path.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
