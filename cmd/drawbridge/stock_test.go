package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStockClients runs the scripts of testdata/stock: programs that nobody here wrote look at what drawbridge made. Each
// script needs the program that its name begins with, and is skipped out loud where that is not installed.
func TestStockClients(t *testing.T) {
	for _, program := range []string{"aws", "gcloud", "moto_server", "terraform", "cfn-lint", "shellcheck", "bash", "node"} {
		t.Run(program, func(t *testing.T) {
			if testing.Short() {
				t.Skipf("SKIPPED: %s, -short", program)
			}
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("SKIPPED: %s is not installed here", program)
			}
			if _, err := os.Stat("/opt/tf-plugins"); program == "terraform" && err != nil {
				t.Skip("SKIPPED: Terraform's AWS provider is not installed here")
			}
			scripts, err := filepath.Glob("testdata/stock/" + program + "*.txtar")
			if err != nil || len(scripts) == 0 {
				t.Fatalf("scripts for %s: %d, %v", program, len(scripts), err)
			}
			testscript.Run(t, testscript.Params{
				Files: affordable(t, scripts), RequireExplicitExec: true, Setup: besideStockClients,
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"exits": wantExit, "field": field, "sandbox": background, "moto": emulator,
				},
			})
		})
	}
}

// affordable leaves out the long scripts, whose names end in -full, unless DRAWBRIDGE_SWEEP is full.
func affordable(t *testing.T, scripts []string) []string {
	t.Helper()
	return slices.DeleteFunc(scripts, func(path string) bool {
		long := strings.HasSuffix(path, "-full.txtar") && os.Getenv("DRAWBRIDGE_SWEEP") != "full"
		if long {
			t.Logf("NOT TESTED: %s, which DRAWBRIDGE_SWEEP=full runs", path)
		}
		return long
	})
}

// besideStockClients lets the stock programs be found as they are on this machine, with settings of their own kept out.
func besideStockClients(e *testscript.Env) error {
	if err := prepare(e); err != nil {
		return err
	}
	e.Setenv("PATH", e.Getenv("PATH")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	e.Setenv("PYENV_ROOT", filepath.Join(os.Getenv("HOME"), ".pyenv"))
	e.Setenv("CLOUDSDK_CONFIG", filepath.Join(e.WorkDir, "gcloud"))
	e.Setenv("CLOUDSDK_CORE_DISABLE_PROMPTS", "1")
	e.Setenv("CLOUDSDK_CORE_DISABLE_USAGE_REPORTING", "true")
	e.Setenv("CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK", "true")
	e.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	e.Setenv("AWS_PAGER", "")
	e.Setenv("TF_CLI_CONFIG_FILE", os.DevNull)
	e.Setenv("CHECKPOINT_DISABLE", "1")
	for _, dir := range filepath.SplitList(e.Getenv("PATH")) {
		if path, err := exec.LookPath(filepath.Join(dir, "drawbridge")); err == nil {
			e.Setenv("DRAWBRIDGE", path)
			break
		}
	}
	return withGo(e)
}

// withGo lets scripts compile the samples with this module's own libraries, and no network.
func withGo(e *testscript.Env) error {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE", "GOROOT").Output()
	dirs := strings.Fields(string(out))
	if err != nil || len(dirs) != 3 {
		return fmt.Errorf("go env: %q, %w", out, err)
	}
	e.Setenv("GOCACHE", dirs[0])
	e.Setenv("GOMODCACHE", dirs[1])
	e.Setenv("GOFLAGS", "-mod=readonly")
	e.Setenv("GOPROXY", "off")
	root, err := filepath.Abs("../..")
	e.Setenv("REPOSITORY", root)
	return err
}

// emulator starts moto_server and points AWS, and only AWS, at it.
func emulator(ts *testscript.TestScript, _ bool, _ []string) {
	port := freePort(ts)
	c := exec.Command("moto_server", "-H", "127.0.0.1", "-p", port)
	c.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	ts.Check(c.Start())
	ts.Defer(func() { _ = c.Process.Kill(); _ = c.Wait() })
	url := "http://127.0.0.1:" + port
	ts.Check(answers(url+"/moto-api/", 30*time.Second))
	ts.Setenv("AWS_ENDPOINT_URL", url)
}

func freePort(ts *testscript.TestScript) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	return port
}

// answers waits until url gives a reply.
func answers(url string, within time.Duration) error {
	var last error
	for end := time.Now().Add(within); time.Now().Before(end); {
		reply, err := http.Get(url)
		if err == nil {
			return reply.Body.Close()
		}
		if last = err; !strings.Contains(err.Error(), "refused") {
			break
		}
	}
	return fmt.Errorf("waiting for %s: %w", url, last)
}
