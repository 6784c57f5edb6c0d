package steps

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// The AWS half against an emulator that nobody here wrote, where it is installed. It checks neither signatures nor
// permissions, but it knows IAM's shapes and orders by itself.
func TestAWSHalfStandsOnAnotherEmulator(t *testing.T) {
	url := moto(t)
	for _, file := range []string{toAWSFile, explicitFile, toGoogleFile} {
		r := newRig(t, file, sandbox.Options{})
		env := r.server.Environ()
		env["AWS_ENDPOINT_URL"] = url
		g, a, err := cloud.Open(t.Context(), cloud.Options{Env: func(k string) string { return env[k] }, Project: r.bridge.Google.Project, Region: r.bridge.AWS.Region})
		r.must(err)
		r.google, r.aws = g, a
		r.apply(Present)
		r.wantKept(r.plan(Present))
		ctx := r.calling()
		report, err := Preflight(ctx, r.world(), cloud.SignIn(ctx, g, a), nil)
		r.must(err)
		if report.Blocked() {
			t.Errorf("preflight: got blocked: %+v", report.Checks)
		}
		r.consent.WithVM = true
		p, res := r.apply(Absent)
		if DestroyOf(p, res).Held() {
			t.Errorf("got held: %+v", DestroyOf(p, res).Kept)
		}
		if again := r.plan(Absent); again.Pending() {
			t.Errorf("after destroy: got %s", again.Summary)
		}
	}
}

// moto starts the emulator on a port of its own and waits until it answers.
func moto(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("moto_server is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(t.Context(), program, "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	if err := cmd.Start(); err != nil {
		t.Skipf("moto_server does not start: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		resp, err := (&http.Client{Timeout: time.Second}).Get("http://" + addr + "/moto-api/")
		if err == nil {
			_ = resp.Body.Close()
			return "http://" + addr
		}
		<-time.After(50 * time.Millisecond)
	}
	t.Skip("moto_server does not answer")
	return ""
}
