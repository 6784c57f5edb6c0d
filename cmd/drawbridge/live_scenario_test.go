package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// place is where the scenario runs: one project, one account, and an environment that signs in to both.
type place struct {
	project, account, region string
	env                      map[string]string
}

// scenario is a bridge's whole life, both ways. Its names carry a random part, so that it meets nothing of anybody's and
// can be told by them if it has to be cleaned up by hand.
type scenario struct {
	*testing.T
	place
	name, file string
	told       map[string]string // the document of each command
}

const liveBridge = `version: 1
name: %[1]s
google: {project: %[2]s}
aws: {account: "%[3]s", region: %[4]s}
toAWS: {serviceAccount: %[1]s-in, role: {name: %[1]s-in}}
toGoogle:
  role: {name: %[1]s-out, runsOn: ec2}
  pool: %[1]s
  serviceAccount: %[1]s-out
  grants: [roles/browser]
`

// live makes the bridge, proves it both ways, audits it, writes the files, takes it down, and settles what it can of the
// doubts. It cleans up on failure too.
func live(t *testing.T, at place) {
	t.Helper()
	random := make([]byte, 4)
	_, _ = rand.Read(random)
	s := &scenario{T: t, place: at, name: "dbl-" + hex.EncodeToString(random), file: filepath.Join(t.TempDir(), "bridge.yaml"), told: map[string]string{}}
	if err := os.WriteFile(s.file, fmt.Appendf(nil, liveBridge, s.name, at.project, at.account, at.region), 0o600); err != nil {
		t.Fatal(err)
	}
	s.announce()
	s.do(exitDone, "preflight")
	t.Cleanup(s.clean)
	s.do(exitDone, "setup", "--yes", "--borrow")
	s.do(exitDone, "plan")
	s.do(exitDone, "verify", "--borrow")
	s.do(exitDone, "audit", "--allow-unread", "--fail-on", "critical")
	s.do(exitDone, "generate", "report")
	probed := s.probe()
	s.do(exitDone, "destroy", "--yes")
	s.do(exitNo, "plan") // all of it would have to be made again
	s.settle(probed)
}

func (s *scenario) announce() {
	s.Logf("bridge %[1]s in project %[2]s and account %[3]s: makes service accounts %[1]s-in and %[1]s-out, pool %[1]s with one provider, a grant of roles/browser, "+
		"roles and an instance profile %[1]s-in and %[1]s-out; turns on four APIs, which stay on. None of it is charged for. The pool's id stays reserved for 30 days", s.name, s.project, s.account)
}

// do runs a command and keeps its document.
func (s *scenario) do(want exitCode, args ...string) {
	s.Helper()
	full := append(args, "-f", s.file)
	if args[0] != "generate" {
		full = append(full, "--format", "json")
	}
	got := drive(s.T, s.env, full...)
	s.told[args[0]] = got.out
	if got.code != want {
		s.Fatalf("%s: got exit code %d, want %d\n%s\n%s", strings.Join(args, " "), got.code, want, got.out, got.err)
	}
	s.Logf("%s: exit code %d, as it should be", strings.Join(args, " "), got.code)
}

// clean removes what is still there, whatever happened before.
func (s *scenario) clean() {
	got := drive(s.T, s.env, "destroy", "--yes", "-f", s.file)
	if got.code != exitDone {
		s.Errorf("cleaning up: got exit code %d\n%s\n%s\nby hand: everything whose name begins with %s", got.code, got.out, got.err, s.name)
	}
}

// TestTheLiveScenarioHoldsOnTheSandbox runs the very code that live runs run, and wants nothing of it to be left.
func TestTheLiveScenarioHoldsOnTheSandbox(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	t.Run("scenario", func(t *testing.T) {
		live(t, place{project: "acme-build", account: "123456789012", region: "us-east-1", env: env})
	})
	nothingLeft(t, server)
}

// nothingLeft wants no living thing of a live run in either cloud.
func nothingLeft(t *testing.T, server *sandbox.Server) {
	t.Helper()
	err := server.World().Change(func(st *world.State, now time.Time) error {
		for name := range st.AWS.Accounts[world.AccountID].Roles.AllSeen(now) {
			if strings.HasPrefix(name, "dbl-") {
				t.Errorf("role %s is left", name)
			}
		}
		for email := range st.Google.Projects["acme-build"].Accounts {
			if strings.HasPrefix(email, "dbl-") {
				t.Errorf("account %s is left", email)
			}
		}
		for id, pool := range st.Google.Projects["acme-build"].Pools {
			if strings.HasPrefix(id, "dbl-") && pool.Deleted.IsZero() {
				t.Errorf("pool %s is left", id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestALiveRunThatFailsCleansUp(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	s := &scenario{T: t, place: place{"acme-build", "123456789012", "us-east-1", env}, name: "dbl-broken", file: filepath.Join(t.TempDir(), "bridge.yaml"), told: map[string]string{}}
	if err := os.WriteFile(s.file, fmt.Appendf(nil, liveBridge, s.name, s.project, s.account, s.region), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := server.SetFaults("aws.iam.CreateInstanceProfile=AccessDenied"); err != nil {
		t.Fatal(err)
	}
	s.do(exitFailed, "setup", "--yes", "--borrow")
	s.clean()
	nothingLeft(t, server)
}

func TestThePageOfLiveRunsListsEveryDoubt(t *testing.T) {
	page, err := os.ReadFile("../../docs/live.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range doubts {
		if !strings.Contains(string(page), "| "+d.id+" | "+d.question+" |") {
			t.Errorf("the page has no line for %s %s", d.id, d.question)
		}
	}
	if !strings.Contains(string(page), "has not been run yet") {
		t.Error("the page does not say that it has not been run yet")
	}
}
