package steps

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

func TestRoleOfOursOutsideOurPathIsFound(t *testing.T) {
	r := newRig(t, strings.Replace(explicitFile, "role: {name: runner}", "role: {name: runner, path: /teams/}", 1), sandbox.Options{})
	r.apply(Present)
	r.file(toGoogleFile)
	c := r.wantAction(r.plan(Present), "aws.role:runner", Remove)
	if !strings.Contains(c.Title, "/teams/runner") {
		t.Errorf("got %q, want its path", c.Title)
	}
	r.apply(Present)
	r.wantKept(r.plan(Present))
	doc := trustOf(`{"Service":"ec2.amazonaws.com"}`)
	_, err := r.aws.IAM.CreateRole(r.Context(), &awsiam.CreateRoleInput{RoleName: aws.String("lookalike"), AssumeRolePolicyDocument: &doc, Description: aws.String("Lets nobody in (drawbridge)")})
	r.must(err)
	r.wantKept(r.plan(Present)) // without our tag it is not ours, whatever it says of itself
}

func TestInstanceThatTheFileDropsIsToldAndLeft(t *testing.T) {
	r := newRig(t, toGoogleFile, sandbox.Options{})
	id := r.runInstance()
	r.file(attachedFile(id))
	r.apply(Present)
	r.file(strings.Replace(attachedFile(id), ", instance: "+id, "", 1))
	c := r.wantAction(r.plan(Present), "aws.instance-profile", Keep)
	for _, part := range []string{"also there and not ours", id, "disassociate-iam-instance-profile"} {
		if !strings.Contains(c.Reason, part) {
			t.Errorf("got %q, want it to say %q", c.Reason, part)
		}
	}
}

func TestKubernetesAccountThatTheFileDropsIsToldAndLeft(t *testing.T) {
	r := newRig(t, toAWSFile, sandbox.Options{})
	r.apply(Present)
	r.file(strings.Replace(toAWSFile, "  gke: {namespace: ci, serviceAccount: runner}\n", "", 1))
	c := r.wantAction(r.plan(Present), "google.service-account.to-aws", Keep)
	for _, part := range []string{"also there and not ours", "svc.id.goog[ci/runner]", "remove-iam-policy-binding"} {
		if !strings.Contains(c.Reason, part) {
			t.Errorf("got %q, want it to say %q", c.Reason, part)
		}
	}
}
