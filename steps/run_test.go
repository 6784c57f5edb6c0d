package steps

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestCloudsThatSettleLateAreWaitedFor(t *testing.T) {
	for _, file := range []string{bothFile, jwtFile, explicitFile} {
		r := newRig(t, file, sandbox.Options{Lag: 300 * time.Millisecond})
		ctx := cloud.WithPace(t.Context(), func(d time.Duration) time.Duration { return d / 50 })
		p := r.plan(Present)
		var mu sync.Mutex
		var waits []Event
		res, err := r.graph().Apply(ctx, r.world(), p, ApplyOptions{Sink: func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Kind == Waiting {
				waits = append(waits, e)
			}
		}})
		if err != nil {
			t.Fatalf("apply: %v\n%s", err, told(res))
		}
		for _, e := range waits {
			if e.Message == "" || e.Until.IsZero() || e.Step == "" {
				t.Errorf("a wait says what for and until when: got %+v", e)
			}
		}
		if len(waits) == 0 {
			t.Error("got no wait, want some: the clouds lag")
		}
		wait(t, "the plan to keep everything", func() bool { return !r.plan(Present).Pending() })
		r.consent.WithVM = true
		down := r.plan(Absent)
		if res, err := r.graph().Apply(ctx, r.world(), down, ApplyOptions{}); err != nil {
			t.Fatalf("destroy: %v\n%s", err, told(res))
		}
	}
}

// wait looks until a condition holds or ten seconds are over.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if holds() {
			return
		}
	}
	t.Errorf("waited in vain for %s", what)
}

func TestInterruptedWriteIsFinishedAndNothingNewBegins(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{Latency: 20 * time.Millisecond})
	p := r.plan(Present)
	ctx, cancel := context.WithCancel(r.calling())
	defer cancel()
	r.server.ResetCalls()
	res, err := r.graph().Apply(ctx, r.world(), p, ApplyOptions{Sink: func(e Event) {
		if e.Step == "aws.role.to-google" && e.Kind == Started {
			time.AfterFunc(5*time.Millisecond, cancel) // CreateRole is on its way
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want interrupted", err)
	}
	if got, _ := readRole(t.Context(), r.world(), "reader"); got == nil {
		t.Error("the role whose creation was on its way is not there")
	}
	for _, s := range res.Steps {
		if s.ID == "aws.role-policies.to-google" && s.Outcome != OutcomeSkipped {
			t.Errorf("got %+v, want skipped", s)
		}
	}
	for _, c := range r.server.Calls() {
		if strings.HasSuffix(c.Name, "AttachRolePolicy") || strings.HasSuffix(c.Name, "CreateInstanceProfile") {
			t.Errorf("%s was begun after the interruption", c.Name)
		}
	}
	r.apply(Present)
	r.wantKept(r.plan(Present))
}

func TestRealityThatMovedStopsTheStep(t *testing.T) {
	tests := []struct {
		name, file, id string
		first, then    func(*rig)
	}{
		{"role", toAWSFile, "aws.role.to-aws", func(r *rig) { r.trust("runner", `{"Service":"ec2.amazonaws.com"}`) }, func(r *rig) { r.trust("runner", `{"Service":"lambda.amazonaws.com"}`) }},
		{"policies", toAWSFile, "aws.role-policies.to-aws", func(r *rig) { r.stripRole("runner") }, func(r *rig) {}},
		{"pool", toGoogleFile, "google.pool", func(r *rig) { r.disablePool("crossing") }, func(r *rig) { r.deletePool("crossing") }},
		{"provider", toGoogleFile, "google.provider", func(r *rig) { r.openProvider("crossing", "aws-123456789012") }, func(r *rig) { r.deleteProvider("crossing", "aws-123456789012") }},
		{"account", toGoogleFile, "google.service-account.to-google", func(r *rig) { r.disableAccount("reader") }, func(r *rig) { r.deleteAccount("reader") }},
		{"role name taken meanwhile", explicitFile, "aws.role.to-aws", nil, func(r *rig) { r.createRole("runner") }},
		{"pool id taken meanwhile", jwtFile, "google.pool", nil, func(r *rig) { r.createPool("crossing") }},
		{"account name taken meanwhile", explicitFile, "google.service-account.to-aws", nil, func(r *rig) { r.createAccount("runner") }},
		{"profile name taken meanwhile", toGoogleFile, "aws.instance-profile", nil, func(r *rig) { r.createProfile("reader") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			if tt.first != nil {
				r.apply(Present)
				tt.first(r)
			}
			p := r.plan(Present)
			tt.then(r)
			res, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{})
			s, _ := res.Step(tt.id)
			if tt.name == "policies" {
				if err != nil {
					t.Errorf("nothing moved, but got %v", err)
				}
				return
			}
			if s.Outcome != OutcomeFailed || s.Problem.Kind != explain.Conflict {
				t.Errorf("got %s %v, want failed with a conflict", s.Outcome, s.Problem)
			}
			if err == nil || len(s.Problem.Do) == 0 {
				t.Errorf("got %v, want a problem that says what to do", err)
			}
		})
	}
}

func TestJournalHoldsIntentAndResultAndNoSecret(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	dir := filepath.Join(StateDir(t.TempDir(), false, r.bridge))
	j, err := OpenJournal(dir)
	r.must(err)
	if _, err := OpenJournal(dir); explain.KindOf(err) != explain.Conflict {
		t.Errorf("a second journal: got %v, want a conflict", err)
	}
	var mu sync.Mutex
	var events []Event
	p := r.plan(Present)
	if _, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{Journal: j, Sink: func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}}); err != nil {
		t.Fatal(err)
	}
	r.must(j.Close())
	data := r.wantLines(dir, p)
	r.wantNoSecret(string(data), events)
	r.wantPrivate(dir)
}

