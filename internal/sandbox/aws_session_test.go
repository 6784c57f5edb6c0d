package sandbox_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const accountTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`

func assume(t *testing.T, s *sandbox.Server, client *sts.Client, role string, change func(*sts.AssumeRoleInput)) (*sts.AssumeRoleOutput, error) {
	t.Helper()
	in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/drawbridge/" + role), RoleSessionName: aws.String("s1")}
	if change != nil {
		change(in)
	}
	return client.AssumeRole(t.Context(), in)
}

func as(s *sandbox.Server, c *types.Credentials) aws.Config {
	return configOf(s, *c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
}

func TestSessionsCanOnlyBeNarrower(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "admin", accountTrust)
	must(iamOf(s).AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("admin"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}))(t)
	only := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListUsers"],"Resource":"*"}]}`
	got := must(assume(t, s, stsOf(s), "admin", func(in *sts.AssumeRoleInput) { in.Policy = &only }))(t)
	client := iam.NewFromConfig(as(s, got.Credentials))
	must(client.ListUsers(t.Context(), nil))(t)
	_, err := client.ListRoles(t.Context(), nil)
	if got := refusedWith(t, err, "AccessDenied").ErrorMessage(); !strings.HasSuffix(got, "because no session policy allows the iam:ListRoles action") {
		t.Errorf("got %q", got)
	}
}

func TestBoundariesLimitAdministrators(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "bounded", accountTrust)
	name := aws.String("bounded")
	must(iamOf(s).AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}))(t)
	must(iamOf(s).PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: aws.String("arn:aws:iam::aws:policy/AmazonSQSFullAccess")}))(t)
	got := must(assume(t, s, stsOf(s), "bounded", nil))(t)
	_, err := iam.NewFromConfig(as(s, got.Credentials)).ListRoles(t.Context(), nil)
	if got := refusedWith(t, err, "AccessDenied").ErrorMessage(); !strings.HasSuffix(got, "because no permissions boundary allows the iam:ListRoles action") {
		t.Errorf("got %q", got)
	}
}

func TestChainedRolesLastAnHour(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "first", accountTrust)
	newRole(t, s, "second", strings.Replace(accountTrust, `"123456789012"`, `"arn:aws:iam::123456789012:role/drawbridge/first"`, 1))
	must(iamOf(s).UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: aws.String("second"), MaxSessionDuration: aws.Int32(43200)}))(t)
	got := must(assume(t, s, stsOf(s), "first", nil))(t)
	chain := sts.NewFromConfig(as(s, got.Credentials))
	_, err := assume(t, s, chain, "second", func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(7200) })
	if got := refusedWith(t, err, "ValidationError").ErrorMessage(); !strings.Contains(got, "1 hour session limit for roles assumed by role chaining") {
		t.Errorf("got %q", got)
	}
	must(assume(t, s, chain, "second", nil))(t)
}

func TestSessionTagsBecomeThePrincipals(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "tagged", accountTrust)
	must(iamOf(s).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("tagged"), PolicyName: aws.String("p"), PolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}]}`)}))(t)
	for team, allowed := range map[string]bool{"red": true, "blue": false} {
		got := must(assume(t, s, stsOf(s), "tagged", func(in *sts.AssumeRoleInput) { in.Tags = []types.Tag{{Key: aws.String("team"), Value: &team}} }))(t)
		_, err := iam.NewFromConfig(as(s, got.Credentials)).ListRoles(t.Context(), nil)
		if (err == nil) != allowed {
			t.Errorf("team %s: got %v, want allowed %v", team, err, allowed)
		}
	}
}

func TestRecreatedPrincipalsAreNotTheOnesThatWereTrusted(t *testing.T) {
	s := start(t, sandbox.Options{})
	first := newRole(t, s, "first", accountTrust)
	newRole(t, s, "second", strings.Replace(accountTrust, `"123456789012"`, `"`+*first.Arn+`"`, 1))
	must(iamOf(s).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("first")}))(t)
	newRole(t, s, "first", accountTrust)
	shown := must(iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("second")}))(t)
	if trust, _ := url.PathUnescape(*shown.Role.AssumeRolePolicyDocument); !strings.Contains(trust, *first.RoleId) {
		t.Errorf("trust: got %s, want the old unique id in it", trust)
	}
	got := must(assume(t, s, stsOf(s), "first", nil))(t)
	_, err := assume(t, s, sts.NewFromConfig(as(s, got.Credentials)), "second", nil)
	refusedWith(t, err, "AccessDenied")
}

func TestEnforcementLagsBehindWrites(t *testing.T) {
	s := start(t, sandbox.Options{Lag: time.Minute})
	newRole(t, s, "ci-runner", googleTrust("accounts.google.com"))
	ask := func() error {
		_, err := webIdentity(t, s, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: aws.String(idToken(t, s, nil))})
		return err
	}
	refusedWith(t, ask(), "AccessDenied")
	s.World().Advance(time.Minute)
	if err := ask(); err != nil {
		t.Errorf("a minute later: got %v", err)
	}
	must(iamOf(s).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("ci-runner")}))(t)
	if err := ask(); err != nil {
		t.Errorf("right after the removal: got %v, want a session still", err)
	}
	s.World().Advance(time.Minute)
	refusedWith(t, ask(), "AccessDenied")
}
