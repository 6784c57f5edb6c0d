package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"drawbridge": main, goAuth: askWithAuth, goOAuth2: askWithOAuth2})
}

// TestManual runs the scripts of testdata/script. Read them to learn the tool: each is a session with it, and drawbridge
// there is this very program in a process of its own.
func TestManual(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup:               prepare,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   wantExit,
			"field":   field,
			"sandbox": background,
		},
	})
}

// prepare gives each script a home, a UTF-8 locale and the examples.
func prepare(e *testscript.Env) error {
	home := filepath.Join(e.WorkDir, "home")
	e.Setenv("HOME", home)
	e.Setenv("LANG", "C.UTF-8")
	e.Setenv("GORACE", "atexit_sleep_ms=0")
	if err := os.Mkdir(home, 0o700); err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(e.WorkDir, "examples"), os.DirFS("examples"))
}

// wantExit runs a command and wants this exit code: exits 3 drawbridge plan.
func wantExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: got exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// field looks into a JSON document: field stdout summary.create 12. A number is an index, count the length of a list.
func field(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: field FILE PATH VALUE")
	}
	got, err := lookUp(ts.ReadFile(args[0]), args[1])
	if err != nil {
		ts.Fatalf("%s of %s: %v", args[1], args[0], err)
	}
	if (got == args[2]) == neg {
		ts.Fatalf("%s of %s: got %s, want it %s: %t", args[1], args[0], got, args[2], !neg)
	}
}

// background starts drawbridge sandbox as a process of its own and takes over exactly the environment that it prints.
func background(ts *testscript.TestScript, neg bool, args []string) {
	c := exec.Command(programIn(ts), append([]string{"sandbox"}, args...)...)
	c.Dir = ts.MkAbs(".")
	c.Env = []string{"HOME=" + ts.Getenv("HOME"), "GORACE=atexit_sleep_ms=0", "TMPDIR=" + ts.Getenv("TMPDIR")}
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	ts.Defer(func() {
		_ = c.Process.Signal(os.Interrupt)
		if err := c.Wait(); err != nil {
			ts.Logf("sandbox: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "ready" {
		if export, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			name, value, _ := strings.Cut(export, "=")
			ts.Setenv(name, strings.Trim(value, "'"))
		}
	}
	if lines.Text() != "ready" {
		ts.Fatalf("sandbox ended before it was ready: %v", lines.Err())
	}
}

// programIn finds drawbridge on the path of the script.
func programIn(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path, err := exec.LookPath(filepath.Join(dir, "drawbridge"))
		if err == nil {
			return path
		}
	}
	ts.Fatalf("drawbridge is not on the path")
	return ""
}
