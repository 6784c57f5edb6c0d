//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

var askProcess = []string{"credential-process", "-f", "examples/ci-to-sqs.yaml"}

// wantDocument fails unless this is a session that still lives.
func wantDocument(t testing.TB, out []byte) {
	t.Helper()
	var d struct {
		Version                                    int
		AccessKeyId, SecretAccessKey, SessionToken string
		Expiration                                 time.Time
	}
	if err := json.Unmarshal(out, &d); err != nil || d.Version != 1 || d.AccessKeyId == "" || d.SecretAccessKey == "" || d.SessionToken == "" || time.Until(d.Expiration) < time.Minute {
		t.Errorf("got %d bytes, %v, version %d until %v; want a document of a session that lives", len(out), err, d.Version, d.Expiration)
	}
}

func callsOf(server *sandbox.Server, name string) int {
	n := 0
	for _, c := range server.Calls() {
		if strings.HasSuffix(c.Name, name) {
			n++
		}
	}
	return n
}

// TestManyProcessesMakeOneCall starts 200 processes that want the same session at the same time.
func TestManyProcessesMakeOneCall(t *testing.T) {
	server, env := onGoogle(t)
	server.ResetCalls()
	many := 200
	if testing.Short() {
		many = 40
	}
	outs := make([]bytes.Buffer, many)
	var all sync.WaitGroup
	for i := range outs {
		c := process(t, env, askProcess...)
		var said bytes.Buffer
		c.Stdout, c.Stderr = &outs[i], &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			if err := c.Wait(); err != nil {
				t.Errorf("process %d: %v: %s", i, err, said.String())
			}
		})
	}
	all.Wait()
	for i := range outs {
		wantDocument(t, outs[i].Bytes())
		if !bytes.Equal(outs[i].Bytes(), outs[0].Bytes()) {
			t.Errorf("process %d got another session than the first one", i)
		}
	}
	if n := callsOf(server, "AssumeRoleWithWebIdentity"); n != 1 {
		t.Errorf("got %d calls for %d processes, want 1", n, many)
	}
}

// cacheFile is the one file of the cache.
func cacheFile(t testing.TB, env map[string]string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(env["DRAWBRIDGE_HOME"], "cache", "aws-*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("files of the cache: %v, %v, want one", found, err)
	}
	return found[0]
}

// grownOld rewrites the cache so that its session has ten minutes left and the next process gets another.
func grownOld(t testing.TB, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	r["expiration"] = time.Now().Add(10 * time.Minute).UTC().Format(time.RFC3339)
	if data, err = json.Marshal(r); err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestKilledInTheMiddleOfAWriteNothingIsLost kills writers for real, as soon as the new file shows beside the old one.
func TestKilledInTheMiddleOfAWriteNothingIsLost(t *testing.T) {
	_, env := onGoogle(t)
	if out, err := process(t, env, askProcess...).Output(); err != nil {
		t.Fatal(err)
	} else {
		wantDocument(t, out)
	}
	file := cacheFile(t, env)
	times, caught := 30, 0
	if testing.Short() {
		times = 5
	}
	for range times {
		grownOld(t, file)
		c := process(t, env, askProcess...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if killedWhile(file+".new", c.Process, 5*time.Second) {
			caught++
		}
		_ = c.Wait()
		wholeRecord(t, file)
		out, err := process(t, env, askProcess...).Output()
		if err != nil {
			t.Fatalf("the next process: %v", err)
		}
		wantDocument(t, out)
	}
	t.Logf("%d of %d were killed while the new file stood there", caught, times)
	if left, _ := filepath.Glob(filepath.Join(env["DRAWBRIDGE_HOME"], "cache", "*.new")); len(left) > 0 {
		t.Errorf("left %v after a process that ended well", left)
	}
}

// killedWhile kills p when path is there, or when the time is over.
func killedWhile(path string, p *os.Process, patience time.Duration) bool {
	old := modified(strings.TrimSuffix(path, ".new"))
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if _, err := os.Lstat(path); err == nil {
			_ = p.Kill()
			return true
		}
		if !modified(strings.TrimSuffix(path, ".new")).Equal(old) {
			break // it was written while we looked away
		}
	}
	_ = p.Kill()
	return false
}

func modified(path string) time.Time {
	at, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return at.ModTime()
}

// wholeRecord fails when the file is not all of a record.
func wholeRecord(t testing.TB, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	var r map[string]any
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil || r["sessionToken"] == nil {
		t.Fatalf("the cache holds %d bytes that are no record: %v", len(data), err)
	}
}

// TestWithoutAUsableCacheEachAsksForItself spoils the place of the cache in every way that a machine has.
func TestWithoutAUsableCacheEachAsksForItself(t *testing.T) {
	server, env := onGoogle(t)
	for name, spoil := range map[string]func(t *testing.T, home string) (full bool){
		"a file in its place": func(t *testing.T, home string) bool {
			if err := os.WriteFile(home, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return false
		},
		"a link to elsewhere": func(t *testing.T, home string) bool {
			if err := os.MkdirAll(home, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(t.TempDir(), filepath.Join(home, "cache")); err != nil {
				t.Fatal(err)
			}
			return false
		},
		"open to others": func(t *testing.T, home string) bool {
			if err := os.MkdirAll(filepath.Join(home, "cache"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(home, "cache"), 0o755); err != nil { //nolint:gosec // the point
				t.Fatal(err)
			}
			return false
		},
		"somebody else's": func(t *testing.T, home string) bool {
			if err := os.MkdirAll(filepath.Join(home, "cache"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(filepath.Join(home, "cache"), 12345, 12345); err != nil {
				t.Skip("NOT TESTED: only root may give a directory away")
			}
			return false
		},
		"no room": func(*testing.T, string) bool { return true },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			home := filepath.Join(dir, "home")
			wrap := spoil(t, home)
			env := maps.Clone(env)
			env["DRAWBRIDGE_HOME"] = home
			server.ResetCalls()
			for range 2 {
				c := process(t, env, askProcess...)
				if wrap {
					// A limit on the size of files refuses each write as a full disk does.
					self := c.Path
					if c.Path, _ = exec.LookPath("sh"); c.Path == "" {
						t.Skip("NOT TESTED: there is no sh here")
					}
					c.Args = append([]string{"sh", "-c", `trap "" XFSZ; ulimit -f 0; ln -sf "$1" "$2/drawbridge"; shift 2; exec "$@"`, "sh", self, dir}, append([]string{filepath.Join(dir, "drawbridge")}, askProcess...)...)
				}
				out, err := c.Output()
				if err != nil {
					t.Fatal(err)
				}
				wantDocument(t, out)
			}
			if n := callsOf(server, "AssumeRoleWithWebIdentity"); n != 2 {
				t.Errorf("got %d calls of 2 processes, want 2: nothing may be kept there", n)
			}
		})
	}
}
