package sandbox_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	signer "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// mixed is a handful of calls as a bridge makes them: reads, a change, a session, a page of Google's.
type mixed struct {
	client  *http.Client
	server  *sandbox.Server
	keys    aws.Credentials
	token   string
	google  string
	counter atomic.Int64
}

func newMixed(tb testing.TB, s *sandbox.Server, token string) *mixed {
	tb.Helper()
	id, secret := s.World().OperatorKey()
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	tb.Cleanup(transport.CloseIdleConnections)
	return &mixed{
		client: &http.Client{Transport: transport}, server: s, token: token,
		keys: aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, google: s.Environ()["CLOUDSDK_AUTH_ACCESS_TOKEN"],
	}
}

// call makes the next call of the mix and answers its status.
func (m *mixed) call(tb testing.TB) int {
	switch m.counter.Add(1) % 5 {
	case 0:
		return m.aws(tb, "sts", url.Values{"Action": {"GetCallerIdentity"}, "Version": {"2011-06-15"}})
	case 1:
		return m.aws(tb, "iam", url.Values{"Action": {"GetRole"}, "RoleName": {"ci-runner"}, "Version": {"2010-05-08"}})
	case 2:
		return m.aws(tb, "iam", url.Values{"Action": {"UpdateRole"}, "RoleName": {"ci-runner"}, "Description": {"x"}, "Version": {"2010-05-08"}})
	case 3:
		return m.aws(tb, "", url.Values{
			"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleSessionName": {"load"},
			"RoleArn": {"arn:aws:iam::123456789012:role/drawbridge/ci-runner"}, "WebIdentityToken": {m.token},
		})
	}
	r, _ := http.NewRequestWithContext(tb.Context(), http.MethodGet, m.server.URL()+"/v1/projects/acme-build", nil)
	r.Header.Set("Authorization", "Bearer "+m.google)
	return m.send(tb, r)
}

func (m *mixed) aws(tb testing.TB, service string, form url.Values) int {
	body := form.Encode()
	r, _ := http.NewRequestWithContext(tb.Context(), http.MethodPost, m.server.URL()+"/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if service != "" {
		if err := signer.NewSigner().SignHTTP(tb.Context(), m.keys, r, sha256hex(body), service, "us-east-1", time.Now()); err != nil {
			tb.Fatal(err)
		}
	}
	return m.send(tb, r)
}

func (m *mixed) send(tb testing.TB, r *http.Request) int {
	res, err := m.client.Do(r)
	if err != nil {
		tb.Error(err)
		return 0
	}
	defer res.Body.Close()
	drain(res.Body)
	return res.StatusCode
}

func BenchmarkMixedCalls(b *testing.B) {
	s, err := sandbox.Start(b.Context(), sandbox.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	m := newMixed(b, s, "")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.call(b)
		}
	})
}

// TestMemoryStaysFlatUnderLoad makes many calls from several sides at once: none may fail, and what is kept may not
// grow with their number.
func TestMemoryStaysFlatUnderLoad(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	m := newMixed(t, s, idToken(t, s, nil))
	calls := 4000
	if testing.Short() {
		calls = 400
	}
	run := func() {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range calls / 8 {
					if status := m.call(t); status != http.StatusOK {
						t.Errorf("got status %d", status)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	run() // fills the bounded lists
	s.ResetCalls()
	before := heap()
	run()
	s.ResetCalls()
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("%d calls left %d KiB behind", calls, grown>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func sha256hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func drain(r io.Reader) { _, _ = io.Copy(io.Discard, r) }