// wantLines wants an intent and a result of each change that was made, and returns the journal.
func (r *rig) wantLines(dir string, p Plan) []byte {
	r.Helper()
	data, err := os.ReadFile(filepath.Join(dir, journalFile))
	r.must(err)
	seen := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		var e Entry
		r.must(json.Unmarshal([]byte(line), &e))
		seen[e.Step] = append(seen[e.Step], e.Kind)
	}
	for _, c := range p.Changes {
		want := []string{"intent", "result"}
		if c.Action == Keep {
			want = nil
		}
		if !slices.Equal(seen[c.ID], want) {
			r.Errorf("%s: got %v, want %v", c.ID, seen[c.ID], want)
		}
	}
	return data
}

func (r *rig) wantNoSecret(journal string, events []Event) {
	r.Helper()
	all, err := json.Marshal(events)
	r.must(err)
	for _, secret := range r.server.Secrets() {
		if strings.Contains(journal, secret) || strings.Contains(string(all), secret) {
			r.Errorf("a secret of the sandbox is in the journal or in the events: %.8s…", secret)
		}
	}
}

func (r *rig) wantPrivate(dir string) {
	r.Helper()
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, journalFile): 0o600} {
		info, err := os.Stat(path)
		r.must(err)
		if got := info.Mode().Perm(); got != want && runtime.GOOS != "windows" {
			r.Errorf("%s: got mode %o, want %o", path, got, want)
		}
	}
}

func TestEventsTellTheWholeRun(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	var mu sync.Mutex
	kinds := map[string][]EventKind{}
	sink := func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Time.IsZero() || e.Step == "" {
			t.Errorf("got %+v, want a time and a step", e)
		}
		kinds[e.Step] = append(kinds[e.Step], e.Kind)
	}
	p, err := r.graph().Plan(r.calling(), r.world(), Present, sink)
	r.must(err)
	_, err = r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{Sink: sink})
	r.must(err)
	got := kinds["aws.role.to-aws"]
	for _, want := range []EventKind{Planned, Started, Called, Done} {
		if !slices.Contains(got, want) {
			t.Errorf("role: got %v, want %s among them", got, want)
		}
	}
	if got[len(got)-1] != Done {
		t.Errorf("got %v, want done last", got)
	}
}

