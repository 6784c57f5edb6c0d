package judge

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func readCases[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s holds no cases", name)
	}
	return cases
}

func TestIdentityPoliciesDecideAsDocumented(t *testing.T) {
	type policyCase struct {
		Name, Source, Action, Resource, Want string
		Policy                               json.RawMessage
		Facts                                map[string]string
		Lists                                map[string][]string
	}
	words := map[Effect]string{Silent: "silent", Allow: "allow", Deny: "deny"}
	for _, tc := range readCases[policyCase](t, "aws_policy.json") {
		t.Run(tc.Name, func(t *testing.T) {
			d, err := ParseDocument(string(tc.Policy))
			if err == nil {
				err = CheckPermissions(d)
			}
			if err != nil {
				t.Fatal(err)
			}
			facts := Facts{}
			for key, value := range tc.Facts {
				facts.Set(key, value)
			}
			for key, values := range tc.Lists {
				facts.SetMany(key, values...)
			}
			effect, _ := Identity(Access{Action: tc.Action, Resource: tc.Resource, Facts: facts}, []Document{d})
			if words[effect] != tc.Want {
				t.Errorf("got %s, want %s (%s)", words[effect], tc.Want, tc.Source)
			}
		})
	}
}

func TestMalformedPoliciesAreNamedInIAMsWords(t *testing.T) {
	type malformedCase struct{ Name, Kind, Document, Want string }
	there := func(name string) bool { return slices.Contains([]string{"123456789012"}, name) }
	for _, tc := range readCases[malformedCase](t, "aws_malformed.json") {
		t.Run(tc.Name, func(t *testing.T) {
			d, err := ParseDocument(tc.Document)
			if err == nil && tc.Kind == "trust" {
				err = CheckTrust(d, there)
			} else if err == nil {
				err = CheckPermissions(d)
			}
			if err == nil || err.Error() != tc.Want {
				t.Errorf("got %v, want %s", err, tc.Want)
			}
		})
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"ForAllValues:StringLikeIfExists":{"accounts.google.com:sub":["1*","${a, 'b'}"]}}}]}`)
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":["*"],"NotResource":"*","Condition":{"Bool":{"x":true},"NumericEquals":{"y":1.5}}}}`)
	facts := Facts{}
	facts.Set("accounts.google.com:sub", "104512345678901234567")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDocument(text)
		if err != nil {
			if d.Statements != nil {
				t.Error("a document that cannot be read has statements")
			}
			return
		}
		_ = CheckTrust(d, func(string) bool { return true })
		_ = CheckPermissions(d)
		Trust(Access{Action: "sts:AssumeRoleWithWebIdentity", Resource: "*", Facts: facts}, d, Party{Federated: []string{"accounts.google.com"}}, nil)
	})
}
