package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/steps"
)

// auditor leaves the operator nothing but these rights.
func auditor(t *testing.T, server *sandbox.Server, b spec.Bridge, r steps.Rights) {
	t.Helper()
	const role = "projects/acme-build/roles/auditor"
	err := server.World().Change(func(st *world.State, now time.Time) error {
		st.AWS.Accounts[world.AccountID].Users.Change(world.OperatorUser, now, 0, func(u *world.User) {
			u.Attached, u.Inline = nil, map[string]string{"auditor": r.Policy(b).Compact()}
		})
		st.Google.Roles[role] = &world.CustomRole{Name: role, Permissions: slices.Clone(r.Google)}
		policy := &st.Google.Projects["acme-build"].Policy.Value
		for i, binding := range policy.Bindings {
			if slices.Contains(binding.Members, "user:"+world.OperatorEmail) {
				policy.Bindings[i].Role = role
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// timeless is a document without its time.
func timeless(document string) string {
	return regexp.MustCompile(`"at": "[^"]*"`).ReplaceAllString(document, "")
}

// TestAuditNamesTheRightThatIsMissing audits with exactly the printed rights, and with one less: what could then not be
// looked at is told with the permission that it takes, or the answer is the same without it. DRAWBRIDGE_SWEEP=full takes away each of them.
func TestAuditNamesTheRightThatIsMissing(t *testing.T) {
	full := os.Getenv("DRAWBRIDGE_SWEEP") == "full"
	swept, all, spare := 0, 0, []string{}
	for _, name := range []string{"both-ways", "ci-to-sqs", "ec2-to-google"} {
		server, env := surroundings(t, sandbox.Options{})
		file := bridgeFile(t, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b, err := spec.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		drive(t, env, "apply", "--yes", "-f", file).want(t, exitDone)
		rights := steps.RightsFor(b, steps.ForAudit)
		auditor(t, server, b, rights)
		whole := drive(t, env, "audit", "-f", file, "--format", "json")
		if strings.Contains(whole.out, "may not") || strings.Contains(whole.out, "denied") || whole.code == exitFailed {
			t.Errorf("%s: with all the rights: exit code %d\n%s%s", name, whole.code, whole.out, whole.err)
		}
		permissions := slices.Clone(rights.Google)
		for _, a := range rights.AWS {
			permissions = append(permissions, a.Action)
		}
		slices.Sort(permissions)
		permissions = slices.Compact(permissions)
		all += len(permissions)
		for i, p := range permissions {
			if !full && i%11 != 3 {
				continue
			}
			swept++
			auditor(t, server, b, steps.Rights{
				Google: slices.DeleteFunc(slices.Clone(rights.Google), func(s string) bool { return s == p }),
				AWS:    slices.DeleteFunc(slices.Clone(rights.AWS), func(a steps.Right) bool { return a.Action == p }),
			})
			got := drive(t, env, "audit", "-f", file, "--format", "json")
			said := got.out + got.err
			switch {
			case strings.Contains(said, p), strings.Contains(said, strings.Replace(p, "iam.googleapis.com/", "iam.", 1)):
			case got.code == whole.code && timeless(got.out) == timeless(whole.out):
				spare = append(spare, name+" "+p) // for things that this project and account do not have
			default:
				t.Errorf("%s without %s: nothing names it, and the answer is another; exit code %d, said %.300s", name, p, got.code, got.err)
			}
		}
	}
	t.Logf("took away %d of %d rights; the answer stayed the same without %v", swept, all, spare)
}
