package spec

import (
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/trust"
	"github.com/google/go-cmp/cmp"
)

const number = "512345678901"

func TestNamesInGoogleCarryTheNumberAndTheRole(t *testing.T) {
	const pool = "projects/512345678901/locations/global/workloadIdentityPools/both-ways"
	b := both(t)
	for _, c := range [][2]string{
		{b.PoolName("acme-build"), "projects/acme-build/locations/global/workloadIdentityPools/both-ways"},
		{b.ProviderName(number), pool + "/providers/aws-123456789012"},
		{b.ProviderAudience(number), "//iam.googleapis.com/" + pool + "/providers/aws-123456789012"},
		{b.JWTAudience(number), "https://iam.googleapis.com/" + pool + "/providers/aws-123456789012"},
		{b.Member(number), "principalSet://iam.googleapis.com/" + pool + "/attribute.aws_role/arn:aws:sts::123456789012:assumed-role/report-reader"},
		{b.GrantMember(number), "serviceAccount:report-reader@acme-build.iam.gserviceaccount.com"},
		{both(t, "toGoogle.access=direct").GrantMember(number), b.Member(number)},
		{both(t, "toGoogle.access=direct").ToGoogleEmail(), ""},
		{both(t, "toGoogle.token=jwt").Member(number), "principalSet://iam.googleapis.com/" + pool + "/attribute.aws_role/arn:aws:iam::123456789012:role/drawbridge/report-reader"},
		{both(t, "toGoogle.token=jwt").ProviderName("p"), "projects/p/locations/global/workloadIdentityPools/both-ways/providers/aws-123456789012-jwt"},
		{both(t, "toGoogle.token=jwt").Condition(), "assertion.sub == 'arn:aws:iam::123456789012:role/drawbridge/report-reader'"},
		{both(t, "toAWS.gke={namespace: ci, serviceAccount: runner}").GKEMember(), "serviceAccount:acme-build.svc.id.goog[ci/runner]"},
		{b.Mark(), "both-ways/acme-build/123456789012"},
		{b.Description(), "drawbridge:bridge=both-ways/acme-build/123456789012"},
		{b.ToAWSEmail(), "ci-runner@acme-build.iam.gserviceaccount.com"},
		{b.ToAWSAccountProject(), "acme-build"},
	} {
		if c[0] != c[1] {
			t.Errorf("got  %s\nwant %s", c[0], c[1])
		}
	}
}

func TestDomainScopedProjectsGiveTheirEmails(t *testing.T) {
	b := both(t, "google.project=example.com:acme-build")
	if got, want := b.ToAWSEmail(), "ci-runner@acme-build.example.com.iam.gserviceaccount.com"; got != want {
		t.Errorf("e-mail %q, want %q", got, want)
	}
	if got := b.ToAWSAccountProject(); got != "example.com:acme-build" {
		t.Errorf("project %q, want the bridge's own", got)
	}
	other := both(t, "toAWS.serviceAccount=ci-runner@p.example.org.iam.gserviceaccount.com", "adopt=toAWS.serviceAccount")
	if got := other.ToAWSAccountProject(); got != "example.org:p" {
		t.Errorf("project %q, want example.org:p", got)
	}
}

// TestDefaultMappingEvaluatesToWhatIsBound ties the derived member to what Google would compute.
func TestDefaultMappingEvaluatesToWhatIsBound(t *testing.T) {
	for _, set := range [][]string{
		nil,
		{"toGoogle.role.runsOn=lambda"},
		{"toGoogle.role.runsOn=lambda", "toGoogle.role.name=" + strings.Repeat("r", 60), "toGoogle.serviceAccount=report-reader"},
		{"toGoogle.token=jwt"},
		{"toGoogle.token=jwt", "toGoogle.role.path=/" + strings.Repeat("p", 60) + "/", "toGoogle.role.name=" + strings.Repeat("r", 60), "toGoogle.serviceAccount=report-reader"},
		{"aws.region=us-gov-west-1"},
	} {
		b := both(t, set...)
		assertion := b.Assertion(b.SampleSession())
		mapped, err := trust.Mapped(b.Mapping(), assertion)
		if err != nil {
			t.Fatal(err)
		}
		name, value := b.BoundAttribute()
		if mapped[name] != value {
			t.Errorf("%v: %s is %q, want %q", set, name, mapped[name], value)
		}
		if n := len(mapped["google.subject"]); n == 0 || n > 127 || n != b.SubjectLength() {
			t.Errorf("%v: google.subject has %d bytes, said to have %d", set, n, b.SubjectLength())
		}
		if ok, err := trust.Admits(b.Condition(), assertion, mapped); !ok || err != nil {
			t.Errorf("%v: the condition keeps the role out: %v", set, err)
		}
	}
}

