package sandbox_test

import (
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// motoServer runs moto on a free port until the test ends.
func motoServer(t *testing.T) (url string) {
	t.Helper()
	stock(t, "moto_server")
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	address := l.Addr().String()
	_ = l.Close()
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.CommandContext(t.Context(), "moto_server", "-H", "127.0.0.1", "-p", port)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	waited := time.NewTicker(50 * time.Millisecond)
	defer waited.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); <-waited.C {
		if res, err := http.Get("http://" + address + "/moto-api/"); err == nil { //nolint:noctx // loopback, until it is up
			_ = res.Body.Close()
			return "http://" + address
		}
	}
	t.Fatal("moto_server did not answer within a minute")
	return ""
}

// TestMotoAnswersWithTheSameShapes compares the keys of replies with those of a stand-in that others wrote.
func TestMotoAnswersWithTheSameShapes(t *testing.T) {
	t.Parallel()
	url := motoServer(t)
	s := start(t, sandbox.Options{})
	out, code := output(t, clientEnv(t, s), "python3", "testdata/clients/moto_shapes.py", url)
	if code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
}
