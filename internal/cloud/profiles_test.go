package cloud

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProfilesAreReadFromBothFiles(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"AWS_CONFIG_FILE": "[default]\nregion = us-east-1\n[profile prod]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = admin\nregion = eu-west-1\n" +
			"[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n" +
			"[profile deploy]\nrole_arn = arn:aws:iam::210987654321:role/deploy\nsource_profile = keys\n",
		"AWS_SHARED_CREDENTIALS_FILE": "[keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n",
	}
	env := map[string]string{}
	for name, text := range files {
		env[name] = filepath.Join(dir, name)
		if err := os.WriteFile(env[name], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := Profiles(t.Context(), func(k string) string { return env[k] })
	want := []Profile{
		{Name: "default", Region: "us-east-1"},
		{Name: "deploy", Kind: "keys", Account: "210987654321"},
		{Name: "keys", Kind: "keys"},
		{Name: "prod", Kind: "sso", Account: "123456789012", Region: "eu-west-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("profiles (-want +got):\n%s", diff)
	}
}

func TestNoFilesHoldNoProfiles(t *testing.T) {
	if got := Profiles(t.Context(), func(string) string { return "" }); got != nil {
		t.Errorf("got %v, want none", got)
	}
}
