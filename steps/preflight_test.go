package steps

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestPreflightOfTheSandboxFindsNothingInTheWay(t *testing.T) {
	for _, name := range []string{"ci-to-sqs.yaml", "ec2-to-google.yaml", "both-ways.yaml"} {
		r := newRig(t, example(t, name), sandbox.Options{})
		ctx := r.calling()
		report, err := Preflight(ctx, r.world(), cloud.SignIn(ctx, r.google, r.aws), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range report.Checks {
			t.Logf("%s %s %s: %s %s", c.Outcome, c.ID, c.Title, c.Detail, c.Fix)
			if c.Outcome != CheckOK {
				t.Errorf("%s: %s: got %s (%s), want ok", name, c.ID, c.Outcome, c.Detail)
			}
		}
		for _, call := range r.called() {
			t.Log(call)
		}
	}
}

// obstacle is a world in which one check has to come out in one way.
type obstacle struct {
	name, file, id string
	want           CheckOutcome
	part           string
	spoil          func(*rig)
}

func TestPreflightNamesWhatIsInTheWay(t *testing.T) {
	for _, tt := range slices.Concat(obstaclesByPolicy(), obstaclesInGoogle(), obstaclesInAWS()) {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.file, sandbox.Options{})
			tt.spoil(r)
			ctx := r.calling()
			w := r.world()
			if strings.HasSuffix(tt.id, ".clock") {
				w.Now = func() time.Time { return r.server.World().Now().Add(10 * time.Minute) }
			}
			report, err := Preflight(ctx, w, cloud.SignIn(ctx, r.google, r.aws), nil)
			r.must(err)
			for _, c := range report.Checks {
				if c.ID != tt.id {
					continue
				}
				if c.Outcome != tt.want || !strings.Contains(c.Detail, tt.part) {
					t.Errorf("got %s (%s), want %s naming %q", c.Outcome, c.Detail, tt.want, tt.part)
				}
				if tt.want != CheckOK && c.Fix == "" {
					t.Error("the check carries no fix")
				}
				if report.Blocked() != (tt.want == CheckBlocked) {
					t.Errorf("the whole: got blocked %v", report.Blocked())
				}
				return
			}
			t.Errorf("no check %s", tt.id)
		})
	}
}

// TestSessionIsJudgedByItsRole signs in through a role with a path: simulation knows roles, not sessions.
func TestSessionIsJudgedByItsRole(t *testing.T) {
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/operator"},"Action":"sts:AssumeRole"}]}`
	for _, tt := range []struct {
		name, policy, part string
		want               CheckOutcome
	}{
		{"all is allowed", version + permitAll + "]}", "", CheckOK},
		{"an action is missing", version + permitAll + `,{"Effect":"Deny","Action":"iam:TagRole","Resource":"*"}]}`, "iam:TagRole", CheckBlocked},
		{"the role may not be looked at", version + permitAll + `,{"Effect":"Deny","Action":"iam:GetRole","Resource":"arn:aws:iam::123456789012:role/team/platform"}]}`, "iam:GetRole", CheckUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, toAWSFile, sandbox.Options{})
			_, err := r.aws.IAM.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("platform"), Path: new("/team/"), AssumeRolePolicyDocument: new(trust)})
			r.must(err)
			_, err = r.aws.IAM.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: new("platform"), PolicyName: new("all"), PolicyDocument: &tt.policy})
			r.must(err)
			a := r.throughRole("arn:aws:iam::123456789012:role/team/platform")
			w := r.world()
			w.AWS = a
			report, err := Preflight(r.calling(), w, cloud.SignIn(r.calling(), r.google, a), nil)
			r.must(err)
			i := slices.IndexFunc(report.Checks, func(c Check) bool { return c.ID == "aws.permissions" })
			if c := report.Checks[i]; c.Outcome != tt.want || !strings.Contains(c.Detail, tt.part) {
				t.Errorf("got %s (%s), want %s naming %q", c.Outcome, c.Detail, tt.want, tt.part)
			}
		})
	}
}

// throughRole signs in to AWS as a session of a role.
func (r *rig) throughRole(arn string) *cloud.AWS {
	r.Helper()
	out, err := r.aws.STS.AssumeRole(r.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: new("ana")})
	r.must(err)
	env := maps.Clone(r.server.Environ())
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = *out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken
	_, a, err := cloud.Open(r.Context(), cloud.Options{Env: func(k string) string { return env[k] }, Region: r.bridge.AWS.Region})
	r.must(err)
	return a
}
