//go:build unix

package main

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkCredentialProcess measures whole processes: version, which does nothing, and the session from the cache, which
// should cost next to nothing more; then one that has to cross first. The sandbox runs in the process of the benchmark.
//
//	go test ./cmd/drawbridge -run '^$' -bench CredentialProcess -benchtime 50x
func BenchmarkCredentialProcess(b *testing.B) {
	_, env := onGoogle(b)
	cold := maps.Clone(env)
	cold["DRAWBRIDGE_HOME"] = filepath.Join(b.TempDir(), "file", "none") // nothing can be kept there
	if err := os.WriteFile(filepath.Dir(cold["DRAWBRIDGE_HOME"]), nil, 0o600); err != nil {
		b.Fatal(err)
	}
	for _, run := range []struct {
		name string
		env  map[string]string
		args []string
	}{
		{"version", env, []string{"version"}},
		{"cached", env, askProcess},
		{"cold", cold, askProcess},
	} {
		b.Run(run.name, func(b *testing.B) {
			for b.Loop() {
				if out, err := process(b, run.env, run.args...).CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
			}
		})
	}
}
