package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// answer is what a run of the program came to.
type answer struct {
	code     exitCode
	out, err string
}

// drive runs the whole program in this process, with nothing of the test's own environment.
func drive(t *testing.T, env map[string]string, args ...string) answer {
	t.Helper()
	return driveWith(t, env, "", args...)
}

func driveWith(t *testing.T, env map[string]string, stdin string, args ...string) answer {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(streams{
		in: strings.NewReader(stdin), out: &out, err: &errs, args: args,
		env: func(name string) string { return env[name] },
		now: time.Now, told: &told{},
	})
	return answer{code: code, out: out.String(), err: errs.String()}
}

// want fails unless the run came to this code.
func (a answer) want(t *testing.T, code exitCode) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("got exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", a.code, code, a.out, a.err)
	}
	return a
}

// surroundings starts a sandbox and gives the environment that leads to it.
func surroundings(t *testing.T, o sandbox.Options) (*sandbox.Server, map[string]string) {
	t.Helper()
	server, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	env := maps.Clone(server.Environ())
	env["DRAWBRIDGE_HOME"] = filepath.Join(t.TempDir(), "home")
	env["LANG"] = "C.UTF-8"
	return server, env
}

// bridgeFile copies an example into a directory of the test.
func bridgeFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("examples", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lookUp walks a dotted path through a JSON document.
func lookUp(text, path string) (string, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	if dec.More() {
		return "", errors.New("there is more than one document")
	}
	for word := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[word]
			if !ok {
				return "", fmt.Errorf("no %s among %v", word, slices.Sorted(maps.Keys(at)))
			}
			v = next
		case []any:
			if word == "count" {
				return strconv.Itoa(len(at)), nil
			}
			i, err := strconv.Atoi(word)
			if err != nil || i >= len(at) {
				return "", fmt.Errorf("no %s in a list of %d", word, len(at))
			}
			v = at[i]
		default:
			return "", fmt.Errorf("%v has no %s", v, word)
		}
	}
	return fmt.Sprint(v), nil
}
