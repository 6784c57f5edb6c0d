package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/drawbridge-cloud/drawbridge/internal/cloud"
)

// doubt is something that the clouds' documentation leaves open, on which a decision of ours rests. Without settle a run
// cannot tell, and open says why.
type doubt struct {
	id, question, open string
	settle             func(s *scenario, probed map[string]string) string // the answer; "" while it stays open
}

// doubts are listed in docs/live.md under the same ids.
var doubts = []doubt{
	{"G01", "which spelling of pool permissions may be tested on a project", "", func(_ *scenario, p map[string]string) string { return p["spelling"] }},
	{"G02", "does GET show the default mapping of an AWS provider", "every provider of ours has its mapping written out", nil},
	{"G03", "how long a token federated from AWS lives", "the proof asks for no more than it needs", nil},
	{"G04", "how the token service words its refusals", "the proof tells refusals apart in words of its own; run it with --log and look", nil},
	{"G05", "how many pools and providers a project may have", "nobody makes that many to find out", nil},
	{"G07", "may a pool of the own organisation be granted under allowed member domains", "depends on the organisation's policy", nil},
	{"G08", "are providers for accounts of GovCloud and China accepted", "needs such an account", nil},
	{"G09", "does polling a pool's operation take iam.operations.get", "an owner has it", nil},
	{"G10", "is a condition on an unmapped attribute an error or false", "no condition of ours names one", nil},
	{"G11", "is a time condition honoured on a service account's own policy", "", func(s *scenario, _ map[string]string) string {
		return s.proven("to-aws", "kept, and it let the caller in while it held")
	}},
	{"A01", "which provider for Google is asked first when there are two", "needs a second one in the account", nil},
	{"A02", "does IAM take a trust policy for Google without a condition", "none such is ever written", nil},
	{"A03", "does GovCloud know Google", "needs such an account", nil},
	{"A04", "is iam:PassedToService there when a role is put into a profile", "an administrator is not asked for it", nil},
	{"A05", "what the claim of the organisation's number looks like", "no trust policy of ours reads it", nil},
	{"A06", "how long a trust policy may be", "", func(_ *scenario, p map[string]string) string { return p["trust size"] }},
	{"A07", "does Google take ES384 from an account's issuer", "RS256 is asked for", nil},
	{"A08", "in which order STS checks a web identity", "a bad token for a role that does not exist is never sent", nil},
	{"A09", "is the azp of a minted ID token the account's number", "", func(s *scenario, _ map[string]string) string {
		return s.proven("to-aws", "yes: the trust policy pins it and let the token in")
	}},
}

// settle prints what the run has settled, and what it has not.
func (s *scenario) settle(probed map[string]string) {
	settled := 0
	for _, d := range doubts {
		answer := ""
		if d.settle != nil {
			answer = d.settle(s, probed)
		}
		if answer == "" {
			s.Logf("%s %s: still open: %s", d.id, d.question, d.open)
			continue
		}
		settled++
		s.Logf("%s %s: SETTLED: %s", d.id, d.question, answer)
	}
	s.Logf("%d of %d doubts settled", settled, len(doubts))
	if settled < 3 {
		s.Errorf("got %d doubts settled, want those that every run settles", settled)
	}
}

// proven is an answer that stands when a direction was proven.
func (s *scenario) proven(direction, answer string) string {
	for i := range 2 {
		at := fmt.Sprintf("proofs.%d.", i)
		d, _ := lookUp(s.told["verify"], at+"direction")
		if v, _ := lookUp(s.told["verify"], at+"verdict"); d == direction && v == "proven" {
			return answer
		}
	}
	return ""
}

// probe asks both clouds, while the bridge stands, what the commands do not print.
func (s *scenario) probe() map[string]string {
	s.Helper()
	out := map[string]string{}
	g, a, err := cloud.Open(s.Context(), cloud.Options{Env: func(k string) string { return s.env[k] }, Project: s.project, Account: s.account, Region: s.region})
	if err != nil {
		s.Fatal(err)
	}
	var spellings []string
	for _, name := range []string{"iam.googleapis.com/workloadIdentityPools.create", "iam.workloadIdentityPools.create"} {
		held, err := cloud.TestProjectPermissions(s.Context(), g, "", s.project, []string{name})
		switch {
		case err != nil:
			spellings = append(spellings, name+" is refused")
		case slices.Contains(held, name):
			spellings = append(spellings, name+" is held")
		default:
			spellings = append(spellings, name+" is not held")
		}
	}
	out["spelling"] = strings.Join(spellings, ", ")
	if sum, err := a.IAM.GetAccountSummary(s.Context(), &iam.GetAccountSummaryInput{}); err == nil {
		out["trust size"] = fmt.Sprintf("%d characters", sum.SummaryMap["AssumeRolePolicySizeQuota"])
	}
	return out
}
