//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// process is drawbridge in a process of its own, without a terminal.
func process(t testing.TB, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Args = append([]string{"drawbridge"}, args...)
	for name, value := range env {
		c.Env = append(c.Env, name+"="+value)
	}
	c.Env = append(c.Env, "PATH="+os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return c
}

func codeAfter(t testing.TB, err error) int {
	t.Helper()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return 0
}

// onGoogle is a VM at Google whose account may become a role.
func onGoogle(t testing.TB) (*sandbox.Server, map[string]string) {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	env := server.Environ()
	env["DRAWBRIDGE_HOME"] = filepath.Join(t.TempDir(), "home")
	env["LANG"] = "C.UTF-8"
	out, err := process(t, env, "apply", "--yes", "-f", "examples/ci-to-sqs.yaml").CombinedOutput()
	if err != nil {
		t.Fatalf("apply: %v\n%s", err, out)
	}
	return server, env
}

// TestSignalsReachTheCommand sends each signal to drawbridge alone. A command that catches it ends in its own way; one
// that does not dies of it, and drawbridge says so as a shell does.
func TestSignalsReachTheCommand(t *testing.T) {
	_, env := onGoogle(t)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			for trap, want := range map[string]int{`trap "exit 9" INT TERM HUP USR1; `: 9, "": 128 + int(s)} {
				c := process(t, env, "exec", "-f", "examples/ci-to-sqs.yaml", "--", "sh", "-c", trap+`echo $AWS_CONTAINER_CREDENTIALS_FULL_URI; while :; do sleep 0.02; done`)
				out, err := c.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				at, err := bufio.NewReader(out).ReadString('\n') // it runs
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				if got := codeAfter(t, c.Wait()); got != want {
					t.Errorf("with %q: got exit code %d, want %d", trap, got, want)
				}
				closed(t, strings.TrimSpace(at))
			}
		})
	}
}

// closed fails when somebody still listens.
func closed(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		t.Fatalf("the command saw the endpoint %q", address)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", u.Host); err == nil {
		_ = conn.Close()
		t.Errorf("%s still listens", u.Host)
	}
}

// TestInterruptedBeforeItsCommandItNeverBegins stops exec while it still asks for the credentials.
func TestInterruptedBeforeItsCommandItNeverBegins(t *testing.T) {
	server, env := onGoogle(t)
	if err := server.SetFaults("aws.sts.AssumeRoleWithWebIdentity=hang"); err != nil {
		t.Fatal(err)
	}
	server.ResetCalls()
	began := filepath.Join(t.TempDir(), "began")
	c := process(t, env, "exec", "-f", "examples/ci-to-sqs.yaml", "--", "touch", began)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	awaitCall(t, server, "identity")
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if got := codeAfter(t, c.Wait()); got != 143 {
		t.Errorf("got exit code %d, want 143", got)
	}
	if _, err := os.Stat(began); err == nil {
		t.Error("the command was run all the same")
	}
}

// awaitCall returns when a call whose name holds this was made.
func awaitCall(t testing.TB, server *sandbox.Server, name string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, c := range server.Calls() {
			if strings.Contains(c.Name, name) {
				return
			}
		}
	}
	t.Fatalf("no call of %s within a minute: %v", name, server.Calls())
}

// TestCommandHasItsStreamsToItself sends bytes that are no text through a command.
func TestCommandHasItsStreamsToItself(t *testing.T) {
	_, env := onGoogle(t)
	in := make([]byte, 1<<20)
	_, _ = rand.Read(in)
	c := process(t, env, "exec", "-f", "examples/ci-to-sqs.yaml", "--", "cat")
	var out, errs bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(in), &out, &errs
	if code := codeAfter(t, c.Run()); code != 0 || !bytes.Equal(out.Bytes(), in) || errs.Len() > 0 {
		t.Errorf("got exit code %d, %d bytes, and %q; want what went in and nothing else", code, out.Len(), errs.String())
	}
}

// TestNothingIsLeftOfACommandInGoogle looks where the configuration lay, after an end of every kind.
func TestNothingIsLeftOfACommandInGoogle(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "ec2-to-google")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	env["XDG_RUNTIME_DIR"] = t.TempDir()
	for command, want := range map[string]int{
		`test -r $GOOGLE_APPLICATION_CREDENTIALS`: 0,
		`exit 7`:                            7,
		`kill -TERM $PPID; sleep 5; exit 0`: 143,
		`kill -KILL $$`:                     137,
	} {
		c := process(t, env, "exec", "-f", file, "--", "sh", "-c", command)
		out, err := c.CombinedOutput()
		if got := codeAfter(t, err); got != want {
			t.Errorf("%s: got exit code %d, want %d\n%s", command, got, want, out)
		}
		if left, err := os.ReadDir(env["XDG_RUNTIME_DIR"]); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", command, left, err)
		}
	}
}
