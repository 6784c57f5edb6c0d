package steps

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const runner = "runner@acme-build.iam.gserviceaccount.com"

func TestReCreatedAccountWaitsForAPerson(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.file(strings.Replace(explicitFile, "explicit", "builtin", 1))
	r.apply(Present)
	old := r.numberOf("runner")
	r.must(r.server.Google().Tamper().RecreateAccount("acme-build", runner))
	live := r.numberOf("runner")

	c := r.wantAction(r.plan(Present), "aws.role.to-aws", Blocked)
	for _, part := range []string{"account re-created", old, live, "--accept-account " + live} {
		if !strings.Contains(c.Reason, part) {
			t.Errorf("got %q, want it to name %s", c.Reason, part)
		}
	}
	if c.Accept != live {
		t.Errorf("got %q to accept, want %s", c.Accept, live)
	}
	r.consent.AcceptAccount = old
	r.wantAction(r.plan(Present), "aws.role.to-aws", Blocked)

	r.consent.AcceptAccount = live
	p := r.plan(Present)
	r.wantAction(p, "google.service-account.to-aws", Adopt)
	r.wantAction(p, "aws.role.to-aws", Update)
	r.applyPlan(p)
	r.consent.AcceptAccount = ""
	r.wantKept(r.plan(Present))

	down, res := r.apply(Absent)
	r.wantAction(down, "google.service-account.to-aws", Keep) // it bears no mark of ours
	r.wantAction(down, "aws.role.to-aws", Remove)
	if DestroyOf(down, res).Held() {
		t.Error("an account that is not ours counts as held")
	}
}

func TestAcceptedAccountTakesOverTheClientID(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.apply(Present)
	old := r.numberOf("runner")
	r.must(r.server.Google().Tamper().RecreateAccount("acme-build", runner))
	r.consent.AcceptAccount = r.numberOf("runner")
	r.apply(Present)
	p, err := readGoogleProvider(r.Context(), r.world())
	r.must(err)
	if len(p.ClientIDs) != 1 || p.ClientIDs[0] == old {
		t.Errorf("client ids: got %v, want only the live number", p.ClientIDs)
	}
	r.wantKept(r.plan(Present))
}

func TestAdoptedThingsGetOnlyWhatIsOurs(t *testing.T) {
	file := strings.Replace(toAWSFile, "toAWS:", "adopt: [toAWS.serviceAccount, toAWS.role]\ntoAWS:", 1)
	r := newRig(t, file, sandbox.Options{})
	r.createAccount("runner")
	r.createRole("runner")
	r.attach("runner", "arn:aws:iam::aws:policy/AmazonSQSFullAccess")
	before, err := readRole(r.Context(), r.world(), "runner")
	r.must(err)

	p := r.plan(Present)
	r.wantAction(p, "google.service-account.to-aws", Adopt)
	r.wantAction(p, "aws.role.to-aws", Adopt)
	r.wantAction(p, "aws.role-policies.to-aws", Keep)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
	after, err := readRole(r.Context(), r.world(), "runner")
	r.must(err)
	if got := len(statementsIn(after.Trust)); got != 2 {
		t.Errorf("got %d statements, want theirs and ours: %s", got, after.Trust)
	}
	if s, ok := statementOf(after.Trust, r.bridge.TrustSid()); !ok || s.numbers()[0] != r.numberOf("runner") {
		t.Errorf("our statement: got %+v", s)
	}
	after.Trust = before.Trust
	if err := still("role", before, after); err != nil {
		t.Errorf("more than the trust changed: got %+v, want %+v", after, before)
	}

	r.consent.WithVM = true
	down, _ := r.apply(Absent)
	r.wantAction(down, "aws.role.to-aws", Remove)
	r.wantAction(down, "google.service-account.to-aws", Keep)
	last, err := readRole(r.Context(), r.world(), "runner")
	r.must(err)
	if err := still("role", before, last); err != nil {
		t.Errorf("after destroy: got %+v, want %+v", last, before)
	}
}

func TestAdoptedAccountOfGoogleIsBoundAndUnbound(t *testing.T) {
	r := newRig(t, strings.Replace(toGoogleFile, "toGoogle:", "adopt: [toGoogle.serviceAccount]\ntoGoogle:", 1), sandbox.Options{})
	r.createAccount("reader")
	p := r.plan(Present)
	r.wantAction(p, "google.service-account.to-google", Adopt)
	r.wantAction(p, "google.binding", Create)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
	down, _ := r.apply(Absent)
	r.wantAction(down, "google.binding", Remove) // it names our pool
	if c := r.wantAction(down, "google.grants", Keep); c.Undo == "" {
		t.Errorf("grants of an adopted account: got no command to take them back: %+v", c)
	}
}

