package verify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/api/cloudresourcemanager/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const foreign = "serviceAccount:512345678901-compute@developer.gserviceaccount.com"

// grantForeign adds one conditional grant to the project's policy as another administrator would: read, modify, write,
// and all of it again when somebody was faster.
func grantForeign(api *cloudresourcemanager.Service, title string) error {
	for {
		ask := &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}
		p, err := api.Projects.GetIamPolicy("acme-build", ask).Do()
		if err != nil {
			return err
		}
		p.Version = 3
		p.Bindings = append(p.Bindings, &cloudresourcemanager.Binding{
			Role: "roles/browser", Members: []string{foreign},
			Condition: &cloudresourcemanager.Expr{Title: title, Expression: `request.time < timestamp("2030-01-01T00:00:00Z")`},
		})
		_, err = api.Projects.SetIamPolicy("acme-build", &cloudresourcemanager.SetIamPolicyRequest{Policy: p}).Do()
		if err = cloud.Problem("grant", err); !explain.Is(err, explain.Conflict) {
			return err
		}
	}
}

// foreignGrants are the titles that stand in the policy.
func (s *site) foreignGrants() []string {
	var out []string
	s.gate.Server.World().View(func(st *world.State, _ time.Time) {
		for _, b := range st.Google.Projects["acme-build"].Policy.Value.Bindings {
			if b.Condition != nil && slices.Contains(b.Members, foreign) {
				out = append(out, b.Condition.Title)
			}
		}
	})
	slices.Sort(out)
	return out
}

// Policies hold at most 1,500 members; the edits are many, and each stays.
func TestForeignEditsDuringApplyAreNotLost(t *testing.T) {
	edits := 40
	if inFull() {
		edits = 1000
	}
	s := newSite(t, "both-ways.yaml")
	r := land(t, bothWays) // another administrator's own clients
	r.signIn(t, s.bridge, s.gate.Server.Environ())
	done := make(chan error, 1)
	var want []string
	go func() {
		var err error
		for i := range edits {
			if err = grantForeign(r.world.Google.Projects, fmt.Sprintf("edit-%04d", i)); err != nil {
				break
			}
			want = append(want, fmt.Sprintf("edit-%04d", i))
		}
		done <- err
	}()
	for going := true; going; {
		s.must(apply)
		s.must(destroy)
		select {
		case err := <-done:
			if going = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if got := s.foreignGrants(); !slices.Equal(got, want) {
		t.Errorf("got %d of %d grants of others", len(got), len(want))
	}
}
