package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// restrict leaves the operator with one inline policy.
func restrict(s *sandbox.Server, policy string) {
	_ = s.World().Change(func(st *world.State, now time.Time) error {
		st.AWS.Accounts[world.AccountID].Users.Change(world.OperatorUser, now, 0, func(u *world.User) {
			u.Attached, u.Inline = nil, map[string]string{"only": policy}
		})
		return nil
	})
}

func TestCallsNeedPermission(t *testing.T) {
	s := start(t, sandbox.Options{})
	restrict(s, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::123456789012:role/drawbridge/*"},
		{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"}]}`)
	newRole(t, s, "ours", ec2Trust)
	_, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("elsewhere"), AssumeRolePolicyDocument: aws.String(ec2Trust)})
	want := "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/elsewhere because no identity-based policy allows the iam:CreateRole action"
	if got := refusedWith(t, err, "AccessDenied").ErrorMessage(); got != want {
		t.Errorf("silence: got %q, want %q", got, want)
	}
	_, err = iamOf(s).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("ours")})
	if got := refusedWith(t, err, "AccessDenied").ErrorMessage(); !strings.HasSuffix(got, "with an explicit deny in an identity-based policy") {
		t.Errorf("deny: got %q", got)
	}
	must(stsOf(s).GetCallerIdentity(t.Context(), nil))(t) // needs none
}

func TestGuardrailsBindTheAdministratorToo(t *testing.T) {
	s := start(t, sandbox.Options{})
	_ = s.World().Change(func(st *world.State, _ time.Time) error {
		st.AWS.Accounts[world.AccountID].Guardrails.SCP = []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateOpenIDConnectProvider","Resource":"*"}]}`}
		return nil
	})
	_, err := iamOf(s).CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://accounts.google.com")})
	if got := refusedWith(t, err, "AccessDenied").ErrorMessage(); !strings.HasSuffix(got, "with an explicit deny in a service control policy") {
		t.Errorf("got %q", got)
	}
}

func TestResourceGuardrailRefusesAGoodToken(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	_ = s.World().Change(func(st *world.State, _ time.Time) error {
		st.AWS.Accounts[world.AccountID].Guardrails.RCP = []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Resource":"*",
			"Condition":{"StringEquals":{"aws:FederatedProvider":"accounts.google.com"}}}]}`}
		return nil
	})
	_, err := webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: aws.String(idToken(t, s, nil))})
	refusedWith(t, err, "AccessDenied")
}

func TestSimulationAgreesWithEnforcement(t *testing.T) {
	s := start(t, sandbox.Options{})
	restrict(s, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:CreateRole","iam:SimulatePrincipalPolicy"],"Resource":"*"},
		{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"},
		{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}]}`)
	got := must(iamOf(s).SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::123456789012:user/operator"),
		ActionNames:     []string{"iam:CreateRole", "iam:DeleteRole", "iam:TagRole", "iam:PassRole"},
		ResourceArns:    []string{"arn:aws:iam::123456789012:role/drawbridge/x"},
	}))(t)
	want := []types.PolicyEvaluationDecisionType{"allowed", "explicitDeny", "implicitDeny", "implicitDeny"}
	for i, r := range got.EvaluationResults {
		if r.EvalDecision != want[i] {
			t.Errorf("%s: got %s, want %s", *r.EvalActionName, r.EvalDecision, want[i])
		}
	}
	if missing := got.EvaluationResults[3].ResourceSpecificResults[0].MissingContextValues; len(missing) != 1 || missing[0] != "iam:PassedToService" {
		t.Errorf("missing context: got %v", missing)
	}
	if missing := got.EvaluationResults[2].ResourceSpecificResults[0].MissingContextValues; len(missing) != 0 {
		t.Errorf("missing context of what no statement speaks of: got %v", missing)
	}
	_, err := iamOf(s).SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:sts::123456789012:assumed-role/x/y"), ActionNames: []string{"iam:CreateRole"},
	})
	refusedWith(t, err, "InvalidInput")
}

func TestEC2RefusalsCanBeDecoded(t *testing.T) {
	s := start(t, sandbox.Options{})
	restrict(s, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}`)
	_, err := ec2Of(s).DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{})
	text := refusedWith(t, err, "UnauthorizedOperation").ErrorMessage()
	_, blob, ok := strings.Cut(text, "Encoded authorization failure message: ")
	if !ok {
		t.Fatalf("message: got %q", text)
	}
	got := must(stsOf(s).DecodeAuthorizationMessage(t.Context(), &sts.DecodeAuthorizationMessageInput{EncodedMessage: &blob}))(t)
	if !strings.Contains(*got.DecodedMessage, `"action":"ec2:DescribeInstances"`) {
		t.Errorf("decoded: got %s", *got.DecodedMessage)
	}
}
