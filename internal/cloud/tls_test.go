package cloud

import (
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
)

// overTLS opens both clouds against a server whose certificate nobody knows.
func overTLS(t *testing.T, bundle bool) *far {
	t.Helper()
	s := httptest.NewUnstartedServer(status(200, awsRole))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	env := environ(t, "http://127.0.0.1:1")
	for name, v := range env {
		if strings.HasPrefix(v, "http://") {
			env[name] = s.URL + "/"
		}
	}
	if bundle {
		env["AWS_CA_BUNDLE"] = write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	}
	g, a, err := Open(t.Context(), Options{Env: of(env), CallTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return &far{g: g, a: a, ctx: quick(t.Context()), server: s}
}

func TestUnknownCertificateIsOneClearError(t *testing.T) {
	f := overTLS(t, false)
	for name, call := range map[string]func(*far) error{"AWS": makeAWS, "Google": makeGoogle} {
		err := call(f)
		p, ok := errors.AsType[*explain.Problem](err)
		if !ok || p.Kind == explain.Pending || !strings.Contains(p.Reason, "is not trusted") || len(p.Do) == 0 {
			t.Errorf("%s: got %#v, want an untrusted certificate, not a lost reply", name, err)
		}
	}
}

func TestBundleOfAWSIsTrusted(t *testing.T) {
	if err := readAWS(overTLS(t, true)); err != nil {
		t.Errorf("got %v, want the bundle to be trusted", err)
	}
}

func TestPlainServerBehindHTTPSIsOneClearError(t *testing.T) {
	plain := httptest.NewServer(status(200, `{}`))
	defer plain.Close()
	env := environ(t, "http://127.0.0.1:1")
	for name, v := range env {
		if strings.HasPrefix(v, "http://") {
			env[name] = "https" + strings.TrimPrefix(plain.URL, "http") + "/"
		}
	}
	g, a, err := Open(t.Context(), Options{Env: of(env)})
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(*far) error{"AWS": makeAWS, "Google": makeGoogle} {
		err := call(&far{g: g, a: a, ctx: quick(t.Context())})
		if err == nil || !strings.Contains(err.Error(), "does not speak TLS") {
			t.Errorf("%s: got %v, want that TLS is not spoken", name, err)
		}
	}
}