func TestChinaIsBlockedAndGovCloudWarned(t *testing.T) {
	for region, want := range map[string]Action{"cn-north-1": Blocked, "eusc-de-east-1": Blocked, "us-gov-west-1": Create} {
		r := newRig(t, strings.Replace(explicitFile, "eu-west-1", region, 1), sandbox.Options{})
		r.file(strings.Replace(strings.Replace(explicitFile, "eu-west-1", region, 1), "explicit", "builtin", 1))
		p := r.plan(Present)
		c := r.wantAction(p, "aws.role.to-aws", want)
		if want == Create && !strings.Contains(c.Reason, "GovCloud") {
			t.Errorf("%s: got %q, want a warning", region, c.Reason)
		}
		if want == Blocked && len(p.Blocked()) != len(p.Changes) {
			t.Errorf("%s: got %d of %d blocked", region, len(p.Blocked()), len(p.Changes))
		}
	}
}

func TestIdentityMustBeTheFiles(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	good := cloud.SignIn(r.Context(), r.google, r.aws)
	r.must(CheckIdentity(r.Context(), r.world(), good))
	tests := map[string]func(*cloud.Operators){
		"another account":   func(o *cloud.Operators) { o.AWS.Account = "210987654321" },
		"another partition": func(o *cloud.Operators) { o.AWS.Partition = "aws-cn" },
		"the root user":     func(o *cloud.Operators) { o.AWS.Principal = "arn:aws:iam::123456789012:root" },
		"nobody on Google":  func(o *cloud.Operators) { o.GoogleErr = &explain.Problem{Op: "sign in"} },
	}
	for name, spoil := range tests {
		o := good
		spoil(&o)
		if err := CheckIdentity(r.Context(), r.world(), o); err == nil {
			t.Errorf("%s: got nothing", name)
		}
	}
	r.file(strings.Replace(explicitFile, "acme-build", "no-such-project", 1))
	if err := CheckIdentity(r.Context(), r.world(), good); err == nil {
		t.Error("a project that is not there: got nothing")
	}
}

func TestDestroyReadsWhatLostRepliesDid(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.consent.WithVM = true
	p := r.plan(Absent)
	var faults []string
	for _, call := range []string{
		"google.iam.projects.serviceAccounts.delete", pools + "delete", pools + "providers.delete", "google.compute.instances.delete",
		"google.cloudresourcemanager.projects.setIamPolicy", "google.iam.projects.serviceAccounts.setIamPolicy",
		"aws.iam.DeleteRole", "aws.iam.DetachRolePolicy", "aws.iam.DeleteRolePolicy", "aws.iam.DeleteInstanceProfile", "aws.iam.RemoveRoleFromInstanceProfile",
	} {
		faults = append(faults, call+"=drop*1")
	}
	r.fault(faults...)
	r.applyPlan(p)
	r.fault()
	if again := r.plan(Absent); again.Pending() {
		t.Errorf("after destroy: got %s", again.Summary)
	}
}

func TestDestroyGoesOnWhereItWasStopped(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.consent.WithVM = true
	p := r.plan(Absent)
	r.fault("aws.iam.DeleteRole=AccessDenied", pools+"delete=PERMISSION_DENIED")
	res, err := r.graph().Apply(r.calling(), r.world(), p, ApplyOptions{})
	if explain.KindOf(err) != explain.Denied {
		t.Errorf("got %v, want denied", err)
	}
	if len(res.Failed()) == 0 {
		t.Error("got no failed step")
	}
	r.fault()
	r.apply(Absent)
	if again := r.plan(Absent); again.Pending() {
		t.Errorf("after the second destroy: got %s", again.Summary)
	}
}
