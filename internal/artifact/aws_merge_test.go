package artifact_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
)

const somebodys = `; the team's file
[default]
region=eu-west-1
output  =  json

[profile dev] # a comment
s3 =
    max_concurrent_requests = 20
role_arn = arn:aws:iam::1:role/x
source_profile = default

# about the next one
[profile %s]
output = json
credential_process = /old --role x
   --more
region = us-west-2

[sso-session acme]
sso_region = us-east-1
[services local]
iam =
  endpoint_url = http://127.0.0.1`

func TestMergingKeepsEveryOtherLineByteForByte(t *testing.T) {
	profiles := input(t).Profiles()
	text := strings.ReplaceAll(somebodys, "%s", "both-ways")
	got, err := artifact.MergeProfiles(text, profiles)
	if err != nil {
		t.Fatal(err)
	}
	process := profiles[0].Settings[1][1]
	want := strings.Replace(text, "credential_process = /old --role x\n   --more\nregion = us-west-2\n", "credential_process = "+process+"\nregion = us-east-1\n", 1) +
		"\n\n[profile both-ways-file]\nregion = us-east-1\nrole_arn = arn:aws:iam::123456789012:role/drawbridge/deployer\n" +
		"web_identity_token_file = /run/drawbridge/both-ways.jwt\nrole_session_name = drawbridge-both-ways\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) and got (+):\n%s", diff)
	}
	again, err := artifact.MergeProfiles(got, profiles)
	if err != nil || again != got {
		t.Errorf("a second time: got %v and\n%s\nwant no change", err, cmp.Diff(got, again))
	}
}

func TestMergingAddsAtTheEndInTheFilesOwnManner(t *testing.T) {
	profiles := input(t).Profiles()[:1]
	for text, before := range map[string]string{
		"": "", "[default]\r\nregion = x\r\n": "[default]\r\nregion = x\r\n\r\n", "[default]": "[default]\n\n", "\ufeff": "\ufeff",
	} {
		got, err := artifact.MergeProfiles(text, profiles)
		if err != nil || !strings.HasPrefix(got, before+"[profile both-ways]") {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
		if strings.Contains(text, "\r") && strings.Count(got, "\n") != strings.Count(got, "\r\n") {
			t.Errorf("%q: got %q, want every line to end as the others", text, got)
		}
	}
}

func TestProfileThatIsSomebodysIsRefused(t *testing.T) {
	for _, line := range []string{
		"aws_access_key_id = AKIA", "AWS_Secret_Access_Key=x", "aws_session_token = x", "role_arn = arn:aws:iam::1:role/x", "sso_session = acme", "credential_source = Environment",
	} {
		for _, header := range []string{"[profile both-ways]", `[profile "both-ways"]`, "[ profile  both-ways ]"} {
			_, err := artifact.MergeProfiles(header+"\n"+line+"\n", input(t).Profiles())
			if e, ok := errors.AsType[*artifact.ProfileError](err); !ok || e.Profile != "both-ways" {
				t.Errorf("%s %s: got %v, want a refusal", header, line, err)
			}
		}
	}
	if _, err := artifact.MergeProfiles("[profile both-ways]\n[profile both-ways]\n", input(t).Profiles()); err == nil {
		t.Error("a profile that stands there twice was merged")
	}
}

func TestKeysOfTheSharedFileAreSeen(t *testing.T) {
	const file = "[other]\naws_access_key_id = A\n\n[both-ways]\n# note\naws_access_key_id=A\n"
	for name, want := range map[string]bool{"both-ways": true, "other": true, "both-ways-file": false, "both": false} {
		if got := artifact.HasKeys(file, name); got != want {
			t.Errorf("%s: got %t, want %t", name, got, want)
		}
	}
}

// Whatever a file holds, its lines come out again in their order, but for those of our profiles.
func FuzzMergingKeepsWhatIsThere(f *testing.F) {
	f.Add(somebodys)
	f.Add("[profile both-ways]\r\nregion = x\r\n\r\n[x]\r\n y = z")
	f.Add("[profile both-ways")
	f.Add("\r")
	f.Add("[profile both-ways]")
	f.Add("\ufeff[profile both-ways-file]\nregion\n=x\n[")
	f.Fuzz(func(t *testing.T, text string) {
		profiles := input(t).Profiles()
		got, err := artifact.MergeProfiles(text, profiles)
		if err != nil {
			return
		}
		rest := got
		ours := false
		for line := range strings.Lines(text) {
			if strings.HasPrefix(strings.TrimLeft(line, "\ufeff"), "[") {
				ours = strings.Contains(line, "both-ways")
			}
			if ours {
				continue
			}
			at := strings.Index(rest, strings.TrimRight(line, "\r\n"))
			if at < 0 {
				t.Fatalf("%q is gone from\n%s", line, got)
			}
			rest = rest[at+len(strings.TrimRight(line, "\r\n")):]
		}
		if again, err := artifact.MergeProfiles(got, profiles); err != nil || again != got {
			t.Errorf("a second time: got %v and\n%s", err, cmp.Diff(got, again))
		}
	})
}
