package spec

import (
	"regexp"
	"strings"
	"testing"
)

func TestEveryFieldExplainsItself(t *testing.T) {
	sentence := regexp.MustCompile(`[.?](\s|$)`)
	for _, f := range Fields() {
		if f.Title == "" || f.Title[len(f.Title)-1] == '.' {
			t.Errorf("%s: title %q", f.Path, f.Title)
		}
		if n := len(sentence.FindAllString(f.Why, -1)); n != 2 {
			t.Errorf("%s: why has %d sentences, want 2: %q", f.Path, n, f.Why)
		}
		if f.Type == TypeBlock {
			continue
		}
		if f.Limit == "" && len(f.Choices) == 0 && f.Type != TypeBoolean {
			t.Errorf("%s says no limit", f.Path)
		}
		if err := f.Check(f.Example); err != nil {
			t.Errorf("%s: its example %q: %v", f.Path, f.Example, err)
		}
		if f.Default != "" {
			if err := f.Check(f.Default); err != nil {
				t.Errorf("%s: its default %q: %v", f.Path, f.Default, err)
			}
		}
		if (f.derive != nil) && f.DefaultFrom == "" {
			t.Errorf("%s derives a default and does not say from what", f.Path)
		}
		if f.Required && (f.Default != "" || f.derive != nil) {
			t.Errorf("%s is required and has a default", f.Path)
		}
	}
}

func TestCheckRefusesWhatParseRefuses(t *testing.T) {
	for _, c := range []struct{ path, value, want string }{
		{"name", "Demo", `"Demo" must be 2 to 31 characters of a-z, 0-9 and -, beginning with a letter`},
		{"name", "", "it has no value"},
		{"aws.account", "1234", `"1234" must be 12 digits`},
		{"toGoogle.role.instanceProfile", "maybe", `it must be true or false, not "maybe"`},
		{"toAWS.role.maxSession", "13h", `"13h" must be 1h to 12h, in whole seconds`},
		{"toGoogle.grants", "roles/browser, roles/owner", `"roles/owner" is refused: it includes everything in the project, now and later`},
		{"toAWS.role.inlinePolicy", "{", "not valid YAML: could not find flow mapping end token '}'"},
		{"toAWS.provider", "built-in", `"built-in" must be one of builtin, explicit; did you mean builtin?`},
		{"toAWS", "{zone: x}", "there is no such field"},
	} {
		f, ok := FieldAt(c.path)
		if !ok {
			t.Fatalf("no field %s", c.path)
		}
		got := "nothing"
		if err := f.Check(c.value); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s = %q: got %s, want %s", c.path, c.value, got, c.want)
		}
	}
}

// TestGetGivesWhatSetTakes rebuilds a bridge from what Get says of each field.
func TestGetGivesWhatSetTakes(t *testing.T) {
	for _, b := range everything(t) {
		var set []string
		for _, f := range Fields() {
			value := f.Get(b)
			derived := (f.Path == "toGoogle.mapping" || f.Path == "toGoogle.condition") && !b.ToGoogle.CustomMapping
			foreign := f.Path == "toGoogle.role.instanceProfile" && b.ToGoogle.Role.RunsOn != RunsOnEC2
			if value != "" && !derived && !foreign {
				set = append(set, f.Path+"="+value)
			}
		}
		again, err := ParseWith("--set", nil, set)
		if err != nil {
			t.Fatalf("%v\n%s", err, strings.Join(set, "\n"))
		}
		same(t, b, again)
	}
}

func TestGetOfWhatIsNotThereIsEmpty(t *testing.T) {
	b := both(t)
	for _, path := range []string{"toAWS.vm", "toAWS.vm.zone", "toAWS.gke.namespace", "toGoogle.role.eks.cluster", "nonsense", ""} {
		if got := Get(b, path); got != "" {
			t.Errorf("Get(%q) = %q, want nothing", path, got)
		}
	}
	if got := Get(b, "toAWS"); got != "{}" {
		t.Errorf("Get(toAWS) = %q, want {}", got)
	}
}

// everything is bridges that together use every field.
func everything(t *testing.T) []Bridge {
	t.Helper()
	policy := `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*"],"Resource":"*","Condition":{"NumericLessThan":{"aws:x":5},"Bool":{"aws:SecureTransport":true}}},{"Effect":"Deny","NotAction":"iam:*","NotResource":["a","b"]}]}`
	return []Bridge{
		both(
			t, "google.apis=webrisk.googleapis.com", "adopt=toAWS.serviceAccount,toGoogle.pool,toAWS.provider", "toAWS.provider=explicit",
			"toAWS.serviceAccount=runner-1@acme-legacy.iam.gserviceaccount.com", "toAWS.role.inlinePolicy="+policy, "toAWS.role.maxSession=1h30m5s",
			"toAWS.role.managedPolicies=arn:aws:iam::aws:policy/ReadOnlyAccess,arn:aws:iam::123456789012:policy/team/x",
			"toAWS.role.permissionsBoundary=arn:aws:iam::123456789012:policy/boundary", "toAWS.role.path=/",
			"toAWS.vm={zone: europe-west1-b, externalIP: false, image: my-images/base}", "toAWS.gke={namespace: ci, serviceAccount: runner}",
			"toGoogle.role.instance=i-0123456789abcdef0", "toGoogle.pool=1pool",
			`toGoogle.grants=["roles/browser", {role: roles/storage.objectViewer, condition: {title: "until: 2027", description: "d # e", expression: "request.time < timestamp('2027-01-01T00:00:00Z')"}}]`,
			"toGoogle.condition=assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report-reader/i-')",
		),
		both(
			t, "toGoogle.role.runsOn=eks", "toGoogle.role.eks={cluster: prod_1, namespace: reports, serviceAccount: reader.x}", "toGoogle.access=direct",
			"toGoogle.grants=roles/browser,projects/acme-build/roles/reader",
		),
		both(t, "toGoogle.role.instanceProfile=false", "toGoogle.mapping={google.subject: assertion.arn, attribute.aws_role: \"assertion.arn.extract('assumed-role/{r}/')\"}"),
	}
}
