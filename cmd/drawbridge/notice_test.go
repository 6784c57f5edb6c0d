package main

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestPlanNamesWhatOthersPutBesideOurs(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	if err := server.Google().Tamper().Grant("acme-build", "roles/viewer", "serviceAccount:report-reader@acme-build.iam.gserviceaccount.com"); err != nil {
		t.Fatal(err)
	}
	got := drive(t, env, "plan", "-f", file).want(t, exitDone)
	for _, want := range []string{"not ours", "roles/viewer", "gcloud projects remove-iam-policy-binding", "nothing to change"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("got\n%s\nwant it to name %q", got.out, want)
		}
	}
}
