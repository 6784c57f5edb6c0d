package main

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestReadsThatFailAreToldOneByOne(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{Faults: []string{
		"aws.iam.GetRole=AccessDenied", "google.iam.projects.locations.workloadIdentityPools.get=PERMISSION_DENIED",
	}})
	file := bridgeFile(t, "both-ways")
	a := drive(t, env, "plan", "-f", file).want(t, exitFailed)
	for _, want := range []string{"error: read role deployer: ", "error: read role report-reader: ", "error: read pool both-ways: "} {
		if n := strings.Count(a.err, want); n != 1 {
			t.Errorf("got %d lines that begin with %q, want 1, in\n%s", n, want, a.err)
		}
	}
	if n := strings.Count(a.err, "error: "); n != 3 {
		t.Errorf("got %d errors, want 3:\n%s", n, a.err)
	}
	doc := drive(t, env, "plan", "-f", file, "--format", "json").want(t, exitFailed)
	message, err := lookUp(doc.out, "message")
	if err != nil || strings.Contains(message, "\n") || strings.Count(message, "; ") < 2 {
		t.Errorf("got %q, %v; want the three in one line, parted by semicolons", message, err)
	}
}
