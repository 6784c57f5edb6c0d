package steps

import (
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// grantInProject gives a role in the project as another administrator would.
func (r *rig) grantInProject(role, member string) {
	r.must(projectPolicy(r.world()).rewrite(r.calling(), edit{Add: []grant{{Role: role, Member: member}}}, false))
}

func (r *rig) wantComesAlive(p Plan, id, what string) {
	r.Helper()
	c := r.wantAction(p, id, Restore)
	told := slices.ContainsFunc(c.Fields, func(f Field) bool {
		text, _ := f.After.(string)
		return f.Path == "comes alive" && strings.Contains(text, what)
	})
	if !told || !strings.Contains(c.Reason, what) || !c.Notice {
		r.Errorf("%s: got %q %+v, want %s told and noticed", id, c.Reason, c.Fields, what)
	}
}

func TestStaleGrantThatWaitsForAnUndeleteIsTold(t *testing.T) {
	t.Run("of a pool", func(t *testing.T) {
		r := newRig(t, toGoogleFile, sandbox.Options{})
		r.apply(Present)
		r.grantInProject("roles/viewer", "principalSet://iam.googleapis.com/"+r.bridge.PoolName("512345678901")+"/*")
		r.deletePool("crossing")
		r.wantComesAlive(r.plan(Present), "google.pool", "roles/viewer")
	})
	t.Run("of an account", func(t *testing.T) {
		r := newRig(t, toAWSFile, sandbox.Options{})
		r.apply(Present)
		r.grantInProject("roles/viewer", r.account("runner"))
		r.deleteVM("runner-1")
		r.deleteAccount("runner")
		r.wantComesAlive(r.plan(Present), "google.service-account.to-aws", "roles/viewer")
	})
}

func TestProfileOfOursThatHoldsNoRoleIsFound(t *testing.T) {
	for name, byHand := range map[string]func(*rig){
		"with the role still there": func(r *rig) { r.emptyProfile("reader") },
		"with the role gone":        func(r *rig) { r.emptyProfile("reader"); r.deleteRole("reader") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, bothFile, sandbox.Options{})
			r.apply(Present)
			byHand(r)
			r.file(toAWSFile)
			p := r.plan(Present)
			r.wantAction(p, "aws.instance-profile:reader", Remove)
			r.applyPlan(p)
			r.wantKept(r.plan(Present))
			if p, err := readProfile(r.Context(), r.world(), "reader"); p != nil || err != nil {
				t.Errorf("got %+v, %v; want the profile gone", p, err)
			}
		})
	}
}

func TestLeftoverRoleIsNotTakenDownOverOthersWork(t *testing.T) {
	for name, tt := range map[string]struct {
		byHand func(*rig)
		says   string
	}{
		"an inline policy": {func(r *rig) {
			doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
			r.must(putInline(r.Context(), r.world(), "reader", "theirs", doc))
		}, "inline policy theirs"},
		"a trust statement": {func(r *rig) { r.trust("reader", `{"AWS":"arn:aws:iam::123456789012:user/operator"}`) }, "a trust statement of somebody else"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, bothFile, sandbox.Options{})
			r.apply(Present)
			tt.byHand(r)
			r.file(toAWSFile)
			for _, want := range []Want{Present, Absent} {
				if c := r.wantAction(r.plan(want), "aws.role:reader", Keep); !c.Held || !strings.Contains(c.Reason, tt.says) {
					t.Errorf("got %q (held %t), want it held: %s", c.Reason, c.Held, tt.says)
				}
			}
		})
	}
	t.Run("a managed policy", func(t *testing.T) {
		r := newRig(t, bothFile, sandbox.Options{})
		r.apply(Present)
		r.attach("reader", "arn:aws:iam::aws:policy/ReadOnlyAccess")
		r.file(toAWSFile)
		if c := r.wantAction(r.plan(Present), "aws.role:reader", Remove); !strings.Contains(c.Reason, "ReadOnlyAccess") {
			t.Errorf("got %q, want the policy named that comes off", c.Reason)
		}
	})
}
