package steps

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const otherZone = "europe-west1-b"

var noVM = strings.Replace(toAWSFile, "  vm: {name: runner-1, zone: australia-southeast1-a}\n", "", 1)

func TestVMThatTheFileDropsIsRemoved(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	r.file(noVM)
	p := r.plan(Present)
	r.wantAction(p, "google.vm:runner-1", Remove)
	r.wantAction(p, "google.service-account.to-aws", Keep)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
	if _, there := r.plan(Present).Change("google.vm:runner-1"); there {
		t.Error("the VM is still found")
	}
}

func TestDestroyTakesADroppedVMOnlyWhenTold(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	r.file(noVM)
	p, res := r.apply(Absent)
	if c := r.wantAction(p, "google.vm:runner-1", Keep); !strings.Contains(c.Reason, "--with-vm") {
		t.Errorf("got %q, want the way to remove it", c.Reason)
	}
	if c := r.wantAction(p, "google.service-account.to-aws", Keep); c.Held || !strings.Contains(c.Reason, "runner-1") {
		t.Errorf("got %+v, want the account kept under our own VM", c)
	}
	if DestroyOf(p, res).Held() {
		t.Error("our own VM counts as others'")
	}
	r.consent.WithVM = true
	p, _ = r.apply(Absent)
	r.wantAction(p, "google.vm:runner-1", Remove)
	r.wantAction(p, "google.service-account.to-aws", Remove)
	if again := r.plan(Absent); again.Pending() {
		t.Errorf("after destroy: got %s", again.Summary)
	}
}

func TestDroppedDirectionTakesItsVM(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.file(head + bothFile[strings.Index(bothFile, "toGoogle:"):])
	p := r.plan(Present)
	r.wantAction(p, "google.vm:runner-1", Remove)
	r.wantAction(p, "google.service-account:runner", Remove)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
}

func TestVMDoesNotMoveToAnotherZone(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(toAWSFile, "australia-southeast1-a", otherZone, 1))
	c := r.wantAction(r.plan(Present), "google.vm", Blocked)
	for _, part := range []string{"toAWS.vm.zone", "australia-southeast1-a"} {
		if !strings.Contains(c.Reason, part) {
			t.Errorf("got %q, want it to name %s", c.Reason, part)
		}
	}
	r.consent.WithVM = true
	p, _ := r.apply(Absent)
	r.wantAction(p, "google.vm", Remove)
	if again := r.plan(Absent); again.Pending() {
		t.Errorf("after destroy: got %s", again.Summary)
	}
}

func TestInstanceThatIsNotThereIsBlocked(t *testing.T) {
	r := newRig(t, attachedFile("i-0123456789abcdef0"), sandbox.Options{})
	c := r.wantAction(r.plan(Present), "aws.instance-profile-association", Blocked)
	if !strings.Contains(c.Reason, "toGoogle.role.instance") {
		t.Errorf("got %q, want the field", c.Reason)
	}
	id := r.runInstance()
	_, err := r.aws.EC2.TerminateInstances(r.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{id}})
	r.must(err)
	r.file(attachedFile(id))
	if c := r.wantAction(r.plan(Present), "aws.instance-profile-association", Blocked); !strings.Contains(c.Reason, "terminated") {
		t.Errorf("got %q, want the instance's state", c.Reason)
	}
}

func TestProviderThatOthersUseStaysAndIsListed(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.apply(Present)
	arn := r.bridge.GoogleProviderARN()
	r.roleAt("theirs", `{"Federated":"`+arn+`"}`, "sts:AssumeRoleWithWebIdentity")
	for range 2 {
		p, res := r.apply(Absent)
		report := DestroyOf(p, res)
		listed := false
		for _, k := range report.Kept {
			listed = listed || k.ID == "aws.oidc-provider" && k.Held && strings.Contains(k.Reason, "role theirs")
		}
		if !listed || !report.Held() {
			t.Errorf("got %+v, want the provider held and its user named", report.Kept)
		}
	}
	p, err := readGoogleProvider(r.Context(), r.world())
	r.must(err)
	if p == nil || len(p.ClientIDs) != 0 {
		t.Errorf("got %+v, want the provider without our client id", p)
	}
}

func TestCountsAreSpelledRight(t *testing.T) {
	for n, want := range map[int]string{1: "1 client id", 2: "2 client ids"} {
		if got := countOf(n, "client id", "client ids"); len(got) != 1 || got[0] != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
	if got := countOf(0, "client id", "client ids"); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestDestroyNamesThePathAtWhichTheRoleIs(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(explicitFile, "role: {name: runner}", "role: {name: runner, path: /elsewhere/}", 1))
	if c := r.wantAction(r.plan(Absent), "aws.role.to-aws", Remove); !strings.Contains(c.Title, "/drawbridge/runner") {
		t.Errorf("got %q, want the role's own path", c.Title)
	}
}

func TestReasonsAreGrammar(t *testing.T) {
	r := newRig(t, strings.Replace(explicitFile, "toAWS:", "adopt: [toAWS.serviceAccount]\ntoAWS:", 1), sandbox.Options{})
	r.createAccount("runner")
	c := r.wantAction(r.plan(Present), "google.service-account.to-aws", Adopt)
	for _, f := range c.Fields {
		if f.Path == "uniqueId" {
			t.Errorf("got %+v, but adopting does not change the number", f)
		}
	}
	if !strings.Contains(c.Reason, r.numberOf("runner")) {
		t.Errorf("got %q, want the number", c.Reason)
	}
	r.apply(Present)
	r.trust("runner", `{"Service":"ec2.amazonaws.com"}`)
	if c := r.wantAction(r.plan(Present), "aws.role.to-aws", Update); !strings.HasPrefix(c.Reason, "trust differs from") {
		t.Errorf("got %q", c.Reason)
	}
}
