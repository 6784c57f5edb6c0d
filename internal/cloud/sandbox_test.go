package cloud

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"google.golang.org/api/iam/v1"
	"google.golang.org/api/serviceusage/v1"

	"github.com/drawbridge-cloud/drawbridge/internal/explain"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// inSandbox opens both clouds of a fresh sandbox through its exports alone.
func inSandbox(t *testing.T, o sandbox.Options) (context.Context, *sandbox.Server, *Google, *AWS, *lines) {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start sandbox: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	env, log := s.Environ(), &lines{}
	g, a, err := Open(t.Context(), Options{Env: of(env), Project: "acme-build", Log: log})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return quick(t.Context()), s, g, a, log
}

func TestOperatorsSignInOnBothSides(t *testing.T) {
	ctx, _, g, a, _ := inSandbox(t, sandbox.Options{})
	ops := SignIn(ctx, g, a)
	if ops.GoogleErr != nil || ops.AWSErr != nil {
		t.Fatalf("got %v and %v", ops.GoogleErr, ops.AWSErr)
	}
	if ops.Google.Principal != "user:operator@acme.example" || ops.Google.Account != "acme-build" || ops.Google.Expires.IsZero() {
		t.Errorf("Google: got %+v", ops.Google)
	}
	if ops.AWS.Principal != "arn:aws:iam::123456789012:user/operator" || ops.AWS.Account != "123456789012" || ops.AWS.Partition != "aws" || ops.AWS.UserID == "" {
		t.Errorf("AWS: got %+v", ops.AWS)
	}
	if ops.AWS.Source != "profile default" || g.Real || a.Real {
		t.Errorf("got source %q, real %v and %v", ops.AWS.Source, g.Real, a.Real)
	}
}

// enable switches on what the hops need.
func enable(ctx context.Context, t *testing.T, g *Google) {
	t.Helper()
	_, err := g.Services.Services.BatchEnable("projects/acme-build", &serviceusage.BatchEnableServicesRequest{
		ServiceIds: []string{"iamcredentials.googleapis.com", "sts.googleapis.com"},
	}).Context(ctx).Do()
	if err != nil {
		t.Fatalf("enable APIs: %v", Problem("", err))
	}
}

// account makes a service account.
func account(ctx context.Context, t *testing.T, g *Google, id string) (email, unique string) {
	t.Helper()
	sa, err := g.IAM.Projects.ServiceAccounts.Create("projects/acme-build", &iam.CreateServiceAccountRequest{AccountId: id}).Context(ctx).Do()
	if err != nil {
		t.Fatalf("create account: %v", Problem("", err))
	}
	return sa.Email, sa.UniqueId
}

func grant(ctx context.Context, t *testing.T, g *Google, email, role, member string) {
	t.Helper()
	name := "projects/-/serviceAccounts/" + email
	policy, err := g.IAM.Projects.ServiceAccounts.GetIamPolicy(name).OptionsRequestedPolicyVersion(3).Context(ctx).Do()
	if err == nil {
		policy.Version = 3
		policy.Bindings = append(policy.Bindings, &iam.Binding{Role: role, Members: []string{member}})
		_, err = g.IAM.Projects.ServiceAccounts.SetIamPolicy(name, &iam.SetIamPolicyRequest{Policy: policy}).Context(ctx).Do()
	}
	if err != nil {
		t.Fatalf("grant %s: %v", role, Problem("", err))
	}
}