func TestWhatWasJoinedFromAdoptedThingsGoesByTheJournal(t *testing.T) {
	r := newRig(t, strings.Replace(toGoogleFile, "toGoogle:", "adopt: [toGoogle.serviceAccount]\ntoGoogle:", 1), sandbox.Options{})
	r.createAccount("reader")
	r.must(r.server.Google().Tamper().Grant("acme-build", "roles/storage.objectViewer", r.account("reader")))
	dir := t.TempDir()
	j, err := OpenJournal(dir)
	r.must(err)
	_, err = r.graph().Apply(r.calling(), r.world(), r.plan(Present), ApplyOptions{Journal: j})
	r.must(err)
	r.must(j.Close())
	r.evidence, err = ReadEvidence(dir)
	r.must(err)
	c := r.wantAction(r.plan(Absent), "google.grants", Remove)
	if len(c.Fields) != 1 || c.Fields[0].Path != "roles/browser" {
		t.Errorf("got %+v, want only the role that the journal says we gave", c.Fields)
	}
	if none, err := ReadEvidence(t.TempDir()); none != nil || err != nil {
		t.Errorf("no journal: got %v %v", none, err)
	}
}

func TestWhatAlreadyLetsOthersInIsNotAdopted(t *testing.T) {
	const (
		adopting     = "adopt: [toAWS.role, toAWS.serviceAccount]\n"
		adoptingBack = "adopt: [toGoogle.role, toGoogle.serviceAccount]\n"
	)
	t.Run("a role open to Google identities", func(t *testing.T) {
		r := newRig(t, adopting+strings.Replace(explicitFile, "explicit", "builtin", 1), sandbox.Options{})
		r.roleAt("runner", `{"Federated":"accounts.google.com"}`, "sts:AssumeRoleWithWebIdentity")
		r.wantAction(r.plan(Present), "aws.role.to-aws", Blocked)
	})
	t.Run("a role that another account may take", func(t *testing.T) {
		r := newRig(t, adoptingBack+toGoogleFile, sandbox.Options{})
		r.roleAt("reader", `{"AWS":"arn:aws:iam::210987654321:root"}`, "sts:AssumeRole")
		r.wantAction(r.plan(Present), "aws.role.to-google", Blocked)
	})
	t.Run("an account that a pool may become", func(t *testing.T) {
		r := newRig(t, adoptingBack+toGoogleFile, sandbox.Options{})
		r.createAccount("reader")
		r.createPool("theirs")
		r.addMember("reader", workloadUser("principalSet://iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/theirs/*"))
		r.wantAction(r.plan(Present), "google.binding", Blocked)
	})
}

func TestAdoptedPoolMustAlreadyAdmitTheRole(t *testing.T) {
	file := strings.Replace(toGoogleFile, "toGoogle:", "adopt: [toGoogle.pool]\ntoGoogle:", 1)
	r := newRig(t, file, sandbox.Options{})
	r.createPool("crossing")
	r.wantAction(r.plan(Present), "google.pool", Blocked) // no provider in it
	api := r.google.IAM.Projects.Locations.WorkloadIdentityPools.Providers
	v := &iam.WorkloadIdentityPoolProvider{Aws: &iam.Aws{AccountId: "123456789012"}, AttributeMapping: r.bridge.Mapping()}
	_, err := api.Create(r.poolName("crossing"), v).WorkloadIdentityPoolProviderId("aws-123456789012").Do()
	r.must(err)
	p := r.plan(Present)
	r.wantAction(p, "google.pool", Keep)
	r.wantAction(p, "google.provider", Blocked) // no condition: it admits the whole account
	v = &iam.WorkloadIdentityPoolProvider{AttributeCondition: r.bridge.Condition()}
	_, err = api.Patch(r.poolName("crossing")+"/providers/aws-123456789012", v).UpdateMask("attributeCondition").Do()
	r.must(err)
	p = r.plan(Present)
	r.wantAction(p, "google.provider", Keep)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
	down, _ := r.apply(Absent)
	r.wantAction(down, "google.pool", Keep)
	r.wantAction(down, "google.provider", Keep)
	r.wantAction(down, "google.binding", Remove) // it sits on our account
}

