package steps

import (
	"strings"
	"testing"
	"time"

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
	r.switchOff("serviceusage.googleapis.com")
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
