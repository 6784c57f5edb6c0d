package verify

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/cloudresourcemanager/v1"
	"google.golang.org/api/iam/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// sharing is a bridge that writes on every document which it may have to share: the project's policy, the policy of an
// adopted account, the trust of an adopted role, and the policies of a role of its own.
const sharing = `
version: 1
name: shared
google: {project: acme-build}
aws: {account: "123456789012", region: us-east-1}
adopt: [toGoogle.serviceAccount, toGoogle.role]
toAWS:
  serviceAccount: deployer
  role: {name: deployer, managedPolicies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}
toGoogle:
  role: {name: report-reader, path: /, runsOn: ec2, instanceProfile: false}
  pool: shared
  serviceAccount: report-reader
  grants: [roles/storage.objectViewer]
`

const (
	othersAccount = "report-reader@acme-build.iam.gserviceaccount.com"
	othersMember  = "principal://iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/others/subject/"
	othersTrust   = `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Sid":"Edit%04d"}`
)

// other is a second administrator with clients of their own, who edits by the rules: read, modify, write with the etag,
// and all of it again when somebody was faster.
type other struct {
	*rig
	t *testing.T

	mu      sync.Mutex
	dice    *rand.Rand
	left    int
	project []string       // titles of grants put into the project's policy
	account []string       // and into that of the adopted account
	inline  map[string]int // inline policies put into the bridge's own role, with the number of the last edit
	trust   int            // the number of the last edit of the adopted role's trust
}

