package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// fleetOf writes n bridges of one project and one account into a directory.
func fleetOf(tb testing.TB, n int) string {
	tb.Helper()
	dir := tb.TempDir()
	for i := range n {
		text := fmt.Sprintf("version: 1\nname: bridge-%04d\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\ntoAWS: {}\n", i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("b%04d.yaml", i)), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// callsTo counts the calls of a name that a sandbox has answered.
func callsTo(s *sandbox.Server, name string) int {
	n := 0
	for _, c := range s.Calls() {
		if c.Name == name {
			n++
		}
	}
	return n
}

func TestFleetReadsEachProjectAndAccountOnce(t *testing.T) {
	server, env := surroundings(t, sandbox.Options{})
	got := drive(t, env, "audit", fleetOf(t, 12), "--format", "json").want(t, exitNo)
	for _, call := range []string{"aws.iam.GetAccountAuthorizationDetails", "aws.iam.ListOpenIDConnectProviders", "google.iam.projects.serviceAccounts.list"} {
		if n := callsTo(server, call); n != 1 && !strings.HasSuffix(call, "serviceAccounts.list") || n == 0 {
			t.Errorf("%s: got %d calls, want one for all", call, n)
		}
	}
	if n, err := lookUp(got.out, "summary.bridges"); err != nil || n != "12" {
		t.Errorf("got %s bridges, %v, want 12", n, err)
	}
}

func TestFleetGoesOnWhereOneBridgeCannotBeLookedAt(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	dir := fleetOf(t, 2)
	other := "version: 1\nname: elsewhere\ngoogle: {project: acme-build}\naws: {account: \"999999999999\", region: us-east-1}\ntoAWS: {}\n"
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	got := drive(t, env, "audit", dir).want(t, exitNo)
	if !strings.Contains(got.out, "bridge") || !strings.Contains(got.out, "999999999999") {
		t.Errorf("got\n%s\nwant the bridge that could not be looked at", got.out)
	}
}

func TestFleetReachesEachAccountWithItsOwnProfile(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	dir := fleetOf(t, 1)
	legacy := "version: 1\nname: legacy-one\ngoogle: {project: acme-legacy}\naws: {account: \"210987654321\", region: us-east-1}\ntoAWS: {role: {name: gcp-legacy}}\n"
	if err := os.WriteFile(filepath.Join(dir, "legacy.yaml"), []byte(legacy), 0o600); err != nil {
		t.Fatal(err)
	}
	got := drive(t, env, "audit", dir, "--account-profile", "210987654321=acme-legacy").want(t, exitNo)
	if !strings.Contains(got.out, "AWS-T02") {
		t.Errorf("got\n%s\nwant the lax role of the other account", got.out)
	}
}

func TestShardsComeFromTheFlagOrThePlatform(t *testing.T) {
	for _, tt := range []struct {
		name         string
		flag         string
		env          map[string]string
		index, count int
		wrong        bool
	}{
		{"nothing said", "", nil, 0, 1, false},
		{"flag", "1/4", nil, 1, 4, false},
		{"flag before platform", "1/4", map[string]string{"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "3"}, 1, 4, false},
		{"Cloud Run", "", map[string]string{"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "3"}, 2, 3, false},
		{"Kubernetes", "", map[string]string{"JOB_COMPLETION_INDEX": "0", "DRAWBRIDGE_SHARDS": "5"}, 0, 5, false},
		{"Batch", "", map[string]string{"AWS_BATCH_JOB_ARRAY_INDEX": "1", "AWS_BATCH_JOB_ARRAY_SIZE": "2"}, 1, 2, false},
		{"Kubernetes without a count", "", map[string]string{"JOB_COMPLETION_INDEX": "0"}, 0, 0, true},
		{"past the end", "4/4", nil, 0, 0, true},
		{"no numbers", "a/b", nil, 0, 0, true},
		{"negative", "-1/4", nil, 0, 0, true},
	} {
		index, count, err := shardOf(tt.flag, func(n string) string { return tt.env[n] })
		if (err != nil) != tt.wrong || !tt.wrong && (index != tt.index || count != tt.count) {
			t.Errorf("%s: got %d of %d, %v, want %d of %d", tt.name, index, count, err, tt.index, tt.count)
		}
	}
}

// BenchmarkFleet audits bridges of one project and one account over 50 ms of latency.
func BenchmarkFleet(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			if n > 100 && testing.Short() {
				b.Skip("NOT MEASURED in short mode")
			}
			server, err := sandbox.Start(b.Context(), sandbox.Options{Dir: b.TempDir(), Latency: 50 * time.Millisecond})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = server.Close() }()
			env := server.Environ()
			env["HOME"] = b.TempDir()
			dir := fleetOf(b, n)
			before := len(server.Calls())
			b.ResetTimer()
			for b.Loop() {
				var out, errs strings.Builder
				code := run(streams{
					in: strings.NewReader(""), out: &out, err: &errs, args: []string{"audit", dir, "--format", "json"},
					env: func(name string) string { return env[name] }, now: time.Now, told: &told{},
				})
				if code != exitNo {
					b.Fatalf("got exit code %d\n%s", code, errs.String())
				}
			}
			b.ReportMetric(float64(len(server.Calls())-before)/float64(b.N)/float64(n), "calls/bridge")
		})
	}
}
