package aws

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
)

// trustCase is a trust policy, a token and what AWS documents to come of them. Claims change the usual token of a
// service account; null takes one away.
type trustCase struct {
	Name, Source string
	Policy       json.RawMessage
	Claims       map[string]any
	Session      string
	Explicit     bool // the account has an explicit provider for Google
	Want         bool
}

const account = "123456789012"

func trustCases(t *testing.T) []trustCase {
	t.Helper()
	raw, err := os.ReadFile("../judge/testdata/aws_trust.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []trustCase
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 150 {
		t.Fatalf("got %d cases, want at least 150", len(cases))
	}
	return cases
}

// token is the case's token, unsigned: signatures are not what is tested here.
func (tc trustCase) token(t *testing.T) *webIdentity {
	t.Helper()
	const uid = "104512345678901234567"
	claims := map[string]any{
		"iss": googleIssuer, "aud": "https://sts.amazonaws.com/123456789012/ci-runner", "azp": uid, "sub": uid,
		"email": "ci-runner@acme-build.iam.gserviceaccount.com", "email_verified": true,
	}
	maps.Copy(claims, tc.Claims)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	id, err := readToken("e30." + base64.RawURLEncoding.EncodeToString(body) + ".e30")
	if err != nil {
		t.Fatal(err)
	}
	id.provider = googleHost
	if tc.Explicit {
		id.provider = iamARN("aws", account, "oidc-provider", "/", googleHost)
	}
	return id
}

func TestTrustPoliciesDecideAsDocumented(t *testing.T) {
	for _, tc := range trustCases(t) {
		t.Run(tc.Name, func(t *testing.T) {
			d, err := judge.ParseDocument(string(tc.Policy))
			if err == nil {
				err = judge.CheckTrust(d, func(string) bool { return true })
			}
			if err != nil {
				t.Fatal(err)
			}
			if tc.Session == "" {
				tc.Session = "verify-1"
			}
			c := &call{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC), region: "us-east-1", sourceIP: "192.0.2.10", agent: "test"}
			facts := c.facts()
			wish{session: tc.Session}.facts(facts)
			id := tc.token(t)
			id.facts(facts)
			access := judge.Access{Action: "sts:AssumeRoleWithWebIdentity", Resource: "arn:aws:iam::123456789012:role/ci-runner", Facts: facts}
			effect, _ := judge.Trust(access, d, judge.Party{Federated: []string{id.provider}}, nil)
			if got := effect == judge.Allow; got != tc.Want {
				t.Errorf("admitted: got %v, want %v (%s)", got, tc.Want, tc.Source)
			}
		})
	}
}
