package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestWhatIsPastedLandsInItsField(t *testing.T) {
	for _, c := range []struct {
		name, text, at string
		want           map[string]string
	}{
		{"a role's ARN", "arn:aws:iam::210987654321:role/team/runner", "toAWS.role.name", map[string]string{
			"aws.account": "210987654321", "toAWS.role.name": "runner", "toAWS.role.path": "/team/",
		}},
		{"a role's ARN for the other way", " arn:aws:iam::210987654321:role/runner\n", "toGoogle.role.name", map[string]string{
			"aws.account": "210987654321", "toGoogle.role.name": "runner", "toGoogle.role.path": "/",
		}},
		{"an account's e-mail", "ci@acme-build.iam.gserviceaccount.com", "name", map[string]string{
			"toAWS.serviceAccount": "ci@acme-build.iam.gserviceaccount.com",
		}},
		{"a member", "serviceAccount:ci@acme-build.iam.gserviceaccount.com", "toGoogle.serviceAccount", map[string]string{
			"toGoogle.serviceAccount": "ci@acme-build.iam.gserviceaccount.com",
		}},
		{"a page of Google's console", "https://console.cloud.google.com/home/dashboard?project=acme-legacy&hl=de", "name", map[string]string{
			"google.project": "acme-legacy",
		}},
		{"a page that names the project by its number", "https://console.cloud.google.com/welcome?project=512345678901", "name", map[string]string{
			"google.project": "acme-build",
		}},
		{"a role's page in AWS's console", "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/roles/details/runner?section=permissions", "toGoogle.role.name", map[string]string{
			"toGoogle.role.name": "runner", "aws.region": "ap-southeast-2", // IAM's page says nothing about the bridge's region
		}},
		{"a page of a console with several sessions", "https://210987654321-abc12def.eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:", "name", map[string]string{
			"aws.account": "210987654321", "aws.region": "eu-west-1",
		}},
		{"the project's number", "512345678901", "google.project", map[string]string{"google.project": "acme-build"}},
		{"the project's number elsewhere", "projects/512345678901", "aws.account", map[string]string{"google.project": "acme-build", "aws.account": "123456789012"}},
		{"an account id", "210987654321", "aws.account", map[string]string{"aws.account": "210987654321", "google.project": "acme-build"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := walkThrough(t, &recorded{})
			f := form{cloud: sideOf(c.at)}.enter(d.m.walk, c.at)
			if c.at == "aws.account" || c.at == "google.project" {
				f.edit = typing("")
			}
			d.m.at = f
			d.apply(tea.PasteMsg{Content: c.text})
			d.settle()
			for path, want := range c.want {
				if got := d.m.draft.value(path); got != want {
					t.Errorf("%s holds %q, want %q", path, got, want)
				}
			}
		})
	}
}
