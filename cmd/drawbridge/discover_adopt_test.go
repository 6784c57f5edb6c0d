package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestWhatDiscoveryWritesIsAdoptedWithoutAChange(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	drive(t, env, "apply", "-f", bridgeFile(t, "ci-to-sqs"), "--yes").want(t, exitDone)
	byHand(t, server)
	dir := filepath.Join(t.TempDir(), "found")
	drive(t, env, "audit", "--discover", "--write-bridge", dir, "--region", "ap-southeast-2")
	found, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %v, %v, want one bridge", found, err)
	}
	got := drive(t, env, "plan", "-f", found[0], "--format", "json").want(t, exitDone)
	for _, count := range []string{"create", "update", "replace", "remove", "blocked", "adopt"} {
		if n, err := lookUp(got.out, "summary."+count); err == nil && n != "0" {
			t.Errorf("%s: got %s in the plan, want 0\n%s", count, n, got.out)
		}
	}
	drive(t, env, "apply", "-f", found[0], "--yes").want(t, exitDone)
	drive(t, env, "audit", "-f", found[0]).want(t, exitDone)
}

// byHand takes from everything in the sandbox what says that a bridge made it, as if a person had.
func byHand(t *testing.T, server *sandbox.Server) {
	t.Helper()
	err := server.World().Change(func(s *world.State, now time.Time) error {
		roles := s.AWS.Accounts[world.AccountID].Roles
		for name := range roles {
			roles.Change(name, now, 0, func(r *world.Role) {
				r.Tags = nil
				r.Trust = strings.Replace(r.Trust, `"Sid":"`, `"Sid":"Handmade`, 1)
			})
		}
		for _, a := range s.Google.Projects["acme-build"].Accounts {
			a.Description = ""
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
