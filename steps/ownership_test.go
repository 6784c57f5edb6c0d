package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// hanger is something of others that hangs on a thing of ours.
type hanger struct {
	name, file, id, reason string
	hang                   func(*rig)
}

func hangers() []hanger {
	return []hanger{
		{"another member on the account", toGoogleFile, "google.service-account.to-google", "platform@acme.example", func(r *rig) {
			r.addMember("reader", grant{Role: "roles/iam.serviceAccountUser", Member: "group:platform@acme.example"})
		}},
		{"a key", toAWSFile, "google.service-account.to-aws", "1 key", func(r *rig) {
			_, err := r.google.IAM.Projects.ServiceAccounts.Keys.Create(r.accountName("runner"), &iam.CreateServiceAccountKeyRequest{}).Do()
			r.must(err)
		}},
		{"another role in the project", toGoogleFile, "google.service-account.to-google", "roles/viewer", func(r *rig) {
			r.must(r.server.Google().Tamper().Grant("acme-build", "roles/viewer", r.account("reader")))
		}},
		{"another VM", toAWSFile, "google.service-account.to-aws", "VM batch", func(r *rig) { r.createVMAs("batch", "runner") }},
		{"another role's trust in the account", toAWSFile, "google.service-account.to-aws", "role other", func(r *rig) { r.roleTrusting("other", r.numberOf("runner")) }},
		{"another policy on the role", toAWSFile, "aws.role.to-aws", "AmazonSQSFullAccess", func(r *rig) {
			r.attach("runner", "arn:aws:iam::aws:policy/AmazonSQSFullAccess")
		}},
		{"an inline policy of others", toAWSFile, "aws.role.to-aws", "inline policy theirs", func(r *rig) {
			r.must(putInline(r.Context(), r.world(), "runner", "theirs", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`))
		}},
		{"another profile with the role", toAWSFile, "aws.role.to-aws", "instance profile theirs", func(r *rig) { r.profileWith("theirs", "runner") }},
		{"an instance with the profile", toGoogleFile, "aws.instance-profile", "instance i-", func(r *rig) { r.associate(r.runInstance(), "reader") }},
		{"another provider in the pool", toGoogleFile, "google.pool", "provider github", func(r *rig) { r.createOIDC("crossing", "github") }},
		{"a grant of others to the pool", toGoogleFile, "google.provider", "roles/viewer", func(r *rig) {
			r.must(r.server.Google().Tamper().Grant("acme-build", "roles/viewer", "principalSet://iam.googleapis.com/"+r.bridge.PoolName("512345678901")+"/*"))
		}},
		{"another client id", explicitFile, "aws.oidc-provider", "only our client id", func(r *rig) {
			arn := r.bridge.GoogleProviderARN()
			_, err := r.aws.IAM.AddClientIDToOpenIDConnectProvider(r.Context(), &awsiam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn, ClientID: aws.String("theirs")})
			r.must(err)
		}},
	}
}

func TestDestroyLeavesWhatIsNotOurs(t *testing.T) {
	for _, tt := range hangers() {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			r.apply(Present)
			tt.hang(r)
			r.consent.WithVM = true
			p, res := r.apply(Absent)
			c, _ := p.Change(tt.id)
			if c.Action == Remove && tt.id != "aws.oidc-provider" || !strings.Contains(c.Reason, tt.reason) {
				t.Errorf("got %s (%s), want kept because of %s", c.Action, c.Reason, tt.reason)
			}
			report := DestroyOf(p, res)
			if tt.id != "aws.oidc-provider" && (!report.Held() || !slices.ContainsFunc(report.Kept, func(k Kept) bool { return k.ID == tt.id && k.Held })) {
				t.Errorf("got %+v, want %s held", report.Kept, tt.id)
			}
		})
	}
}

func TestUnheldThingsGoOnceTheOthersHaveLeft(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	theirs := grant{Role: "roles/iam.serviceAccountUser", Member: "group:platform@acme.example"}
	r.addMember("reader", theirs)
	r.apply(Absent)
	p, err := r.google.IAM.Projects.ServiceAccounts.GetIamPolicy(r.accountName("reader")).Do()
	r.must(err)
	if got := grantsIn(p); len(got) != 1 || !got[0].same(theirs) {
		t.Errorf("the account's policy: got %v, want only theirs", got)
	}
	r.clearPolicy("reader")
	p2, res := r.apply(Absent)
	if DestroyOf(p2, res).Held() {
		t.Errorf("got %+v, want nothing held", DestroyOf(p2, res).Kept)
	}
}

func TestDestroyReportsWhatIsNeverUndone(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	p, res := r.apply(Absent)
	report := DestroyOf(p, res)
	for _, id := range []string{"google.apis", "google.pool", "google.provider", "google.service-account.to-google", "aws.role.to-google"} {
		i := slices.IndexFunc(report.Kept, func(k Kept) bool { return k.ID == id })
		if i < 0 {
			t.Errorf("%s is not among what stays: %+v", id, report.Kept)
			continue
		}
		k := report.Kept[i]
		if id != "google.apis" && k.Until == "" {
			t.Errorf("%s: got no end: %+v", id, k)
		}
		if strings.HasPrefix(id, "google.") && k.Command == "" {
			t.Errorf("%s: got no command: %+v", id, k)
		}
	}
	if report.Held() {
		t.Errorf("got held: %+v; what is never undone does not count", report.Kept)
	}
	// What was deleted a moment ago is there to be restored.
	back := r.plan(Present)
	r.wantAction(back, "google.pool", Restore)
	r.wantAction(back, "google.provider", Restore)
	r.apply(Present)
	r.wantKept(r.plan(Present))
}

func TestTheVMStaysUnlessItIsNamed(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	p, res := r.apply(Absent)
	r.wantAction(p, "google.vm", Keep)
	if c := r.wantAction(p, "google.service-account.to-aws", Keep); c.Held || !strings.Contains(c.Reason, "runner-1") {
		t.Errorf("the account under a VM that stays: got %+v", c)
	}
	r.wantAction(p, "aws.role.to-aws", Remove)
	if DestroyOf(p, res).Held() {
		t.Error("a VM that stays by rule counts as held")
	}
	r.apply(Present)
	r.consent.WithVM = true
	r.wantAction(r.plan(Absent), "google.vm", Remove)
}

func TestOtherBridgesAreSomebodyElses(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(toGoogleFile, "name: crossing", "name: crossing2", 1) + "  pool: crossing\n  serviceAccount: reader\n")
	p := r.plan(Present)
	for _, id := range []string{"aws.role.to-google", "aws.instance-profile", "google.pool", "google.provider", "google.service-account.to-google"} {
		c := r.wantAction(p, id, Blocked)
		if !strings.Contains(c.Reason, "another bridge") {
			t.Errorf("%s: got %q", id, c.Reason)
		}
	}
	down := r.plan(Absent)
	for _, c := range down.Changes {
		if c.Action == Remove {
			t.Errorf("would remove another bridge's %s (%s)", c.ID, c.Reason)
		}
	}
}

// More hands of other administrators.

func (r *rig) addMember(id string, g grant) {
	p, err := r.google.IAM.Projects.ServiceAccounts.GetIamPolicy(r.accountName(id)).OptionsRequestedPolicyVersion(3).Do()
	r.must(err)
	add(p, g)
	p.Version = 3
	_, err = r.google.IAM.Projects.ServiceAccounts.SetIamPolicy(r.accountName(id), &iam.SetIamPolicyRequest{Policy: p}).Do()
	r.must(err)
}

func (r *rig) numberOf(id string) string {
	a, err := r.google.IAM.Projects.ServiceAccounts.Get(r.accountName(id)).Do()
	r.must(err)
	return a.UniqueId
}

func (r *rig) roleTrusting(name, number string) {
	doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:sub":"` + number + `"}}}]}`
	_, err := r.aws.IAM.CreateRole(r.Context(), &awsiam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &doc})
	r.must(err)
}

func (r *rig) profileWith(name, role string) {
	r.createProfile(name)
	_, err := r.aws.IAM.AddRoleToInstanceProfile(r.Context(), &awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: &role})
	r.must(err)
}
