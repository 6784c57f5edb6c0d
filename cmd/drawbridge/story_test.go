package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"cloud.google.com/go/auth/credentials"
	"github.com/rogpeppe/go-internal/testscript"
	oauth2google "golang.org/x/oauth2/google"
)

// The two stacks of Google's library for Go, each as a program of its own: what they read from the environment is theirs.
const (
	goAuth   = "ask-with-auth"
	goOAuth2 = "ask-with-oauth2"
)

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"

// clients are programs that read Google's credential configurations and were not written here; each asks one address.
var clients = map[string]struct {
	needs []string // programs
	setup func(*testing.T) (dir string)
	asks  func(ts *testscript.TestScript, file, url string) error
}{
	"Go, auth":   {asks: func(ts *testscript.TestScript, _, url string) error { return ts.Exec(goAuth, url) }},
	"Go, oauth2": {asks: func(ts *testscript.TestScript, _, url string) error { return ts.Exec(goOAuth2, url) }},
	"gcloud": {needs: []string{"gcloud", "env"}, asks: func(ts *testscript.TestScript, file, url string) error {
		// To Python a variable that is set and empty is a value: no token, and a region without a name.
		unset := []string{"-u", "CLOUDSDK_AUTH_ACCESS_TOKEN", "-u", "AWS_REGION", "-u", "AWS_DEFAULT_REGION", "gcloud"}
		if _, err := os.Stat(ts.MkAbs("gcloud/credentials.db")); err != nil { // not signed in yet
			if err := ts.Exec("env", append(unset, "auth", "login", "--cred-file="+file)...); err != nil {
				return err
			}
		}
		if filepath.Base(url) == "serviceAccounts" {
			return ts.Exec("env", append(unset, "iam", "service-accounts", "list", "--project=acme-build")...)
		}
		return ts.Exec("env", append(unset, "projects", "describe", "acme-build")...)
	}},
	"Node": {needs: []string{"node", "npm"}, setup: nodeLibrary, asks: func(ts *testscript.TestScript, _, url string) error {
		return ts.Exec("node", "-e", nodeAsks, url)
	}},
}

const nodeAsks = `const {GoogleAuth} = require('google-auth-library');
new GoogleAuth({scopes: '` + cloudPlatform + `'}).getClient()
  .then(client => client.request({url: process.argv[1]}))
  .then(answer => console.log(JSON.stringify(answer.data)), err => { console.error(String(err)); process.exit(1); });`

// TestGeneratedFileOpensGoogleToEveryLibrary has the libraries of Google read the generated file on an instance, up to a
// call that only the bridge's service account may make.
func TestGeneratedFileOpensGoogleToEveryLibrary(t *testing.T) {
	for name, client := range clients {
		t.Run(name, func(t *testing.T) {
			for _, program := range client.needs {
				if testing.Short() {
					t.Skipf("NOT TESTED with %s: -short", program)
				}
				if _, err := exec.LookPath(program); err != nil {
					t.Skipf("NOT TESTED with %s: it is not installed here", program)
				}
			}
			library := ""
			if client.setup != nil {
				library = client.setup(t)
			}
			testscript.Run(t, testscript.Params{
				Dir: "testdata/story", RequireExplicitExec: true,
				Setup: func(e *testscript.Env) error {
					e.Setenv("NODE_PATH", library)
					return besideStockClients(e)
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"exits": wantExit, "field": field, "sandbox": background,
					"asks": func(ts *testscript.TestScript, neg bool, args []string) {
						ts.Setenv("GOOGLE_APPLICATION_CREDENTIALS", ts.MkAbs(args[0]))
						if err := client.asks(ts, ts.MkAbs(args[0]), address(ts, args[1])); (err != nil) != neg {
							ts.Fatalf("%s asks for the %s: got %v, want it refused: %t", name, args[1], err, neg)
						}
					},
				},
			})
		})
	}
}

// address is where the project, or the list of its accounts, is asked for.
func address(ts *testscript.TestScript, what string) string {
	if what == "accounts" {
		return first(ts.Getenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM"), "https://iam.googleapis.com/") + "v1/projects/acme-build/serviceAccounts"
	}
	return first(ts.Getenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"), "https://cloudresourcemanager.googleapis.com/") + "v1/projects/acme-build"
}

// nodeLibrary installs Google's library for Node as the lock file of the sandbox's tests says.
func nodeLibrary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		data, err := os.ReadFile(filepath.Join("../../internal/sandbox/testdata/node", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED with Node: google-auth-library cannot be installed here: %v\n%s", err, out)
	}
	return filepath.Join(dir, "node_modules")
}

func askWithAuth() {
	made, err := credentials.DetectDefault(&credentials.DetectOptions{Scopes: []string{cloudPlatform}})
	if err != nil {
		give(err)
	}
	token, err := made.Token(context.Background())
	if err != nil {
		give(err)
	}
	give(askWith(token.Value))
}

func askWithOAuth2() {
	made, err := oauth2google.FindDefaultCredentials(context.Background(), cloudPlatform)
	if err != nil {
		give(err)
	}
	token, err := made.TokenSource.Token()
	if err != nil {
		give(err)
	}
	give(askWith(token.AccessToken))
}

func askWith(token string) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, os.Args[1], nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL, answer.Status)
	}
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}

func give(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
