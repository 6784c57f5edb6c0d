package steps

import (
	"context"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const viewer = "roles/viewer"

// neighbour is a grant, member or policy of somebody else right beside ours.
type neighbour struct {
	name, file, id, what, way string
	put                       func(*rig)
	there                     func(*rig) bool
}

func (r *rig) granted(g grant) bool {
	p, err := readProjectPolicy(r.Context(), r.world())
	r.must(err)
	return contains(grantsIn(p), g)
}

func (r *rig) attached(role, part string) bool {
	have, err := readPolicies(r.Context(), r.world(), role)
	r.must(err)
	return strings.Contains(strings.Join(append(have.Attached, sortedKeys(have.Inline)...), " "), part)
}

func neighbours() []neighbour {
	others := func(r *rig) grant {
		return workloadUser("principalSet://iam.googleapis.com/" + r.bridge.PoolName("512345678901") + "/*")
	}
	return []neighbour{
		{
			"a role of our account", toGoogleFile, "google.grants", viewer, "gcloud projects remove-iam-policy-binding",
			func(r *rig) { r.must(r.server.Google().Tamper().Grant("acme-build", viewer, r.account("reader"))) },
			func(r *rig) bool { return r.granted(grant{Role: viewer, Member: r.account("reader")}) },
		},
		{
			"a role of our pool", jwtFile, "google.grants", viewer, "gcloud projects remove-iam-policy-binding",
			func(r *rig) { r.must(r.server.Google().Tamper().Grant("acme-build", viewer, others(r).Member)) },
			func(r *rig) bool { return r.granted(grant{Role: viewer, Member: others(r).Member}) },
		},
		{
			"a member of our pool", toGoogleFile, "google.binding", "principalSet", "gcloud iam service-accounts remove-iam-policy-binding",
			func(r *rig) { r.bindPool("reader") },
			func(r *rig) bool {
				p, err := readAccountPolicy(r.Context(), r.world(), "acme-build", r.bridge.ToGoogleEmail())
				r.must(err)
				return contains(grantsIn(p), others(r))
			},
		},
		{
			"a managed policy", toAWSFile, "aws.role-policies.to-aws", "AdministratorAccess", "aws iam detach-role-policy",
			func(r *rig) { r.attach("runner", "arn:aws:iam::aws:policy/AdministratorAccess") },
			func(r *rig) bool { return r.attached("runner", "AdministratorAccess") },
		},
		{
			"an inline policy", toAWSFile, "aws.role-policies.to-aws", "theirs", "aws iam delete-role-policy",
			func(r *rig) {
				r.must(putInline(r.Context(), r.world(), "runner", "theirs", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`))
			},
			func(r *rig) bool { return r.attached("runner", "theirs") },
		},
	}
}

func TestApplyLeavesWhatTheFileDoesNotAskForAndBearsNoMark(t *testing.T) {
	for _, tt := range neighbours() {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			r.apply(Present)
			tt.put(r)
			c := r.wantAction(r.plan(Present), tt.id, Keep)
			for _, part := range []string{"also there and not ours", tt.what, tt.way} {
				if !strings.Contains(c.Reason, part) {
					t.Errorf("got %q, want it to say %q", c.Reason, part)
				}
			}
			r.apply(Present)
			if !tt.there(r) {
				t.Error("apply took away what is not ours")
			}
		})
	}
}

func TestOurOwnInlinePolicyGoesWithTheFile(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	r.attach("runner", "arn:aws:iam::aws:policy/AmazonSQSFullAccess")
	_, rest, _ := strings.Cut(toAWSFile, "    inlinePolicy:")
	_, rest, _ = strings.Cut(rest, "\n")
	before, _, _ := strings.Cut(toAWSFile, "    inlinePolicy:")
	r.file(before + rest)
	c := r.wantAction(r.plan(Present), "aws.role-policies.to-aws", Remove)
	if len(c.Fields) != 1 || !strings.HasPrefix(c.Fields[0].Path, "inline.") || c.Fields[0].Before == nil || c.Fields[0].After != nil {
		t.Errorf("got %+v, want only our inline policy to go", c.Fields)
	}
	if !strings.Contains(c.Title, "inline policy") || strings.Contains(c.Title, "ReadOnlyAccess") {
		t.Errorf("got title %q, want what goes and not what stays", c.Title)
	}
	r.apply(Present)
	r.wantKept(r.plan(Present))
	if !r.attached("runner", "AmazonSQSFullAccess") {
		t.Error("a policy of others went")
	}
}

func TestAnUpdateIsTitledByWhatComesAndGoes(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	file := strings.Replace(toAWSFile, "policy/ReadOnlyAccess", "policy/SecurityAudit", 1)
	r.file(file)
	c := r.wantAction(r.plan(Present), "aws.role-policies.to-aws", Update)
	if !strings.Contains(c.Title, "SecurityAudit") || strings.Contains(c.Title, "ReadOnlyAccess") || !strings.Contains(c.Reason, "ReadOnlyAccess") {
		t.Errorf("got %q (%s), want the title to name what comes and the reason what is left", c.Title, c.Reason)
	}

	r = newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.file(toAWSFile)
	c = r.wantAction(r.plan(Present), "google.grants", Remove)
	if !strings.Contains(c.Title, "roles/storage.objectViewer") {
		t.Errorf("got %q, want the role that goes", c.Title)
	}
}

func TestDeadTwinOfOurAccountLeavesThePolicy(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	twin := "deleted:" + r.account("reader") + "?uid=" + r.numberOf("reader")
	r.deleteAccount("reader")
	r.must(r.server.Google().Tamper().Grant("acme-build", viewer, "user:operator@acme.example"))
	r.apply(Present)
	p, err := readProjectPolicy(context.Background(), r.world())
	r.must(err)
	for _, g := range grantsIn(p) {
		if g.Member == twin {
			t.Errorf("%s is still there", g)
		}
	}
	r.wantKept(r.plan(Present))
}

func TestDeletedAccountThatBearsNoReadableMarkIsNotBroughtBack(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.createAccount("reader")
	r.must(r.server.Google().Tamper().Grant("acme-build", "roles/storage.objectViewer", r.account("reader")))
	theirs := r.numberOf("reader")
	r.deleteAccount("reader")
	r.wantAction(r.plan(Present), "google.service-account.to-google", Create)
	r.apply(Present)
	if got := r.numberOf("reader"); got == theirs {
		t.Error("a stranger's account was brought back")
	}
	r.wantKept(r.plan(Present))
}

func TestAccountThatOurRolePinsIsBroughtBackWhateverItsMark(t *testing.T) {
	r := newRig(t, strings.Replace(explicitFile, "toAWS:", "adopt: [toAWS.serviceAccount]\ntoAWS:", 1), sandbox.Options{})
	r.createAccount("runner")
	r.apply(Present)
	number := r.numberOf("runner")
	r.deleteAccount("runner")
	r.wantAction(r.plan(Present), "google.service-account.to-aws", Restore)
	r.apply(Present)
	if got := r.numberOf("runner"); got != number {
		t.Errorf("got number %s, want %s back", got, number)
	}
	r.wantKept(r.plan(Present))
}

func TestMissingAccountOfAnotherNameIsNotTheOneTheRolePins(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(explicitFile, "serviceAccount: runner", "serviceAccount: walker", 1))
	if c, _ := r.plan(Present).Change("google.service-account.to-aws"); c.Action == Restore {
		t.Errorf("got %s (%s): the account that the role pins lives", c.Action, c.Reason)
	}
}

func TestAdoptedRolesPoliciesAreSaidNotToBeApplied(t *testing.T) {
	r := newRig(t, strings.Replace(toAWSFile, "toAWS:", "adopt: [toAWS.role]\ntoAWS:", 1), sandbox.Options{})
	r.createRole("runner")
	c := r.wantAction(r.plan(Present), "aws.role-policies.to-aws", Keep)
	if !strings.Contains(c.Title, "not applied") || !strings.Contains(c.Reason, "NOT applied") || !strings.Contains(c.Reason, "attach-role-policy") {
		t.Errorf("got %q (%s), want it to say that nothing is attached and what to do", c.Title, c.Reason)
	}
}
