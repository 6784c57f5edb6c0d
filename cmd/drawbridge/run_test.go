package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestSignedOutSideIsNamedWithTheCommandThatSignsIn(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	delete(env, "CLOUDSDK_AUTH_ACCESS_TOKEN")
	for _, command := range []string{"plan", "preflight", "apply", "verify", "audit", "destroy"} {
		t.Run(command, func(t *testing.T) {
			got := drive(t, env, command, "-f", bridgeFile(t, "both-ways")).want(t, exitFailed)
			if !strings.Contains(got.err, "gcloud auth application-default login") {
				t.Errorf("got\n%s\nwant the command that signs in", got.err)
			}
		})
	}
}

func TestOtherAccountThanTheFilesIsRefusedBeforeAnyChange(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	for _, set := range []string{"aws.account=210987654321", "google.project=no-such-project"} {
		got := drive(t, env, "apply", "--yes", "-f", file, "--set", set, "--set", "toAWS.audience=https://example.com")
		if got.code != exitFailed {
			t.Errorf("%s: got exit code %d, want %d\n%s%s", set, got.code, exitFailed, got.out, got.err)
		}
	}
	for _, c := range server.Calls() {
		if strings.Contains(c.Name, "Create") || strings.Contains(c.Name, ".create") || strings.Contains(c.Name, "nable") {
			t.Errorf("got call %s, want none that changes anything", c.Name)
		}
	}
}

func TestFailureIsOneDocumentWhenNothingElseWasPrinted(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{Faults: []string{"aws.sts.GetCallerIdentity=AccessDenied"}})
	got := drive(t, env, "plan", "-f", bridgeFile(t, "both-ways"), "--format", "json").want(t, exitFailed)
	for path, want := range map[string]string{"schema": "drawbridge.error/v1", "exit": "1", "bridge": "both-ways", "endpoints": "other"} {
		if value, err := lookUp(got.out, path); err != nil || value != want {
			t.Errorf("%s: got %q, %v, want %q", path, value, err, want)
		}
	}
}

func TestFailedApplyTellsWhatFailedAndGoesOnLater(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{Faults: []string{"aws.iam.CreateInstanceProfile=AccessDenied"}})
	file := bridgeFile(t, "both-ways")
	got := drive(t, env, "apply", "--yes", "-f", file, "--format", "json").want(t, exitFailed)
	if value, err := lookUp(got.out, "summary.failed"); err != nil || value != "1" {
		t.Errorf("failed: got %q, %v, want 1", value, err)
	}
	if !strings.Contains(got.err, "error:") || !strings.Contains(got.err, "instance profile") {
		t.Errorf("got\n%s\nwant the failed step in words", got.err)
	}
	if err := server.SetFaults(); err != nil {
		t.Fatal(err)
	}
	drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
	drive(t, env, "plan", "-f", file).want(t, exitDone)
}

func TestBridgeIsReadFromStdin(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	driveWith(t, env, string(example), "plan", "-f", "-").want(t, exitNo)
}

func TestPlainQuestionIsAnsweredOnAPipe(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	driveWith(t, env, "n\n", "apply", "--accessible", "-f", file).want(t, exitNo)
	driveWith(t, env, "", "apply", "--accessible", "-f", file).want(t, exitUsage)
	drive(t, env, "plan", "-f", file).want(t, exitNo)
	driveWith(t, env, "yes\n", "apply", "--accessible", "-f", file).want(t, exitDone)
	driveWith(t, env, "no\n", "destroy", "--accessible", "-f", file).want(t, exitNo)
	drive(t, env, "plan", "-f", file).want(t, exitDone)
	driveWith(t, env, "both-ways\n", "destroy", "--accessible", "-f", file).want(t, exitDone)
}

func TestConsentOnTheCommandLineIsWrittenIntoTheFile(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	drive(t, env, "apply", "--yes", "-f", file, "--adopt", "toAWS.role").want(t, exitDone)
	after, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := string(before) + "adopt: [toAWS.role]\n"; string(after) != want {
		t.Errorf("got\n%s\nwant one line more:\n%s", after, want)
	}
}

func TestWithoutAHomeEverythingWorksButTheJournal(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	delete(env, "DRAWBRIDGE_HOME")
	got := drive(t, env, "apply", "--yes", "-f", bridgeFile(t, "ec2-to-google")).want(t, exitDone)
	if !strings.Contains(got.err, "without a journal") {
		t.Errorf("got\n%s\nwant to be told that there is no journal", got.err)
	}
	got = drive(t, env, "setup", "--yes", "--borrow", "-f", bridgeFile(t, "ec2-to-google")).want(t, exitDone)
	if !strings.Contains(got.err, "-o DIR") {
		t.Errorf("got\n%s\nwant to be told how to get the files", got.err)
	}
}

func TestJournalLiesBelowHome(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	drive(t, env, "apply", "--yes", "-f", bridgeFile(t, "both-ways")).want(t, exitDone)
	path := filepath.Join(env["DRAWBRIDGE_HOME"], "local", "acme-build", "123456789012", "both-ways", "journal.ndjson")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %o, want 600", got)
	}
}
