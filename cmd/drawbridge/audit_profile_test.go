package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestAuditFindsKeysBesideTheKeylessProfile(t *testing.T) {
	t.Parallel()
	_, env := surroundings(t, sandbox.Options{})
	file, dir := bridgeFile(t, "both-ways"), t.TempDir()
	config, credentials := filepath.Join(dir, "config"), filepath.Join(dir, "credentials")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	copied(t, env["AWS_CONFIG_FILE"], config, "")
	copied(t, env["AWS_SHARED_CREDENTIALS_FILE"], credentials, "\n[other]\naws_access_key_id = AKIASECRETSECRET\n")
	drive(t, env, "generate", "aws-config", "-f", file, "--into", config).want(t, exitDone)
	here := maps.Clone(env)
	here["AWS_CONFIG_FILE"], here["AWS_SHARED_CREDENTIALS_FILE"] = config, credentials

	audit := func(env map[string]string) string {
		return drive(t, env, "audit", "-f", file, "--format", "json").out
	}
	if got := audit(env); !strings.Contains(got, "audit where the workload runs") {
		t.Errorf("without a profile: got\n%s\nwant AWS-K03 not evaluated", got)
	}
	if got := audit(here); strings.Contains(got, "AWS-K03") {
		t.Errorf("the profile alone: got\n%s\nwant nothing about AWS-K03", got)
	}
	for name, change := range map[string]func(){
		"aws_access_key_id in " + config: func() {
			replaceIn(t, config, "[profile both-ways]", "[profile both-ways]\naws_access_key_id = AKIASECRETSECRET")
		},
		"aws_access_key_id in " + credentials:  func() { replaceIn(t, credentials, "[other]", "[both-ways]") },
		"AWS_ACCESS_KEY_ID in the environment": func() { here["AWS_ACCESS_KEY_ID"], here["AWS_SECRET_ACCESS_KEY"] = operatorKey(t, credentials) },
	} {
		change()
		if got := audit(here); !strings.Contains(got, `"AWS-K03"`) || !strings.Contains(got, name) || strings.Contains(got, "AKIASECRET") {
			t.Errorf("got\n%s\nwant AWS-K03 for %s, and no key", got, name)
		}
	}
}

// copied copies a file and adds to it.
func copied(t *testing.T, from, to, more string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, append(data, more...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// operatorKey is the first key of a shared credentials file.
func operatorKey(t *testing.T, path string) (id, secret string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(l, "=")
		switch strings.TrimSpace(key) {
		case "aws_access_key_id":
			id = strings.TrimSpace(value)
		case "aws_secret_access_key":
			return id, strings.TrimSpace(value)
		}
	}
	t.Fatalf("%s holds no key", path)
	return "", ""
}
