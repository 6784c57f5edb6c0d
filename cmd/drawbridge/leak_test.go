package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// TestNothingSecretIsEverShown searches everything that whole lives of a bridge leave behind, on streams and in files,
// for every credential, token, key and assertion that the clouds knew.
func TestNothingSecretIsEverShown(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	work := t.TempDir()
	env["DRAWBRIDGE_HOME"] = filepath.Join(work, "home")
	var said strings.Builder
	call := func(args ...string) {
		args = append(args, "--log", filepath.Join(work, "calls.log"))
		got := drive(t, env, args...)
		said.WriteString(strings.Join(args, " ") + "\n" + got.out + got.err)
	}
	for _, format := range []string{"text", "json"} {
		for _, name := range []string{"both-ways", "ci-to-sqs"} {
			for _, command := range life {
				args := append(strings.Fields(command), "-f", bridgeFile(t, name), "--format", format)
				if strings.HasPrefix(command, "apply") || strings.HasPrefix(command, "verify") || strings.HasPrefix(command, "destroy") {
					args = append(args, "--events", filepath.Join(work, "events-"+name+"-"+strings.Fields(command)[0]))
				}
				call(args...)
			}
		}
	}
	secrets := server.Secrets()
	if len(secrets) < 10 {
		t.Fatalf("got %d secrets, want the operators' and those that the proofs made", len(secrets))
	}
	search(t, "stdout and stderr", said.String(), secrets)
	searchFiles(t, work, secrets)
}

// life is what is done to a bridge, failing commands included.
var life = []string{
	"preflight", "plan", "verify", "apply --yes", "verify --borrow", "verify", "audit",
	"generate report", "generate aws-config", "generate credential-config", "setup --yes --borrow", "destroy --yes",
}

func searchFiles(t *testing.T, dir string, secrets []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		search(t, path, string(data), secrets)
		files++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 5 {
		t.Errorf("got %d files, want the log, the events, the journals and the generated files", files)
	}
}

func search(t *testing.T, where, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		for _, part := range parts(s) {
			if strings.Contains(text, part) {
				t.Errorf("%s holds a secret that begins with %.6s (%d bytes)", where, part, len(part))
			}
		}
	}
}

// parts are what must not be found of a secret: the whole, and the signature of a token alone.
func parts(s string) []string {
	if _, signature, jwt := strings.Cut(s[min(len(s), strings.Index(s, ".")+1):], "."); jwt && len(signature) > 20 {
		return []string{s, signature}
	}
	return []string{s}
}
