package audit

import (
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

func TestABridgeJustAppliedHasNoFindingThatMatters(t *testing.T) {
	for name, file := range map[string]string{
		"both ways": bothWays,
		"to AWS":    "version: 1\nname: ci-to-sqs\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\ntoAWS: {}\n",
		"jwt": "version: 1\nname: down\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\n" +
			"toGoogle: {role: {name: reader, runsOn: ecs}, grants: [roles/browser]}\n",
		"direct": "version: 1\nname: direct\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\n" +
			"toGoogle: {role: {name: reader, runsOn: lambda}, access: direct, grants: [roles/browser]}\n",
	} {
		t.Run(name, func(t *testing.T) {
			report := standing(t, file).audit()
			for _, f := range report.Findings {
				if f.Severity.Reaches(Medium) {
					t.Errorf("got %s %s on %s: %s", f.ID, f.Severity, f.Resource, f.Evidence)
				}
			}
			for _, n := range report.NotEvaluated {
				if n.Severity.Reaches(Medium) && !n.Optional {
					t.Errorf("%s was not evaluated: %s", n.ID, n.Reason)
				}
			}
		})
	}
}

func TestEveryRuleSaysWhatItIs(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || !strings.HasPrefix(r.Reference, "https://") || !r.Severity.Reaches(Info) || r.find == nil {
			t.Errorf("%s: got %+v", r.ID, r)
		}
		if !r.Optional && len(r.Needs) == 0 && !strings.HasPrefix(r.ID, "GCP-CFG-") {
			t.Errorf("%s needs nothing, so it can never be said to be unread", r.ID)
		}
	}
	for family, n := range map[string]int{
		"AWS-T": 16, "AWS-P": 5, "AWS-R": 9, "AWS-K": 3, "AWS-I": 5, "AWS-O": 3, "AWS-L": 1,
		"GCP-TRUST-": 23, "GCP-SA-": 13, "GCP-POOL-": 8, "GCP-PRJ-": 7, "GCP-CFG-": 10,
	} {
		got := 0
		for id := range seen {
			if strings.HasPrefix(id, family) {
				got++
			}
		}
		if got != n {
			t.Errorf("%s: got %d rules, want %d", family, got, n)
		}
	}
}

func TestWhatCouldNotBeReadIsNotPassed(t *testing.T) {
	r := standing(t, bothWays)
	if err := r.server.SetFaults("aws.iam.GetAccountAuthorizationDetails=AccessDenied"); err != nil {
		t.Fatal(err)
	}
	report := r.audit()
	said := map[string]string{}
	for _, n := range report.NotEvaluated {
		said[n.ID] = n.Reason
	}
	for _, rule := range Rules() {
		if slices.Contains(rule.Needs, inventory.PartIdentities) && !strings.Contains(said[rule.ID], "iam:GetAccountAuthorizationDetails") {
			t.Errorf("%s: got %q, want it not evaluated for lack of iam:GetAccountAuthorizationDetails", rule.ID, said[rule.ID])
		}
	}
}
