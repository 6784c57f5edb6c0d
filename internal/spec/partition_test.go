package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesDeriveRightInEveryPartition(t *testing.T) {
	for _, c := range []struct {
		region, partition, suffix, level, service string
	}{
		{"eu-west-1", "aws", "amazonaws.com", StandingOK, "ec2.amazonaws.com"},
		{"mx-central-1", "aws", "amazonaws.com", StandingOK, "ec2.amazonaws.com"},
		{"us-gov-west-1", "aws-us-gov", "amazonaws.com", StandingWarn, "ec2.amazonaws.com"},
		{"cn-north-1", "aws-cn", "amazonaws.com.cn", StandingBlocked, "ec2.amazonaws.com.cn"},
		{"eusc-de-east-1", "aws-eusc", "amazonaws.eu", StandingBlocked, "ec2.amazonaws.com"},
	} {
		t.Run(c.region, func(t *testing.T) {
			b := both(t, "aws.region="+c.region)
			level, why := b.Standing()
			p := "arn:" + c.partition
			got := []string{
				b.Partition(), b.DNSSuffix(), level, b.ToAWSRoleARN(), b.ToAWSSessionPrefix(), b.GoogleProviderARN(),
				b.ToGoogleRoleARN(), b.ToGoogleSessionPrefix(), b.InstanceProfileARN(), b.Condition(),
				b.WorkloadTrust().Statement[0].Principal["Service"][0],
			}
			want := []string{
				c.partition, c.suffix, c.level, p + ":iam::123456789012:role/drawbridge/ci-runner",
				p + ":sts::123456789012:assumed-role/ci-runner/", p + ":iam::123456789012:oidc-provider/accounts.google.com",
				p + ":iam::123456789012:role/drawbridge/report-reader", p + ":sts::123456789012:assumed-role/report-reader/",
				p + ":iam::123456789012:instance-profile/drawbridge/report-reader",
				"assertion.arn.startsWith('" + p + ":sts::123456789012:assumed-role/report-reader/')", c.service,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			if (why == "") != (level == StandingOK) {
				t.Errorf("level %q has the reason %q", level, why)
			}
		})
	}
}

func TestRegionsOutsideTheKnownPartitionsBelongToNone(t *testing.T) {
	for _, region := range []string{"", "us", "us-east", "us-east-0", "us-east-x", "us-iso-east-1", "us-isob-east-1", "aws-global", "us-gov-1", "eusc-fr-east-1", "us--1", "us-east-100"} {
		if p, ok := partitionOf(region); ok {
			t.Errorf("partitionOf(%q) = %q, want none", region, p.id)
		}
	}
}

// both is a bridge in both directions with settings laid over.
func both(t *testing.T, set ...string) Bridge {
	t.Helper()
	base := []string{
		"version=1", "name=both-ways", "google.project=acme-build", "aws.account=123456789012", "aws.region=eu-west-1",
		"toAWS.serviceAccount=ci-runner", "toGoogle.role.name=report-reader",
	}
	b, err := ParseWith("--set", nil, append(base, set...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
