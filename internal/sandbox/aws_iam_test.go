package sandbox_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// start runs a sandbox for one test.
func start(t *testing.T, o sandbox.Options) *sandbox.Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// config is the AWS operator's.
func config(s *sandbox.Server) aws.Config {
	id, secret := s.World().OperatorKey()
	return configOf(s, id, secret, "")
}

func configOf(s *sandbox.Server, id, secret, token string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL()), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, token),
	}
}

func iamOf(s *sandbox.Server) *iam.Client { return iam.NewFromConfig(config(s)) }
func stsOf(s *sandbox.Server) *sts.Client { return sts.NewFromConfig(config(s)) }
func ec2Of(s *sandbox.Server) *ec2.Client { return ec2.NewFromConfig(config(s)) }

// must unwraps an answer that the test takes for granted.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// refusedWith checks an error's code.
func refusedWith(t *testing.T, err error, code string) smithy.APIError {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Fatalf("got error %v, want code %s", err, code)
	}
	return api
}

const ec2Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func newRole(t *testing.T, s *sandbox.Server, name, trust string) *types.Role {
	t.Helper()
	return must(iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: &name, Path: aws.String("/drawbridge/"), AssumeRolePolicyDocument: &trust,
		Tags: []types.Tag{{Key: aws.String("drawbridge:bridge"), Value: aws.String("x")}},
	}))(t).Role
}

func TestOperatorIsWhoTheFilesSay(t *testing.T) {
	s := start(t, sandbox.Options{})
	got := must(stsOf(s).GetCallerIdentity(t.Context(), nil))(t)
	if want := "arn:aws:iam::123456789012:user/operator"; *got.Arn != want {
		t.Errorf("arn: got %s, want %s", *got.Arn, want)
	}
}

func TestRoleComesBackAsItWasMade(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "reader", ec2Trust)
	got := must(iamOf(s).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("reader")}))(t).Role
	if want := "arn:aws:iam::123456789012:role/drawbridge/reader"; *got.Arn != want {
		t.Errorf("arn: got %s, want %s", *got.Arn, want)
	}
	if trust, _ := url.PathUnescape(*got.AssumeRolePolicyDocument); trust != ec2Trust {
		t.Errorf("trust: got %s, want %s", trust, ec2Trust)
	}
	if len(got.Tags) != 1 || *got.Tags[0].Key != "drawbridge:bridge" {
		t.Errorf("tags: got %v", got.Tags)
	}
}

func TestRoleNamesAreUniqueWithoutCaseOrPath(t *testing.T) {
	s := start(t, sandbox.Options{})
	newRole(t, s, "reader", ec2Trust)
	_, err := iamOf(s).CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("READER"), AssumeRolePolicyDocument: aws.String(ec2Trust)})
	refusedWith(t, err, "EntityAlreadyExists")
}

func TestUnknownCallersAreRefused(t *testing.T) {
	s := start(t, sandbox.Options{})
	id, _ := s.World().OperatorKey()
	for name, tc := range map[string]struct{ id, secret, code string }{
		"unknown key":  {"AKIAUNKNOWNUNKNOWN12", "x", "InvalidClientTokenId"},
		"wrong secret": {id, "not-the-secret", "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sts.NewFromConfig(configOf(s, tc.id, tc.secret, "")).GetCallerIdentity(t.Context(), nil)
			refusedWith(t, err, tc.code)
		})
	}
}
