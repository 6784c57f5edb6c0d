package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// evil is a name that sets the window's title, colours, clears the screen, moves the cursor and turns the direction of
// writing, with both sets of control characters.
const evil = "\x1b]0;owned\x07\x1b[31m\x1b[2J\u009b1A\u202e\u2066\r\x08<script>alert(1)</script>"

// TestNothingFromTheCloudsSteersTheTerminal gives every name, description and error message of both clouds such a text,
// and looks at what every command writes in every format.
func TestNothingFromTheCloudsSteersTheTerminal(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	defile(t, server)
	liars := lying(t, server, env)
	shown := map[string]bool{}
	runs := [][]string{
		{"preflight", "-f", file},
		{"plan", "-f", file},
		{"verify", "--borrow", "-f", file},
		{"audit", "-f", file},
		{"audit", "--discover", "--project", "acme-build"},
		{"generate", "report", "-f", file},
		{"explain", evil},
		{"apply", "--yes", "-f", file},
		{"destroy", "--yes", "-f", file},
	}
	for _, args := range runs {
		for _, format := range []string{"text", "json", "markdown", "html", "sarif", "junit"} {
			if args[0] != "audit" && format != "text" && format != "json" || args[0] == "explain" && format != "text" && format != "json" || args[0] == "destroy" && format == "json" {
				continue
			}
			for name, env := range map[string]map[string]string{"names": env, "errors": liars} {
				got := drive(t, env, append(args, "--format", format)...)
				shown[format+name] = shown[format+name] || strings.Contains(got.out+got.err, "owned") || strings.Contains(got.out+got.err, "entry")
				inert(t, strings.Join(args[:2], " ")+" as "+format+", "+name, got.out+got.err)
				if format == "html" && strings.Contains(got.out, "<script>alert") {
					t.Errorf("%v: markup of the cloud is in the page", args)
				}
			}
		}
	}
	if !shown["textnames"] || !shown["jsonnames"] || !shown["texterrors"] || !shown["jsonerrors"] {
		t.Errorf("the hostile text was never shown, so that nothing was tested: %v", shown)
	}
}

// TestNothingInTheFileSteersTheTerminal writes such a text wherever a bridge file takes text.
func TestNothingInTheFileSteersTheTerminal(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	text, err := os.ReadFile(filepath.Join("examples", "both-ways.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const quoted = `"\\e]0;owned\\a\\e[31m\\x9b1A\\u202e"`
	for at, line := range strings.Split(string(text), "\n") {
		key, value, ok := strings.Cut(line, ": ")
		if !ok || strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
			continue
		}
		lines := strings.Split(string(text), "\n")
		lines[at] = key + ": " + strings.ReplaceAll(quoted, `\\`, `\`)
		path := filepath.Join(t.TempDir(), "bridge.yaml")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range []string{"text", "json"} {
			got := drive(t, env, "plan", "-f", path, "--format", format)
			inert(t, "plan with "+key, got.out+got.err)
			if got.code == exitFailed {
				t.Errorf("%s: got exit code %d, want the file refused or planned", key, got.code)
			}
		}
	}
}

func inert(t *testing.T, what, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && r != '\t' && explain.Steers(r) {
			t.Errorf("%s: %U at %d: %q", what, r, i, text[max(0, i-60):min(len(text), i+40)])
			return
		}
	}
}

// defile gives everything in both clouds that carries a text of people's a hostile one.
func defile(t *testing.T, server *sandbox.Server) {
	t.Helper()
	err := server.World().Change(func(s *world.State, now time.Time) error {
		p := s.Google.Projects["acme-build"]
		p.Name = evil
		for _, a := range p.Accounts {
			a.DisplayName, a.Description = evil, a.Description+evil
		}
		for _, pool := range p.Pools {
			pool.DisplayName, pool.Description = evil, pool.Description+evil
			for _, v := range pool.Providers {
				v.DisplayName, v.Description = evil, v.Description+evil
			}
		}
		p.Policy.Value.Bindings = append(p.Policy.Value.Bindings, world.PolicyBinding{
			Role: "roles/browser", Members: []string{"user:" + world.OperatorEmail}, Condition: &world.Condition{Title: evil, Description: evil, Expression: "true"},
		})
		account := s.AWS.Accounts[world.AccountID]
		account.Alias = evil
		for _, name := range []string{"deployer", "report-reader"} {
			account.Roles.Change(name, now, 0, func(r *world.Role) {
				r.Description = evil
				r.Tags = append(r.Tags, world.Tag{Key: "owner" + evil, Value: evil})
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lying puts a server before the clouds that answers some of the calls with an error of hostile text.
func lying(t *testing.T, server *sandbox.Server, env map[string]string) map[string]string {
	t.Helper()
	at, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(at)
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "/workloadIdentityPools") && !strings.Contains(r.URL.Path, "OrgPolicy") {
			pass.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no \u001b[31m\u009b1A\u202e\u0007 entry"}}`)
	}))
	t.Cleanup(liar.Close)
	out := maps.Clone(env)
	for name, value := range out {
		out[name] = strings.ReplaceAll(value, server.URL(), liar.URL)
	}
	out["DRAWBRIDGE_HOME"] = filepath.Join(t.TempDir(), "home")
	return out
}
