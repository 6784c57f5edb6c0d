package artifact

import (
	"slices"
	"testing"
)

func TestSettingsAreThoseOfTheProfileAlone(t *testing.T) {
	const config = "\ufeff[default]\nregion = x\n[profile a]\r\n Region = y\nAWS_Access_Key_ID = k\r\n# role_arn = z\n[profile  \"b\" ]\ncredential_process = c\n[sso-session a]\nsso_region = q\n"
	const credentials = "[a]\naws_access_key_id=k\naws_session_token = t\n[ b ]\n[profile c]\naws_access_key_id = k\n"
	for _, tt := range []struct {
		name      string
		got, want []string
	}{
		{"keys, in lower case", ConfigSettings(config, "a"), []string{"aws_access_key_id"}},
		{"quoted", ConfigSettings(config, "b"), []string{"credential_process"}},
		{"not there", ConfigSettings(config, "c"), nil},
		{"no profile", ConfigSettings(config, "default"), nil},
		{"in the credentials", CredentialSettings(credentials, "a"), []string{"aws_access_key_id", "aws_session_token"}},
		{"empty", CredentialSettings(credentials, "b"), []string{}},
		{"another word", CredentialSettings(credentials, "c"), nil},
	} {
		if !slices.Equal(tt.got, tt.want) || (tt.got == nil) != (tt.want == nil) {
			t.Errorf("%s: got %#v, want %#v", tt.name, tt.got, tt.want)
		}
	}
}