func role(ctx context.Context, t *testing.T, a *AWS, name, trust string) string {
	t.Helper()
	got, err := a.IAM.CreateRole(ctx, &awsiam.CreateRoleInput{RoleName: &name, Path: aws.String("/drawbridge/"), AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatalf("create role: %v", Problem("", err))
	}
	return aws.ToString(got.Role.Arn)
}

func TestHopsToAWS(t *testing.T) {
	ctx, s, g, a, log := inSandbox(t, sandbox.Options{})
	const audience = "https://sts.amazonaws.com/123456789012/ci-runner"
	enable(ctx, t, g)
	email, unique := account(ctx, t, g, "ci-runner")

	_, err := MintIDToken(ctx, g, email, audience)
	if p, ok := errors.AsType[*explain.Problem](err); !ok || p.Kind != explain.Denied || p.Permission != "iam.serviceAccounts.getOpenIdToken" {
		t.Fatalf("an owner mints: got %#v, want it denied", err)
	}
	grant(ctx, t, g, email, "roles/iam.serviceAccountOpenIdTokenCreator", "user:operator@acme.example")
	token, err := MintIDToken(ctx, g, email, audience)
	if err != nil {
		t.Fatal(err)
	}

	arn := role(ctx, t, a, "ci-runner", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity",`+
		`"Condition":{"StringEquals":{"accounts.google.com:aud":%[1]q,"accounts.google.com:oaud":%[2]q,"accounts.google.com:sub":%[1]q}}}]}`, unique, audience))
	got, err := AssumeRoleWithWebIdentity(ctx, a, arn, "verify-1", token, 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if got.Provider != "accounts.google.com" || got.Subject != unique || !strings.HasPrefix(got.RoleID, "AROA") || got.Credentials.Expires.IsZero() {
		t.Errorf("got %+v", got)
	}
	who, err := CallerIdentity(ctx, a, &got.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws:sts::123456789012:assumed-role/ci-runner/verify-1"; who.ARN != want || got.ARN != want {
		t.Errorf("got %s and %s, want %s", who.ARN, got.ARN, want)
	}

	other, err := MintIDToken(ctx, g, email, audience+"-wrong")
	if err != nil {
		t.Fatal(err)
	}
	_, err = AssumeRoleWithWebIdentity(ctx, a, arn, "door-1", other, 15*time.Minute)
	if !explain.Is(err, explain.Denied) {
		t.Errorf("another audience: got %v, want denied", err)
	}
	noLeaks(t, s, log, err)
}

func TestHopsToGoogle(t *testing.T) {
	ctx, s, g, a, log := inSandbox(t, sandbox.Options{})
	enable(ctx, t, g)
	email, _ := account(ctx, t, g, "report-reader")
	arn := role(ctx, t, a, "report-reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/operator"},"Action":"sts:AssumeRole"}]}`)
	pool := pool(ctx, t, g, arn)
	grant(ctx, t, g, email, "roles/iam.workloadIdentityUser", "principalSet:"+strings.TrimSuffix(pool, "/providers/aws-prov")+"/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/report-reader")

	c, err := AssumeRole(ctx, a, arn, "verify-1", 15*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	now, err := a.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	subject, err := SignCallerIdentity(c, a.Region, pool, now)
	if err != nil {
		t.Fatal(err)
	}
	federated, expires, err := Exchange(ctx, g, pool, AWS4Request, subject)
	if err != nil {
		t.Fatal(err)
	}
	if expires.Before(time.Now()) {
		t.Errorf("the federated token ended at %s", expires)
	}
	token, _, err := Impersonate(ctx, g, federated, email, nil, 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	who, err := AskTokenInfo(ctx, g, token)
	if err != nil {
		t.Fatal(err)
	}
	if who.Email != email || who.Expires <= 0 || who.Expires > 5*time.Minute || len(who.Scopes) != 2 {
		t.Errorf("got %+v, want %s for at most five minutes", who, email)
	}
	_, _, err = Exchange(ctx, g, pool+"x", AWS4Request, subject)
	if err == nil {
		t.Error("a request signed for another provider was exchanged")
	}
	noLeaks(t, s, log, err)
}

// pool makes a pool with a provider of type AWS and gives the provider's audience.
func pool(ctx context.Context, t *testing.T, g *Google, arn string) string {
	t.Helper()
	const parent = "projects/acme-build/locations/global"
	_, err := g.IAM.Projects.Locations.WorkloadIdentityPools.Create(parent, &iam.WorkloadIdentityPool{}).WorkloadIdentityPoolId("ec2-to-google").Context(ctx).Do()
	if err == nil {
		_, err = g.IAM.Projects.Locations.WorkloadIdentityPools.Providers.Create(parent+"/workloadIdentityPools/ec2-to-google", &iam.WorkloadIdentityPoolProvider{
			Aws: &iam.Aws{AccountId: "123456789012"},
			AttributeMapping: map[string]string{
				"google.subject":     "assertion.arn",
				"attribute.aws_role": "assertion.arn.contains('assumed-role') ? assertion.arn.extract('{account_arn}assumed-role/') + 'assumed-role/' + assertion.arn.extract('assumed-role/{role_name}/') : assertion.arn",
			},
			AttributeCondition: "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/" + arn[strings.LastIndex(arn, "/")+1:] + "/')",
		}).WorkloadIdentityPoolProviderId("aws-prov").Context(ctx).Do()
	}
	if err != nil {
		t.Fatalf("make pool: %v", Problem("", err))
	}
	return "//iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/ec2-to-google/providers/aws-prov"
}

func TestPermissionsAreTestedAsTheOperator(t *testing.T) {
	ctx, _, g, _, _ := inSandbox(t, sandbox.Options{})
	held, err := TestProjectPermissions(ctx, g, "", "acme-build", []string{"resourcemanager.projects.get", "iam.serviceAccounts.create", "iam.serviceAccounts.getOpenIdToken"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(held, " "); got != "resourcemanager.projects.get iam.serviceAccounts.create" {
		t.Errorf("got %q: an owner holds the first two and may not mint", got)
	}
}

func TestClocksAreTheClouds(t *testing.T) {
	at := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	ctx, _, g, a, _ := inSandbox(t, sandbox.Options{Now: func() time.Time { return at }})
	for name, ask := range map[string]func(context.Context) (time.Time, error){"Google": g.Clock, "AWS": a.Clock} {
		got, err := ask(ctx)
		if err != nil || got.Sub(at).Abs() > time.Minute {
			t.Errorf("%s: got %v, %v, want about %v", name, got, err, at)
		}
	}
}

func TestFaultsOfTheCloudsAreSorted(t *testing.T) {
	for fault, c := range map[string]struct {
		call func(*far) error
		want string
	}{
		"aws.iam.CreateRole=drop*1":                                    {makeAWS, string(explain.Pending)},
		"aws.iam.CreateRole=500*1":                                     {makeAWS, string(explain.Pending)},
		"aws.iam.GetRole=429*2":                                        {readAWS, string(explain.Missing)},
		"aws.iam.GetRole=drop*2":                                       {readAWS, string(explain.Missing)},
		"google.iam.projects.serviceAccounts.create=drop*1":            {makeGoogle, string(explain.Pending)},
		"google.iam.projects.serviceAccounts.get=UNAVAILABLE*2":        {readGoogle, string(explain.Missing)},
		"google.iam.projects.serviceAccounts.get=RESOURCE_EXHAUSTED*2": {readGoogle, string(explain.Missing)},
		"google.iam.projects.serviceAccounts.get=403":                  {readGoogle, string(explain.Denied)},
	} {
		t.Run(fault, func(t *testing.T) {
			ctx, _, g, a, _ := inSandbox(t, sandbox.Options{Faults: []string{fault}})
			err := c.call(&far{ctx: ctx, g: g, a: a})
			if got := string(explain.KindOf(err)); got != c.want {
				t.Errorf("got kind %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

// noLeaks searches the log and an error for everything that the sandbox has issued.
func noLeaks(t *testing.T, s *sandbox.Server, log *lines, err error) {
	t.Helper()
	text := log.String() + fmt.Sprintf("%v %+v %#v", err, err, err)
	for _, secret := range s.Secrets() {
		if len(secret) > 8 && strings.Contains(text, secret) {
			t.Errorf("a secret of %d characters was shown", len(secret))
		}
	}
}
