package judge_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
)

func readCases[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// federationCase is a mapping and a condition, and what they make of an assertion. Exactly one of Want, Refused and
// Invalid is set.
type federationCase struct {
	Name, Source string
	Mapping      map[string]string
	Condition    string
	Assertion    map[string]any
	Want         *judge.Attributes
	Refused      *struct{ Code, Text string }
	Invalid      string
}

func TestFederationDecidesAsDocumented(t *testing.T) {
	for _, tc := range readCases[federationCase](t, "google_federation.json") {
		t.Run(tc.Name, func(t *testing.T) {
			f, err := judge.CompileFederation(tc.Mapping, tc.Condition)
			if tc.Invalid != "" {
				var invalid judge.Invalid
				if !errors.As(err, &invalid) || !strings.Contains(err.Error(), tc.Invalid) {
					t.Errorf("got %v, want %q (%s)", err, tc.Invalid, tc.Source)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Map(tc.Assertion)
			if tc.Refused != nil {
				var refusal *judge.Refusal
				if !errors.As(err, &refusal) || refusal.Code != tc.Refused.Code || !strings.Contains(refusal.Reason, tc.Refused.Text) {
					t.Errorf("got %v, want %+v (%s)", err, *tc.Refused, tc.Source)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*tc.Want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got)\n%s(%s)", diff, tc.Source)
			}
		})
	}
}

type bindingCase struct {
	Name, Source, Expression string
	At                       time.Time
	Resource                 judge.Resource
	Holds, Invalid           bool
}

func TestBindingConditionsDecideAsDocumented(t *testing.T) {
	for _, tc := range readCases[bindingCase](t, "google_binding.json") {
		t.Run(tc.Name, func(t *testing.T) {
			if tc.Expression != "" {
				if err := judge.CheckBindingCondition(tc.Expression); (err != nil) != tc.Invalid {
					t.Fatalf("check: got %v, want invalid %t (%s)", err, tc.Invalid, tc.Source)
				}
			}
			q := judge.Question{Who: judge.Principals{"user:a@x"}, Permission: "iam.serviceAccounts.getOpenIdToken", On: tc.Resource, At: tc.At}
			bindings := []judge.Binding{{Role: "roles/iam.serviceAccountOpenIdTokenCreator", Members: []string{"user:a@x"}, Condition: tc.Expression}}
			if got := judge.Allowed(q, nil, bindings); got != tc.Holds {
				t.Errorf("got %t, want %t (%s)", got, tc.Holds, tc.Source)
			}
		})
	}
}

func TestRolesHoldWhatTheyAreKnownToHold(t *testing.T) {
	has := func(role, permission string) bool {
		return slices.Contains(judge.PredefinedRoles()[role].Permissions, permission)
	}
	const pools, providers = "iam.googleapis.com/workloadIdentityPools.", "iam.googleapis.com/workloadIdentityPoolProviders."
	for _, tc := range []struct {
		role, permission string
		want             bool
	}{
		{"roles/owner", "iam.serviceAccounts.getAccessToken", false},
		{"roles/owner", "iam.serviceAccounts.getOpenIdToken", false},
		{"roles/owner", "iam.serviceAccounts.signJwt", false},
		{"roles/owner", "iam.serviceAccounts.setIamPolicy", true},
		{"roles/owner", "iam.serviceAccounts.undelete", true},
		{"roles/owner", pools + "undelete", true},
		{"roles/owner", providers + "create", true},
		{"roles/owner", "resourcemanager.projects.setIamPolicy", true},
		{"roles/owner", "iam.operations.get", true},
		{"roles/editor", "iam.serviceAccounts.create", true},
		{"roles/editor", "iam.serviceAccountKeys.create", true},
		{"roles/editor", "iam.serviceAccounts.setIamPolicy", false},
		{"roles/editor", pools + "get", true},
		{"roles/editor", pools + "create", false},
		{"roles/editor", providers + "update", false},
		{"roles/editor", "resourcemanager.projects.setIamPolicy", false},
		{"roles/editor", "serviceusage.services.enable", true},
		{"roles/viewer", pools + "list", true},
		{"roles/viewer", providers + "get", true},
		{"roles/viewer", "iam.serviceAccounts.getIamPolicy", true},
		{"roles/viewer", "iam.serviceAccountKeys.list", true},
		{"roles/viewer", "resourcemanager.projects.getIamPolicy", true},
		{"roles/viewer", "orgpolicy.policy.get", true},
		{"roles/viewer", "serviceusage.services.list", true},
		{"roles/viewer", "iam.serviceAccounts.create", false},
		{"roles/iam.workloadIdentityUser", "iam.serviceAccounts.getOpenIdToken", true},
		{"roles/iam.workloadIdentityUser", "iam.serviceAccounts.getAccessToken", true},
		{"roles/iam.serviceAccountOpenIdTokenCreator", "iam.serviceAccounts.getAccessToken", false},
		{"roles/iam.serviceAccountUser", "iam.serviceAccounts.actAs", true},
		{"roles/iam.serviceAccountUser", "iam.serviceAccounts.getAccessToken", false},
		{"roles/iam.workloadIdentityPoolAdmin", "iam.operations.get", false},
		{"roles/iam.workloadIdentityPoolAdmin", pools + "undelete", true},
		{"roles/iam.securityAdmin", "iam.serviceAccounts.create", false},
		{"roles/iam.securityReviewer", pools + "list", true},
		{"roles/iam.securityReviewer", pools + "get", false},
		{"roles/iam.securityReviewer", "serviceusage.services.get", false},
	} {
		if got := has(tc.role, tc.permission); got != tc.want {
			t.Errorf("%s holds %s: got %t, want %t", tc.role, tc.permission, got, tc.want)
		}
	}
}

func TestRolesNameOnlyKnownPermissions(t *testing.T) {
	known := judge.Permissions()
	for name, role := range judge.PredefinedRoles() {
		for _, permission := range role.Permissions {
			if !slices.Contains(known, permission) {
				t.Errorf("%s holds %s, which is not a known permission", name, permission)
			}
		}
	}
}

func FuzzFederationNeverPanics(f *testing.F) {
	f.Add("assertion.arn", "assertion.arn.extract('a{x}b') == 'y'")
	f.Add("assertion.arn.split('/')[1]", "true")
	f.Fuzz(func(t *testing.T, expression, condition string) {
		compiled, err := judge.CompileFederation(map[string]string{"google.subject": expression}, condition)
		if err != nil {
			return
		}
		got, err := compiled.Map(map[string]any{"arn": "arn:aws:sts::1:assumed-role/a/b", "account": "1"})
		if err == nil && (got.Subject == "" || len(got.Subject) > 127) {
			t.Errorf("got subject %q, want 1 to 127 bytes", got.Subject)
		}
	})
}