func newOther(t *testing.T, s *site, edits int) *other {
	t.Helper()
	o := &other{rig: land(t, bothWays), t: t, dice: rand.New(rand.NewPCG(7, 7)), left: edits, inline: map[string]int{}}
	o.signIn(t, s.bridge, s.gate.Server.Environ())
	pools := o.world.Google.IAM.Projects.Locations.WorkloadIdentityPools
	_, err := pools.Create("projects/acme-build/locations/global", &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("others").Do()
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.world.Google.IAM.Projects.ServiceAccounts.Create("projects/acme-build", &iam.CreateServiceAccountRequest{AccountId: "report-reader"}).Do()
	if err == nil {
		_, err = o.world.AWS.IAM.CreateRole(t.Context(), &awsiam.CreateRoleInput{
			RoleName: aws.String("report-reader"), AssumeRolePolicyDocument: aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[`+othersTrust+`]}`, 0)),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// before edits something before two in three calls of the bridge's operator.
func (o *other) before(at point) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left == 0 || o.dice.IntN(3) == 0 {
		return
	}
	n := o.left
	var err error
	switch pick := o.dice.IntN(10); {
	case strings.HasPrefix(at.Call, "GetRole report-reader"):
		// IAM has no etag. What is promised is that an edit which stood when we read is kept.
		err, o.trust = o.editTrust(n), n
	case pick < 4:
		title := fmt.Sprintf("edit-%04d", n)
		err, o.project = o.grantInProject(title), append(o.project, title)
	case pick < 8:
		title := fmt.Sprintf("edit-%04d", n)
		err, o.account = o.grantOnAccount(title), append(o.account, title)
	default:
		err = o.putInline(fmt.Sprintf("others-%02d", n%20), n)
	}
	o.left--
	if err != nil {
		o.t.Errorf("edit %d: %v", n, err)
	}
}

func (o *other) grantInProject(title string) error {
	api := o.world.Google.Projects.Projects
	return insist(func() error {
		ask := &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}
		p, err := api.GetIamPolicy("acme-build", ask).Do()
		if err != nil {
			return err
		}
		p.Version = 3
		p.Bindings = append(p.Bindings, &cloudresourcemanager.Binding{
			Role: "roles/browser", Members: []string{othersMember + title},
		})
		_, err = api.SetIamPolicy("acme-build", &cloudresourcemanager.SetIamPolicyRequest{Policy: p}).Do()
		return err
	})
}

func (o *other) grantOnAccount(title string) error {
	api, name := o.world.Google.IAM.Projects.ServiceAccounts, "projects/acme-build/serviceAccounts/"+othersAccount
	return insist(func() error {
		p, err := api.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Do()
		if err != nil {
			return err
		}
		p.Version = 3
		p.Bindings = append(p.Bindings, &iam.Binding{
			Role: "roles/iam.serviceAccountUser", Members: []string{othersMember + title},
		})
		_, err = api.SetIamPolicy(name, &iam.SetIamPolicyRequest{Policy: p}).Do()
		return err
	})
}

func insist(edit func() error) error {
	for {
		if err := cloud.Problem("edit", edit()); !explain.Is(err, explain.Conflict) {
			return err
		}
	}
}

// putInline puts a policy of another name into the bridge's own role, when it is there.
func (o *other) putInline(name string, n int) error {
	doc := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Edit%04d","Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`, n)
	_, err := o.world.AWS.IAM.PutRolePolicy(o.t.Context(), &awsiam.PutRolePolicyInput{RoleName: aws.String("deployer"), PolicyName: &name, PolicyDocument: &doc})
	if err = cloud.Problem("edit", err); explain.Is(err, explain.Missing) {
		return nil
	}
	o.inline[name] = n
	return err
}

// editTrust replaces the others' statement in the adopted role's trust and keeps all the rest.
func (o *other) editTrust(n int) error {
	doc := o.trustOf()
	var kept []json.RawMessage
	for _, s := range doc.Statement {
		if !strings.Contains(string(s), `"Edit`) {
			kept = append(kept, s)
		}
	}
	doc.Statement = append(kept, json.RawMessage(fmt.Sprintf(othersTrust, n)))
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = o.world.AWS.IAM.UpdateAssumeRolePolicy(o.t.Context(), &awsiam.UpdateAssumeRolePolicyInput{RoleName: aws.String("report-reader"), PolicyDocument: aws.String(string(text))})
	return err
}

type trustDocument struct {
	Version   string
	Statement []json.RawMessage
}

func (o *other) trustOf() trustDocument {
	var doc trustDocument
	r, err := o.world.AWS.IAM.GetRole(o.t.Context(), &awsiam.GetRoleInput{RoleName: aws.String("report-reader")})
	if err != nil {
		o.t.Error(err)
		return doc
	}
	text, err := url.PathUnescape(aws.ToString(r.Role.AssumeRolePolicyDocument))
	if err == nil {
		err = json.Unmarshal([]byte(text), &doc)
	}
	if err != nil {
		o.t.Error(err)
	}
	return doc
}

// A thousand edits of somebody else fall between the calls of applies and destroys, and every one of them stays.
func TestForeignEditsDuringApplyAreNotLost(t *testing.T) {
	const edits = 1000
	s := newSite(t, "both-ways.yaml")
	b, err := spec.Parse("sharing.yaml", []byte(sharing))
	if err != nil {
		t.Fatal(err)
	}
	s.bridge = b
	o := newOther(t, s, edits)
	s.gate.Before(o.before)
	runs, stopped := 0, 0
	for ; o.more(); runs++ {
		c := []command{apply, destroy}[runs%2]
		if _, err := s.run(c, point{}, nil); explain.Is(err, explain.Conflict) {
			stopped++ // what the plan saw was edited: nothing was written there
		} else if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
	s.gate.Before(nil)
	o.allThere()
	s.must(apply)
	o.allThere()
	s.must(destroy)
	o.allThere()
	t.Logf("%d edits (%d of the project, %d of the account, %d policies of the role, last trust %d) in %d runs, %d of which stopped",
		edits, len(o.project), len(o.account), len(o.inline), o.trust, runs, stopped)
	if len(o.project) < 200 || len(o.account) < 200 || len(o.inline) < 10 || o.trust == 0 {
		t.Error("some kinds of edits were hardly made")
	}
}

func (o *other) more() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left > 0
}

// allThere holds the clouds to every edit that was answered with success.
func (o *other) allThere() {
	o.t.Helper()
	ask := &cloudresourcemanager.GetIamPolicyRequest{Options: &cloudresourcemanager.GetPolicyOptions{RequestedPolicyVersion: 3}}
	p, err := o.world.Google.Projects.Projects.GetIamPolicy("acme-build", ask).Do()
	if err != nil {
		o.t.Fatal(err)
	}
	var got []string
	for _, b := range p.Bindings {
		got = append(got, titles(b.Members)...)
	}
	o.same("project", o.project, got)
	a, err := o.world.Google.IAM.Projects.ServiceAccounts.GetIamPolicy("projects/acme-build/serviceAccounts/" + othersAccount).OptionsRequestedPolicyVersion(3).Do()
	if err != nil {
		o.t.Fatal(err)
	}
	got = nil
	for _, b := range a.Bindings {
		got = append(got, titles(b.Members)...)
	}
	o.same("account", o.account, got)
	for name, n := range o.inline {
		p, err := o.world.AWS.IAM.GetRolePolicy(o.t.Context(), &awsiam.GetRolePolicyInput{RoleName: aws.String("deployer"), PolicyName: &name})
		if err != nil || !strings.Contains(aws.ToString(p.PolicyDocument), fmt.Sprintf("Edit%04d", n)) {
			o.t.Errorf("inline policy %s: got %v, want edit %d", name, err, n)
		}
	}
	if doc, err := json.Marshal(o.trustOf()); err != nil || !strings.Contains(string(doc), fmt.Sprintf("Edit%04d", o.trust)) {
		o.t.Errorf("trust: got %s, want edit %d in it", doc, o.trust)
	}
}

// titles are the edits among the members of a binding.
func titles(members []string) []string {
	var out []string
	for _, m := range members {
		if title, theirs := strings.CutPrefix(m, othersMember); theirs {
			out = append(out, title)
		}
	}
	return out
}

func (o *other) same(where string, want, got []string) {
	o.t.Helper()
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if !slices.Equal(want, got) {
		o.t.Errorf("%s: got %d of %d edits", where, len(got), len(want))
	}
}