func TestShorterSubjectIsChosenOnlyWhenTheARNOverflows(t *testing.T) {
	// 39 + 24 + 1 + 64 is 128: one too many.
	fits, over := strings.Repeat("r", 23), strings.Repeat("r", 24)
	lambda := []string{"toGoogle.role.runsOn=lambda", "toGoogle.serviceAccount=report-reader"}
	b := both(t, append(lambda, "toGoogle.role.name="+fits)...)
	if note := b.SubjectNote(); note != "" || b.Mapping()["google.subject"] != "assertion.arn" {
		t.Errorf("127 bytes: note %q, mapping %v", note, b.Mapping())
	}
	b = both(t, append(lambda, "toGoogle.role.name="+over)...)
	want := "google.subject is assertion.arn.extract('assumed-role/{s}'), because the whole ARN could take 128 bytes and Google allows 127"
	if note := b.SubjectNote(); note != want {
		t.Errorf("note %q, want %q", note, want)
	}
	if got := b.Mapping()["google.subject"]; got != "assertion.arn.extract('assumed-role/{s}')" {
		t.Errorf("128 bytes: subject %q", got)
	}
}

func TestCustomMappingsThatPinTheRoleAreTaken(t *testing.T) {
	const session = "arn:aws:sts::123456789012:assumed-role/report-reader/"
	bare := []string{
		"toGoogle.mapping.google.subject=assertion.arn",
		"toGoogle.mapping.attribute.aws_role=assertion.arn.extract('assumed-role/{role}/')",
	}
	for _, c := range []struct {
		name  string
		set   []string
		value string
	}{
		{"bare name, condition derived", bare, "report-reader"},
		{"bare name and more attributes", append(bare, "toGoogle.mapping.attribute.account=assertion.account"), "report-reader"},
		{"narrower prefix", append(bare, "toGoogle.condition=assertion.arn.startsWith('"+session+"i-0abc')"), "report-reader"},
		{"one session", append(bare, "toGoogle.condition=assertion.arn == '"+session+"i-0abc'"), "report-reader"},
		{"list of sessions", append(bare, "toGoogle.condition=assertion.arn in ['"+session+"a1', '"+session+"a2']"), "report-reader"},
		{"anchored pattern", append(bare, "toGoogle.condition=assertion.arn.matches('^"+session+"i-[0-9a-f]+$')"), "report-reader"},
		{"and-ed with more", append(bare, "toGoogle.condition=assertion.account == '123456789012' && assertion.arn.startsWith('"+session+"')"), "report-reader"},
		{"documented mapping, own condition", []string{"toGoogle.condition=attribute.aws_role == '" + strings.TrimSuffix(session, "/") + "'"}, strings.TrimSuffix(session, "/")},
		{
			"jwt with its own attribute",
			[]string{"toGoogle.token=jwt", "toGoogle.mapping={google.subject: assertion.sub, attribute.aws_role: \"assertion['https://sts.amazonaws.com/'].aws_account\"}"},
			"123456789012",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := both(t, c.set...)
			if _, value := b.BoundAttribute(); value != c.value {
				t.Errorf("bound value %q, want %q", value, c.value)
			}
		})
	}
}

func TestAPIsFollowTheDirections(t *testing.T) {
	b := both(t, "google.apis=webrisk.googleapis.com,iam.googleapis.com", "toAWS.vm={zone: europe-west1-b}")
	want := []string{
		"cloudresourcemanager.googleapis.com", "compute.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
		"serviceusage.googleapis.com", "sts.googleapis.com", "webrisk.googleapis.com",
	}
	if diff := cmp.Diff(want, b.APIs()); diff != "" {
		t.Errorf("APIs (-want +got):\n%s", diff)
	}
}