func TestAdoptedProfileMustHoldTheRoleAlready(t *testing.T) {
	r := newRig(t, strings.Replace(toGoogleFile, "toGoogle:", "adopt: [toGoogle.role, toGoogle.role.instanceProfile]\ntoGoogle:", 1), sandbox.Options{})
	r.createRole("reader")
	r.createProfile("reader")
	r.wantAction(r.plan(Present), "aws.instance-profile", Blocked)
	_, err := r.aws.IAM.AddRoleToInstanceProfile(r.Context(), &awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("reader"), RoleName: aws.String("reader")})
	r.must(err)
	p := r.plan(Present)
	r.wantAction(p, "aws.instance-profile", Keep)
	r.wantAction(p, "aws.role.to-google", Keep) // EC2 may take it already
	r.applyPlan(p)
	down, _ := r.apply(Absent)
	r.wantAction(down, "aws.instance-profile", Keep)
	r.wantAction(down, "aws.role.to-google", Keep)
}

func TestDeletedPoolOfOthersIsNotRestored(t *testing.T) {
	r := newRig(t, toGoogleFile+"  pool: aws-acme\n", sandbox.Options{})
	c := r.wantAction(r.plan(Present), "google.pool", Blocked)
	if !strings.Contains(c.Reason, "toGoogle.pool") {
		t.Errorf("got %q, want a way out", c.Reason)
	}
}

func TestPoolWithAnotherProviderIsBlocked(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	r.createOIDC("crossing", "github")
	if c := r.wantAction(r.plan(Present), "google.pool", Blocked); !strings.Contains(c.Reason, "github") {
		t.Errorf("got %q, want the other provider named", c.Reason)
	}
	r.deleteProvider("crossing", "github")
	r.deletePool("crossing")
	if c := r.wantAction(r.plan(Present), "google.pool", Blocked); !strings.Contains(c.Reason, "github") {
		t.Errorf("a pool that would bring others' provider back: got %q", c.Reason)
	}
}

func TestExplicitProviderAndBuiltinPrincipalExclude(t *testing.T) {
	t.Run("explicit while a role trusts the built-in one", func(t *testing.T) {
		r := newRig(t, explicitFile, sandbox.Options{})
		r.roleTrusting("legacy", "104290111222333444555")
		if c := r.wantAction(r.plan(Present), "aws.oidc-provider", Blocked); !strings.Contains(c.Reason, "legacy") {
			t.Errorf("got %q, want the role named", c.Reason)
		}
	})
	t.Run("built-in while an explicit one exists", func(t *testing.T) {
		r := newRig(t, strings.Replace(explicitFile, "explicit", "builtin", 1), sandbox.Options{})
		r.createProvider()
		r.wantAction(r.plan(Present), "aws.role.to-aws", Blocked)
	})
	t.Run("an explicit one of others is left to them", func(t *testing.T) {
		r := newRig(t, explicitFile, sandbox.Options{})
		r.createProvider()
		r.wantAction(r.plan(Present), "aws.oidc-provider", Blocked)
	})
}

func TestWhatCannotChangeInPlaceIsBlocked(t *testing.T) {
	tests := []struct{ name, file, old, new, id, field string }{
		{"path", toGoogleFile, "name: reader\n", "name: reader\n    path: /elsewhere/\n", "aws.role.to-google", "toGoogle.role.path"},
		{"provider kind", strings.Replace(explicitFile, "explicit", "builtin", 1), "builtin", "explicit", "aws.role.to-aws", "toAWS.provider"},
		{"token kind", toGoogleFile + "  provider: only\n", "provider: only", "provider: only\n  token: jwt", "google.provider", "toGoogle.token"},
		{"machine type", toAWSFile, "name: runner-1,", "name: runner-1, machineType: n2-standard-4,", "google.vm", "toAWS.vm.machineType"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			r.apply(Present)
			r.file(strings.Replace(tt.file, tt.old, tt.new, 1))
			c := r.wantAction(r.plan(Present), tt.id, Blocked)
			if !strings.Contains(c.Reason, tt.field) {
				t.Errorf("got %q, want it to name %s", c.Reason, tt.field)
			}
		})
	}
}

func (r *rig) roleAt(name, principal, action string) {
	doc := `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":` + principal + `,"Action":"` + action + `"}]}`
	_, err := r.aws.IAM.CreateRole(r.Context(), &awsiam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &doc, Path: aws.String("/drawbridge/")})
	r.must(err)
}
