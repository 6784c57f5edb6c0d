package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

const plainInstance = "i-0acce550000000001" // seeded, in us-east-1, without a profile

// newProfile makes a role and the instance profile that carries it.
func newProfile(t *testing.T, s *sandbox.Server, name string) {
	t.Helper()
	client := iamOf(s)
	newRole(t, s, name, ec2Trust)
	must(client.CreateInstanceProfile(t.Context(), &iam.CreateInstanceProfileInput{InstanceProfileName: &name, Path: aws.String("/drawbridge/")}))(t)
	must(client.AddRoleToInstanceProfile(t.Context(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: &name, RoleName: &name}))(t)
}

func attach(ctx context.Context, s *sandbox.Server, profile string) (*ec2.AssociateIamInstanceProfileOutput, error) {
	return ec2Of(s).AssociateIamInstanceProfile(ctx, &ec2.AssociateIamInstanceProfileInput{
		InstanceId: aws.String(plainInstance), IamInstanceProfile: &types.IamInstanceProfileSpecification{Name: &profile},
	})
}

func TestProfileReachesTheInstance(t *testing.T) {
	s := start(t, sandbox.Options{})
	_, err := attach(t.Context(), s, "reader")
	if got := refusedWith(t, err, "InvalidParameterValue").ErrorMessage(); !strings.Contains(got, "Invalid IAM Instance Profile name") {
		t.Errorf("message: got %q", got)
	}
	newProfile(t, s, "reader")
	made := must(attach(t.Context(), s, "reader"))(t).IamInstanceProfileAssociation
	if made.State != types.IamInstanceProfileAssociationStateAssociating {
		t.Errorf("state: got %s, want associating", made.State)
	}
	_, err = attach(t.Context(), s, "reader")
	refusedWith(t, err, "IncorrectState")
	seen := must(ec2Of(s).DescribeIamInstanceProfileAssociations(t.Context(), &ec2.DescribeIamInstanceProfileAssociationsInput{
		Filters: []types.Filter{{Name: aws.String("instance-id"), Values: []string{plainInstance}}, {Name: aws.String("state"), Values: []string{"associated", "associating"}}},
	}))(t).IamInstanceProfileAssociations
	if len(seen) != 1 || seen[0].State != types.IamInstanceProfileAssociationStateAssociated || *seen[0].IamInstanceProfile.Arn != "arn:aws:iam::123456789012:instance-profile/drawbridge/reader" {
		t.Fatalf("associations: got %+v", seen)
	}
	must(ec2Of(s).DisassociateIamInstanceProfile(t.Context(), &ec2.DisassociateIamInstanceProfileInput{AssociationId: made.AssociationId}))(t)
	seen = must(ec2Of(s).DescribeIamInstanceProfileAssociations(t.Context(), &ec2.DescribeIamInstanceProfileAssociationsInput{AssociationIds: []string{*made.AssociationId}}))(t).IamInstanceProfileAssociations
	if len(seen) != 0 {
		t.Errorf("after disassociating: got %+v, want none", seen)
	}
}

func TestMetadataGivesTheInstanceItsRole(t *testing.T) {
	s := start(t, sandbox.Options{})
	newProfile(t, s, "reader")
	must(attach(t.Context(), s, "reader"))(t)
	client := imds.New(imds.Options{Endpoint: s.URL(), EnableFallback: aws.FalseTernary})
	if region := must(client.GetRegion(t.Context(), nil))(t).Region; region != "us-east-1" {
		t.Errorf("region: got %s", region)
	}
	keys := must(ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = client }).Retrieve(t.Context()))(t)
	who := must(sts.NewFromConfig(configOf(s, keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken)).GetCallerIdentity(t.Context(), nil))(t)
	if want := "arn:aws:sts::123456789012:assumed-role/reader/" + plainInstance; *who.Arn != want {
		t.Errorf("arn: got %s, want %s", *who.Arn, want)
	}
}

func TestMetadataInsistsOnItsSecondVersion(t *testing.T) {
	s := start(t, sandbox.Options{AsInstance: "i-0acce550000000002"})
	if got := metadata(t, s, "", "/latest/meta-data/instance-id"); got.status != http.StatusUnauthorized {
		t.Errorf("without a token: got %d, want 401", got.status)
	}
	token := metadataToken(t, s, "60")
	if got := metadata(t, s, token.body, "/latest/meta-data/iam/security-credentials"); got.body != "web-server" {
		t.Errorf("role: got %q", got.body)
	}
	var doc struct{ Region, AccountID string }
	if err := json.Unmarshal([]byte(metadata(t, s, token.body, "/latest/dynamic/instance-identity/document").body), &doc); err != nil || doc.AccountID != "123456789012" {
		t.Errorf("identity document: got %+v, %v", doc, err)
	}
	s.World().Advance(2 * time.Minute)
	if got := metadata(t, s, token.body, "/latest/meta-data/instance-id"); got.status != http.StatusUnauthorized {
		t.Errorf("with an old token: got %d, want 401", got.status)
	}
	for _, life := range []string{"", "0", "21601", "x"} {
		if got := metadataToken(t, s, life); got.status != http.StatusBadRequest {
			t.Errorf("life %q: got %d, want 400", life, got.status)
		}
	}
}

type reply struct {
	status int
	body   string
}

func metadata(t *testing.T, s *sandbox.Server, token, path string) reply {
	t.Helper()
	return send(t, http.MethodGet, s.URL()+path, map[string]string{"X-aws-ec2-metadata-token": token})
}

func metadataToken(t *testing.T, s *sandbox.Server, life string) reply {
	t.Helper()
	return send(t, http.MethodPut, s.URL()+"/latest/api/token", map[string]string{"X-aws-ec2-metadata-token-ttl-seconds": life})
}

func send(t *testing.T, method, url string, headers map[string]string, body ...string) reply {
	t.Helper()
	r := must(http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(strings.Join(body, ""))))(t)
	for name, value := range headers {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	res := must(http.DefaultClient.Do(r))(t)
	defer res.Body.Close()
	return reply{res.StatusCode, string(must(io.ReadAll(res.Body))(t))}
}
