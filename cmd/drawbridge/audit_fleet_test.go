package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestFourShardsMergedAreOneRun(t *testing.T) {
	e := newEmpire(t, 3, sandbox.Options{})
	dir := e.bridges(t, 10)
	// Two bridges of one name in different places, and a finding that is graver than the others.
	other := "version: 1\nname: bridge-0000\ngoogle: {project: acme-legacy}\naws: {account: \"210987654321\", region: us-east-1}\ntoAWS: {role: {name: gcp-legacy}}\n"
	if err := os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	e.flags = append(e.flags, "--account-profile", "210987654321=acme-legacy")
	whole := e.audit(t, dir)
	results := t.TempDir()
	for i, platform := range []map[string]string{
		{"JOB_COMPLETION_INDEX": "0", "DRAWBRIDGE_SHARDS": "4"},
		{"CLOUD_RUN_TASK_INDEX": "1", "CLOUD_RUN_TASK_COUNT": "4"},
		{"AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "4"},
		nil,
	} {
		maps.Copy(e.env, platform)
		args := []string{dir, "--output", results}
		if platform == nil {
			args = append(args, "--shard", "3/4")
		}
		e.audit(t, args...)
		for name := range platform {
			delete(e.env, name)
		}
		if _, err := os.Stat(filepath.Join(results, fmt.Sprintf("audit-%d-of-4.json", i))); err != nil {
			t.Fatal(err)
		}
	}
	e.flags = nil
	merged := e.audit(t, "--merge", results)
	if got, want := withoutTime(t, merged), withoutTime(t, whole); got != want {
		t.Errorf("merged:\n%s\nin one run:\n%s", got, want)
	}
	if n, err := lookUp(merged, "summary.bridges"); err != nil || n != "11" || !strings.Contains(merged, `"AWS-T02"`) {
		t.Errorf("got %s bridges, %v, want 11 and the lax role", n, err)
	}
}

// withoutTime is a result without the moment and the person: they are those of a run, not of what stands.
func withoutTime(t *testing.T, text string) string {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	delete(doc, "at")
	delete(doc, "operator")
	// "45 days old" at midnight: the runs are seconds apart, and a day may pass between them.
	out, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestFleetAndMergeRefuseWhatMakesNoWhole(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bridge := "version: 1\nname: bridge-one\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\ntoAWS: {}\n"
	result := func(version, endpoints, mark string) string {
		return fmt.Sprintf(`{"schema":"drawbridge.audit/v1","version":%q,"endpoints":%q,"bridges":[%q]}`, version, endpoints, mark)
	}
	put("twice/a.yaml", bridge)
	put("twice/b.yaml", bridge)
	one := put("one.yaml", bridge)
	put("none/readme.txt", "no bridge")
	a := put("a.json", result("1.0.0", "real", "x"))
	baseline := func(text string) string { return put("baseline.json", text) }
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"the same bridge twice":      {[]string{filepath.Join(dir, "twice")}, "are the same bridge"},
		"a directory without any":    {[]string{filepath.Join(dir, "none")}, "there is no bridge in"},
		"nothing there":              {[]string{filepath.Join(dir, "nowhere")}, "name a directory or a bridge file"},
		"a part past the end":        {[]string{one, "--shard", "5/4"}, "no part I/N"},
		"no severity":                {[]string{one, "--fail-on", "grave"}, "critical"},
		"a profile without account":  {[]string{one, "--account-profile", "admin"}, "is not ACCOUNT=PROFILE"},
		"two profiles":               {[]string{one, "--account-profile", "123456789012=a", "--account-profile", "123456789012=b"}, "two profiles"},
		"text into a directory":      {[]string{one, "-o", dir}, "text is for the screen"},
		"parts of two versions":      {[]string{"--merge", a, "--merge", put("v.json", result("2.0.0", "real", "y"))}, "whose rules may differ"},
		"parts of two worlds":        {[]string{"--merge", a, "--merge", put("o.json", result("1.0.0", "other", "y"))}, "endpoints"},
		"a part twice":               {[]string{"--merge", a, "--merge", put("again.json", result("1.0.0", "real", "x"))}, "name every part once"},
		"no result":                  {[]string{"--merge", one}, "is no result of an audit"},
		"no results":                 {[]string{"--merge", filepath.Join(dir, "none")}, "there is no result in"},
		"a baseline that is missing": {[]string{one, "--baseline", filepath.Join(dir, "gone.json")}, "gone.json"},
		"a damaged baseline":         {[]string{one, "--baseline", baseline(`{"accept": [`)}, "read the baseline"},
	} {
		t.Run(name, func(t *testing.T) {
			got := drive(t, env, append([]string{"audit"}, tt.args...)...).want(t, exitUsage)
			if !strings.Contains(got.err, tt.want) || got.out != "" {
				t.Errorf("got %q on stderr and %q on stdout, want %q and nothing", got.err, got.out, tt.want)
			}
		})
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
