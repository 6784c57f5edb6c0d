package audit

import (
	"slices"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

const goodFile = `{"type":"external_account","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/v",
"token_url":"https://sts.googleapis.com/v1/token","service_account_impersonation_url":"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@proj.iam.gserviceaccount.com:generateAccessToken",
"service_account_impersonation":{"token_lifetime_seconds":3600},
"credential_source":{"environment_id":"aws1","region_url":"http://169.254.169.254/latest/meta-data/placement/availability-zone","url":"http://169.254.169.254/latest/meta-data/iam/security-credentials",
"regional_cred_verification_url":"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15","imdsv2_session_token_url":"http://169.254.169.254/latest/api/token"}}`

type fileCase struct {
	name, from, to string
	mode           uint32
	want           []string
}

// fileCases changes one thing of a file as it is generated.
func fileCases() []fileCase {
	return []fileCase{
		{"as generated", "", "", 0o600, nil},
		{"a key", "external_account", "service_account", 0o600, []string{"GCP-CFG-01"}},
		{"not JSON", goodFile, "key", 0o600, []string{"GCP-CFG-01"}},
		{"another provider", "providers/v", "providers/w", 0o600, []string{"GCP-CFG-02"}},
		{"the id for the number", "projects/1/", "projects/proj/", 0o600, []string{"GCP-CFG-02"}},
		{"elsewhere", "https://sts.googleapis.com", "https://sts.googleapis.com.evil.example", 0o600, []string{"GCP-CFG-03"}},
		{"in the clear", "https://sts.googleapis.com", "http://sts.googleapis.com", 0o600, []string{"GCP-CFG-03"}},
		{"a program", `"environment_id"`, `"executable":{"command":"/tmp/x"},"environment_id"`, 0o600, []string{"GCP-CFG-04"}},
		{"IMDSv1", "imdsv2_session_token_url", "x", 0o600, []string{"GCP-CFG-05"}},
		{"another account", "/a@proj", "/b@proj", 0o600, []string{"GCP-CFG-06"}},
		{"long tokens", "3600", "43200", 0o600, []string{"GCP-CFG-07"}},
		{"other metadata", "http://169.254.169.254/latest/api", "http://10.0.0.1/latest/api", 0o600, []string{"GCP-CFG-08"}},
		{"another environment", "aws1", "aws2", 0o600, []string{"GCP-CFG-09"}},
		{"no verification", "regional_cred_verification_url", "x", 0o600, []string{"GCP-CFG-09"}},
		{"for everybody", "", "", 0o666, []string{"GCP-CFG-10"}},
	}
}

func TestCredentialFilesAreRead(t *testing.T) {
	for _, tt := range fileCases() {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory.Inventory{
				Project: &inventory.Project{
					ID: "proj", Number: "1", State: "ACTIVE", Accounts: []inventory.ServiceAccount{{Email: "a@proj.iam.gserviceaccount.com"}},
					Pools: []inventory.Pool{{ID: "p", Providers: []inventory.Provider{{ID: "v", AWSAccount: "1"}}}},
				},
				Files: []inventory.File{{Path: "c.json", Mode: tt.mode, Bytes: []byte(strings.Replace(goodFile, tt.from, tt.to, 1))}},
			}
			got := slices.DeleteFunc(ids(Evaluate(inv).Findings), func(id string) bool { return !strings.HasPrefix(id, "GCP-CFG-") })
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
