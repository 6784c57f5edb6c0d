package steps

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

func TestProjectWhoseAPIsAreOffIsSetUp(t *testing.T) {
	r := newRig(t, bothFile, sandbox.Options{})
	for _, api := range []string{"compute.googleapis.com", "iam.googleapis.com"} {
		r.switchOff(api)
	}
	p := r.plan(Present)
	r.wantAction(p, "google.service-account.to-aws", Create)
	r.wantAction(p, "google.pool", Create)
	r.wantAction(p, "google.vm", Create)
	r.applyPlan(p)
	r.wantKept(r.plan(Present))
}

// switchOff turns an API off however many others depend on it.
func (r *rig) switchOff(api string) {
	r.must(r.server.World().Change(func(s *world.State, _ time.Time) error {
		s.Google.Projects["acme-build"].Services[api].Value = false
		return nil
	}))
}

func TestServiceUsageThatIsOffSaysWhatToRun(t *testing.T) {
	r := newRig(t, explicitFile, sandbox.Options{})
	r.fault("google.serviceusage.services.batchGet=SERVICE_DISABLED")
	_, err := r.graph().Plan(r.calling(), r.world(), Present, nil)
	if err == nil {
		t.Fatal("got a plan")
	}
}

func TestDeniedReadIsOneClearError(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	r.fault("google.iam.projects.serviceAccounts.get=PERMISSION_DENIED")
	_, err := r.graph().Plan(r.calling(), r.world(), Present, nil)
	if explain.KindOf(err) != explain.Denied {
		t.Fatalf("got %v, want denied", err)
	}
	if n := strings.Count(err.Error(), "read service account"); n != 1 {
		t.Errorf("the same failure is told %d times: %v", n, err)
	}
}

type obstacle struct {
	name, file, id string
	want           CheckOutcome
	part           string
	spoil          func(*rig)
}

func obstaclesByPolicy() []obstacle {
	return []obstacle{
		{"issuer not allowed", toGoogleFile, "google.org-policy:iam.workloadIdentityPoolProviders", CheckBlocked, "https://sts.amazonaws.com", func(r *rig) {
			r.must(r.server.Google().Tamper().Constrain("acme-build", "iam.workloadIdentityPoolProviders", &world.OrgConstraint{Allowed: []string{"https://accounts.example"}}))
		}},
		{"account not allowed", toGoogleFile, "google.org-policy:iam.workloadIdentityPoolAwsAccounts", CheckBlocked, "123456789012", func(r *rig) {
			r.must(r.server.Google().Tamper().Constrain("acme-build", "iam.workloadIdentityPoolAwsAccounts", &world.OrgConstraint{DenyAll: true}))
		}},
		{"account allowed", toGoogleFile, "google.org-policy:iam.workloadIdentityPoolAwsAccounts", CheckOK, "", func(r *rig) {
			r.must(r.server.Google().Tamper().Constrain("acme-build", "iam.workloadIdentityPoolAwsAccounts", &world.OrgConstraint{Allowed: []string{"is:123456789012"}}))
		}},
		{"no account may be made", toAWSFile, "google.org-policy:iam.disableServiceAccountCreation", CheckBlocked, "enforced", func(r *rig) {
			r.must(r.server.Google().Tamper().Constrain("acme-build", "iam.disableServiceAccountCreation", &world.OrgConstraint{Boolean: true, Enforce: true}))
		}},
	}
}

func otherObstacles() []obstacle {
	return []obstacle{
		{"policies may not be read", toAWSFile, "google.org-policy:iam.disableServiceAccountCreation", CheckUnknown, "", func(r *rig) {
			r.fault("google.cloudresourcemanager.projects.getEffectiveOrgPolicy=PERMISSION_DENIED")
		}},
		{"permissions missing on Google", toAWSFile, "google.permissions", CheckBlocked, "iam.serviceAccounts.create", func(r *rig) {
			r.must(r.server.Google().Tamper().Revoke("acme-build", "roles/owner", "user:operator@acme.example"))
			r.must(r.server.Google().Tamper().Grant("acme-build", "roles/viewer", "user:operator@acme.example"))
			r.must(r.server.Google().Tamper().Grant("acme-build", "roles/serviceusage.serviceUsageConsumer", "user:operator@acme.example"))
		}},
		{"calls may not be billed to the project", toAWSFile, "google.quota-project", CheckBlocked, "serviceusage.services.use", func(r *rig) {
			r.must(r.server.Google().Tamper().Revoke("acme-build", "roles/owner", "user:operator@acme.example"))
			r.must(r.server.Google().Tamper().Grant("acme-build", "roles/viewer", "user:operator@acme.example"))
		}},
		{"simulation denied", toAWSFile, "aws.permissions", CheckUnknown, "", func(r *rig) { r.fault("aws.iam.SimulatePrincipalPolicy=AccessDenied") }},
		{"name taken", toAWSFile, "aws.role.to-aws", CheckBlocked, "not made by this bridge", func(r *rig) { r.createRole("runner") }},
		{"explicit provider", strings.Replace(explicitFile, "explicit", "builtin", 1), "aws.google-provider", CheckBlocked, "OIDC provider", func(r *rig) { r.createProvider() }},
		{"nothing may be read", toAWSFile, "plan", CheckBlocked, "read role", func(r *rig) { r.fault("aws.iam.GetRole=AccessDenied") }},
		{"GovCloud", strings.Replace(strings.Replace(explicitFile, "explicit", "builtin", 1), "eu-west-1", "us-gov-west-1", 1), "aws.partition", CheckWarn, "GovCloud", func(*rig) {}},
	}
}

func TestPreflightNamesWhatIsInTheWay(t *testing.T) {
	for _, tt := range slices.Concat(obstaclesByPolicy(), otherObstacles()) {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			tt.spoil(r)
			ctx := r.calling()
			report, err := Preflight(ctx, r.world(), cloud.SignIn(ctx, r.google, r.aws), nil)
			r.must(err)
			for _, c := range report.Checks {
				if c.ID != tt.id {
					continue
				}
				if c.Outcome != tt.want || !strings.Contains(c.Detail, tt.part) {
					t.Errorf("got %s (%s), want %s naming %q", c.Outcome, c.Detail, tt.want, tt.part)
				}
				if report.Blocked() != (tt.want == CheckBlocked) {
					t.Errorf("the whole: got blocked %v", report.Blocked())
				}
				return
			}
			t.Errorf("no check %s", tt.id)
		})
	}
}
