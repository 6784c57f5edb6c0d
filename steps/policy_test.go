package steps

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestPolicyWritesKeepEverybodyElses(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	crm := r.google.Projects.Projects
	get := func() *cloudresourcemanager.Policy {
		p, err := crm.GetIamPolicy("acme-build", &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}).Do()
		r.must(err)
		return p
	}
	p := get()
	p.Version = 3
	p.Bindings = append(p.Bindings,
		&cloudresourcemanager.Binding{Role: "roles/storage.objectViewer", Members: []string{"group:platform@acme.example"}},
		&cloudresourcemanager.Binding{
			Role: "roles/storage.objectViewer", Members: []string{"group:platform@acme.example"},
			Condition: &cloudresourcemanager.Expr{Title: "office hours", Expression: "request.time.getHours() < 18"},
		})
	p.AuditConfigs = []*cloudresourcemanager.AuditConfig{{Service: "sts.googleapis.com", AuditLogConfigs: []*cloudresourcemanager.AuditLogConfig{{LogType: "DATA_READ"}}}}
	_, err := crm.SetIamPolicy("acme-build", &cloudresourcemanager.SetIamPolicyRequest{Policy: p, UpdateMask: "bindings,etag,auditConfigs"}).Do()
	r.must(err)
	before := get()
	r.apply(Present)
	during := get()
	if got := len(granted(during)) - len(granted(before)); got != 2 {
		t.Errorf("got %d more grants, want the file's two: %v", got, granted(during))
	}
	r.apply(Absent)
	after := get()
	for _, q := range []*cloudresourcemanager.Policy{before, during, after} {
		q.Etag = ""
	}
	if diff := cmp.Diff(grantsByText(before), grantsByText(after)); diff != "" {
		t.Errorf("after destroy (-before +after):\n%s", diff)
	}
	if len(during.AuditConfigs) != 1 || len(after.AuditConfigs) != 1 {
		t.Errorf("audit configs: got %v and %v, want one", during.AuditConfigs, after.AuditConfigs)
	}
}

func granted(p *cloudresourcemanager.Policy) []grant {
	q, _ := reshape[iam.Policy](p)
	return grantsIn(q)
}

func grantsByText(p *cloudresourcemanager.Policy) map[string]bool {
	out := map[string]bool{}
	for _, g := range granted(p) {
		out[g.String()] = true
	}
	return out
}

func TestConcurrentPolicyWritersLoseNothing(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.fault("google.cloudresourcemanager.projects.setIamPolicy=ABORTED*2", "google.iam.projects.serviceAccounts.setIamPolicy=412*1")
	r.apply(Present)
	r.fault()
	r.wantKept(r.plan(Present))

	// Two writers of the same policy at the same time: what each put in is there.
	var wg sync.WaitGroup
	roles := []string{"roles/viewer", "roles/browser", "roles/logging.viewer", "roles/monitoring.viewer"}
	for _, role := range roles {
		wg.Go(func() {
			e := edit{Add: []grant{{Role: role, Member: "group:platform@acme.example"}}}
			if err := projectPolicy(r.world()).rewrite(r.calling(), e, false); err != nil {
				t.Errorf("%s: %v", role, err)
			}
		})
	}
	wg.Wait()
	p, err := readProjectPolicy(r.Context(), r.world())
	r.must(err)
	for _, role := range roles {
		if !contains(grantsIn(p), grant{Role: role, Member: "group:platform@acme.example"}) {
			t.Errorf("%s was lost", role)
		}
	}
}

func TestGrantsAreToldApartByTheirCondition(t *testing.T) {
	plain := grant{Role: "roles/browser", Member: "user:A@x.example"}
	timed := plain
	timed.Title, timed.Expression = "spring", "request.time < timestamp('2030-03-01T00:00:00Z')"
	p := &iam.Policy{}
	for _, g := range []grant{plain, timed} {
		if !add(p, g) {
			t.Errorf("add %v: nothing changed", g)
		}
	}
	if len(p.Bindings) != 2 {
		t.Fatalf("got %d bindings, want 2", len(p.Bindings))
	}
	lower := plain
	lower.Member = strings.ToLower(plain.Member)
	if add(p, lower) {
		t.Error("e-mails are stored in lower case: the same member was added twice")
	}
	if !remove(p, plain) || len(p.Bindings) != 1 || p.Bindings[0].Condition == nil {
		t.Errorf("removing the unconditional grant left %+v", p.Bindings)
	}
	pool := grant{Role: "roles/browser", Member: "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/attribute.aws_role/Role"}
	add(p, pool)
	pool.Member = strings.ToLower(pool.Member)
	if contains(grantsIn(p), pool) {
		t.Error("principals of pools are case-sensitive: another case was taken for the same")
	}
}
