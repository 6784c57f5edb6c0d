package sandbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// quotaCall makes the nth thing of a kind.
type quotaCall func(t *testing.T, s *sandbox.Server, n int) error

// quotaCalls are the things that IAM counts, by quota, with what a refusal calls the limit.
var quotaCalls = map[string]struct {
	named string
	do    quotaCall
}{
	"aws.RolesQuota": {"RolesPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: numbered(n), AssumeRolePolicyDocument: aws.String(ec2Trust)})
		return err
	}},
	"aws.UsersQuota": {"UsersPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreateUser(t.Context(), &iam.CreateUserInput{UserName: numbered(n)})
		return err
	}},
	"aws.GroupsQuota": {"GroupsPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: numbered(n)})
		return err
	}},
	"aws.InstanceProfilesQuota": {"InstanceProfilesPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreateInstanceProfile(t.Context(), &iam.CreateInstanceProfileInput{InstanceProfileName: numbered(n)})
		return err
	}},
	"aws.PoliciesQuota": {"PoliciesPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: numbered(n), PolicyDocument: aws.String(readQueues)})
		return err
	}},
	"aws.OpenIdConnectProvidersQuota": {"OpenIdConnectProvidersPerAccount", func(t *testing.T, s *sandbox.Server, n int) error {
		_, err := iamOf(s).CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://" + *numbered(n) + ".example")})
		return err
	}},
	"aws.AttachedPoliciesPerRoleQuota": {"PoliciesPerRole", func(t *testing.T, s *sandbox.Server, n int) error {
		names := []string{"AmazonSQSFullAccess", "AmazonS3FullAccess", "AmazonEC2FullAccess"}
		_, err := iamOf(s).AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("web-server"), PolicyArn: aws.String("arn:aws:iam::aws:policy/" + names[n])})
		return err
	}},
}

const readQueues = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:Get*","Resource":"*"}}`

func numbered(n int) *string { return aws.String(fmt.Sprintf("numbered-%d", n)) }

func TestQuotasAreHeldAndTold(t *testing.T) {
	const most = 2
	for quota, call := range quotaCalls {
		t.Run(quota, func(t *testing.T) {
			s := start(t, sandbox.Options{Quotas: map[string]int{quota: most}})
			err := error(nil)
			for n := 0; n <= most && err == nil; n++ { // some are there from the start
				err = call.do(t, s, n)
			}
			want := fmt.Sprintf("Cannot exceed quota for %s: %d", call.named, most)
			if got := refusedWith(t, err, "LimitExceeded").ErrorMessage(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			told := must(iamOf(s).GetAccountSummary(t.Context(), nil))(t).SummaryMap
			name := strings.TrimPrefix(quota, "aws.")
			if n, ok := told[name]; ok != (name != "OpenIdConnectProvidersQuota") || ok && n != most {
				t.Errorf("the summary tells %d (%v), want %d", n, ok, most)
			}
		})
	}
}

func TestLongerTrustFitsARaisedQuota(t *testing.T) {
	trust := strings.Replace(ec2Trust, `"sts:AssumeRole"`, `"sts:AssumeRole","Condition":{"StringEquals":{"aws:userid":["`+strings.Repeat("x", 3000)+`"]}}`, 1)
	for most, fits := range map[int]bool{2048: false, 4096: true} {
		s := start(t, sandbox.Options{Quotas: map[string]int{"aws.AssumeRolePolicySizeQuota": most}})
		_, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("long"), AssumeRolePolicyDocument: &trust})
		if (err == nil) != fits {
			t.Errorf("quota %d: got %v, want it to fit: %v", most, err, fits)
		}
	}
}

func TestAWSRatesAreHeldPerSecondOfTheSandbox(t *testing.T) {
	now := time.Now()
	s := start(t, sandbox.Options{Now: func() time.Time { return now }, Quotas: map[string]int{"aws.sts.perSecond": 1, "aws.ec2.perSecond": 1}})
	who := func() error { _, err := stsOf(s).GetCallerIdentity(t.Context(), nil); return err }
	regions := func() error { _, err := ec2Of(s).DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{}); return err }
	if err := errors.Join(who(), regions()); err != nil {
		t.Fatal(err)
	}
	if got := refusedWith(t, who(), "Throttling").ErrorMessage(); got != "Rate exceeded" {
		t.Errorf("got %q, want AWS's words", got)
	}
	refusedWith(t, regions(), "RequestLimitExceeded")
	s.World().Advance(time.Second)
	if err := who(); err != nil {
		t.Errorf("a second later: %v", err)
	}
}
