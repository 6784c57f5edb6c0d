package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const bothFile = toAWSFile + `toGoogle:
  role: {name: reader}
  grants: [roles/storage.objectViewer]
`

func TestDroppedDirectionIsRemoved(t *testing.T) {
	t.Run("to Google", func(t *testing.T) {
		r := newRig(t, bothFile, sandbox.Options{})
		r.apply(Present)
		r.file(toAWSFile)
		p := r.plan(Present)
		for _, id := range []string{"aws.role:reader", "aws.instance-profile:reader", "google.pool:crossing", "google.service-account:reader", "google.grants"} {
			r.wantAction(p, id, Remove)
		}
		r.wantAction(p, "aws.role.to-aws", Keep)
		r.applyPlan(p)
		r.wantKept(r.plan(Present))
	})
	t.Run("to AWS", func(t *testing.T) {
		r := newRig(t, bothFile, sandbox.Options{})
		r.apply(Present)
		r.deleteVM("runner-1")
		r.file(head + bothFile[strings.Index(bothFile, "toGoogle:"):])
		p := r.plan(Present)
		r.wantAction(p, "google.service-account:runner", Remove)
		r.wantAction(p, "aws.role:runner", Remove)
		r.wantAction(p, "aws.role.to-google", Keep)
		r.applyPlan(p)
		r.wantKept(r.plan(Present))
	})
	t.Run("explicit provider", func(t *testing.T) {
		r := newRig(t, explicitFile, sandbox.Options{})
		r.apply(Present)
		r.file(toGoogleFile)
		p := r.plan(Present)
		r.wantAction(p, "aws.oidc-provider", Remove)
		r.applyPlan(p)
		r.wantKept(r.plan(Present))
	})
}

func TestRenamedThingsAreMadeAnewAndTheOldOnesRemoved(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(toGoogleFile, "name: reader", "name: scribe", 1) + "  serviceAccount: reader\n")
	p := r.plan(Present)
	r.wantAction(p, "aws.role.to-google", Create)
	r.wantAction(p, "aws.role:reader", Remove)
	r.wantAction(p, "aws.instance-profile:reader", Remove)
	r.wantAction(p, "google.provider", Update)
	r.wantAction(p, "google.binding", Update) // the new role in, the old one out
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
}

func TestAnotherTokenKindGetsAnotherProvider(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	r.file(toGoogleFile + "  token: jwt\n")
	p := r.plan(Present)
	r.wantAction(p, "aws.outbound-federation", Create)
	r.wantAction(p, "google.provider", Create)
	r.wantAction(p, "google.provider:aws-123456789012", Remove)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
}

func TestDestroyTakesWhatAnEarlierFileWanted(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.file(toAWSFile)
	r.consent.WithVM = true
	p, res := r.apply(Absent)
	r.wantAction(p, "aws.role:reader", Remove)
	r.wantAction(p, "google.pool:crossing", Remove)
	if report := DestroyOf(p, res); report.Held() {
		t.Errorf("got held: %+v", report.Kept)
	}
	r.file(bothFile)
	if again := r.plan(Absent); again.Pending() {
		t.Errorf("after destroy: got %s", again.Summary)
	}
}

func TestWhatTheFileNoLongerGrantsIsToldAndLeft(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.apply(Present)
	less := strings.Replace(toGoogleFile, "    - roles/storage.objectViewer\n", "", 1)
	r.file(less)
	if c := r.wantAction(r.plan(Present), "google.grants", Keep); !strings.Contains(c.Reason, "roles/storage.objectViewer") {
		t.Errorf("got %q, want the dropped role told", c.Reason)
	}
	r.file(strings.Replace(less, "    managedPolicies: [arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore]\n", "", 1))
	if c := r.wantAction(r.plan(Present), "aws.role-policies.to-google", Keep); !strings.Contains(c.Reason, "AmazonSSMManagedInstanceCore") {
		t.Errorf("got %q, want the dropped policy told", c.Reason)
	}
}

func TestLeftoversThatOthersUseAreHeld(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	r.apply(Present)
	r.associate(r.runInstance(), "reader")
	r.createOIDC("crossing", "github")
	r.file(toAWSFile)
	p := r.plan(Present)
	for _, id := range []string{"aws.instance-profile:reader", "aws.role:reader", "google.pool:crossing"} {
		if c := r.wantAction(p, id, Keep); !c.Held {
			t.Errorf("%s: got %+v, want held", id, c)
		}
	}
}

func TestWhoMayNotListFindsNoLeftovers(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.fault("aws.iam.ListRoles=AccessDenied")
	p := r.plan(Present)
	if !slices.Contains(ids(p), "aws.role.to-google") {
		t.Errorf("got %v", ids(p))
	}
}
