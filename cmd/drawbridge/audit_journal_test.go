package main

import (
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestAuditComparesWithWhatTheJournalRecorded(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	drive(t, env, "apply", "-f", file, "--yes").want(t, exitDone)
	err := server.World().Change(func(s *world.State, now time.Time) error {
		roles := s.AWS.Accounts[world.AccountID].Roles
		for name := range roles {
			roles.Change(name, now, 0, func(r *world.Role) {
				if strings.Contains(r.Trust, `"Service":"ec2.amazonaws.com"`) && strings.HasPrefix(r.Path, "/drawbridge/") {
					r.Trust = strings.Replace(r.Trust, `"Statement":[`, `"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},`, 1)
				}
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := drive(t, env, "audit", "-f", file).want(t, exitNo)
	if !strings.Contains(got.out, "not what was applied on") || !strings.Contains(got.out, "an Allow that was not written") {
		t.Errorf("got\n%s\nwant the trust that the journal does not know", got.out)
	}
	if env["DRAWBRIDGE_HOME"] = t.TempDir(); strings.Contains(drive(t, env, "audit", "-f", file).out, "was applied on") {
		t.Error("a machine without a journal speaks of one")
	}
}

func TestAJournalThatIsCutOrForeignSaysNothing(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":       "",
		"no JSON":       "x\n{\n",
		"never done":    `{"kind":"intent","step":"aws.role.to-aws","name":"r","fields":[{"path":"trust","after":{"Version":"2012-10-17"}}]}` + "\n",
		"failed":        `{"kind":"intent","step":"aws.role.to-aws","name":"r","fields":[{"path":"trust","after":{}}]}` + "\n" + `{"kind":"result","step":"aws.role.to-aws","outcome":"failed"}` + "\n",
		"taken away":    `{"kind":"intent","step":"aws.role.to-aws","name":"r","fields":[{"path":"trust","before":{},"after":null}]}` + "\n" + `{"kind":"result","step":"aws.role.to-aws","outcome":"done"}` + "\n",
		"another thing": `{"kind":"intent","step":"aws.policies.x","name":"r","fields":[{"path":"trust","after":{}}]}` + "\n" + `{"kind":"result","step":"aws.policies.x","outcome":"done"}` + "\n",
	} {
		if got := appliedIn([]byte(text)); len(got) != 0 {
			t.Errorf("%s: got %v, want nothing", name, got)
		}
	}
}
