package spec

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestExamplesParse(t *testing.T) {
	for _, file := range examples(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(file, data); err != nil {
			t.Error(err)
		}
	}
}

func TestDefaults(t *testing.T) {
	b := both(t, "toAWS.vm={zone: europe-west1-b}")
	for path, want := range map[string]string{
		"toAWS.role.name":               "ci-runner",
		"toAWS.role.path":               "/drawbridge/",
		"toAWS.role.maxSession":         "1h",
		"toAWS.provider":                "builtin",
		"toAWS.audience":                "https://sts.amazonaws.com/123456789012/ci-runner",
		"toAWS.vm.name":                 "ci-runner",
		"toAWS.vm.machineType":          "e2-small",
		"toAWS.vm.image":                "debian-12",
		"toAWS.vm.network":              "default",
		"toAWS.vm.externalIP":           "true",
		"toGoogle.role.runsOn":          "ec2",
		"toGoogle.role.instanceProfile": "true",
		"toGoogle.pool":                 "both-ways",
		"toGoogle.provider":             "aws-123456789012",
		"toGoogle.token":                "signed-request",
		"toGoogle.serviceAccount":       "report-reader",
		"toGoogle.access":               "impersonate",
	} {
		if got := Get(b, path); got != want {
			t.Errorf("%s is %q by default, want %q", path, got, want)
		}
	}
	for runsOn, want := range map[string]string{RunsOnEC2: TokenSignedRequest, RunsOnLambda: TokenSignedRequest, RunsOnECS: TokenJWT} {
		if got := both(t, "toGoogle.role.runsOn="+runsOn).ToGoogle.Token; got != want {
			t.Errorf("token on %s is %q by default, want %q", runsOn, got, want)
		}
	}
	if d := both(t, "toGoogle.role.runsOn=lambda").ToGoogle; d.Role.InstanceProfile {
		t.Error("a role on lambda has an instance profile")
	}
	if got := both(t, "toGoogle.token=jwt").ToGoogle.Provider; got != "aws-123456789012-jwt" {
		t.Errorf("provider with jwt is %q by default", got)
	}
}

func TestSettingsLieOverTheFile(t *testing.T) {
	file, err := os.ReadFile("testdata/examples/both-ways.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := ParseWith("bridge.yaml", file, []string{
		"toAWS.role.maxSession=2h", "toAWS={role: {path: /team/}}", "toGoogle={}", "google.apis=a.googleapis.com, b.googleapis.com",
		"google.apis+=c.googleapis.com", "toGoogle.grants+=roles/browser", "toAWS.role.managedPolicies=[]", "version=1",
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"toAWS.role.maxSession":      "2h",
		"toAWS.role.path":            "/team/",
		"toAWS.role.name":            "deployer",
		"toAWS.role.managedPolicies": "",
		"google.apis":                "a.googleapis.com,b.googleapis.com,c.googleapis.com",
		"toGoogle.grants":            "roles/storage.objectViewer,roles/browser",
		"toGoogle.role.name":         "report-reader",
	} {
		if got := Get(b, path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
}

func TestWindowsFilesAreRead(t *testing.T) {
	file, err := os.ReadFile("testdata/examples/both-ways.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Parse("bridge.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse("bridge.yaml", []byte("\ufeff"+strings.ReplaceAll(string(file), "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, got)
}

func TestHugeAndForeignFilesAreRefusedAtOnce(t *testing.T) {
	for name, data := range map[string]string{
		"huge":      strings.Repeat("# x\n", 30_000),
		"not UTF-8": "name: caf\xe9\n",
		"UTF-16":    "\xff\xfen\x00a\x00",
		"binary":    "name: \x00\x01",
		"brackets":  strings.Repeat("[", 60_000),
		"braces":    strings.Repeat("{a: ", 15_000),
		"dashes":    strings.Repeat("- ", 30_000),
		"questions": strings.Repeat("? ", 30_000),
		"anchors":   "a: " + strings.Repeat("&a ", 20_000),
		"commas":    "a: [" + strings.Repeat(",", 60_000),
		"a billion": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
	} {
		begin := time.Now()
		_, err := Parse("bridge.yaml", []byte(data))
		if err == nil {
			t.Errorf("%s: it was read", name)
		} else if len(err.Error()) > 300 {
			t.Errorf("%s: the error has %d characters", name, len(err.Error()))
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%s: took %s", name, d)
		}
	}
}

func TestNothingThatLooksSecretIsRepeated(t *testing.T) {
	for _, secret := range []string{
		"AKIAIOSFODNN7EXAMPLE", "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJhIjoxfQ.c2ln", "ya29.a0AfH6SMBx",
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYabc1", "-----BEGIN PRIVATE KEY-----",
	} {
		for _, file := range []string{"name: " + secret, "name: \"" + secret + "\"\n", secret + ": x\n", "adopt: [" + secret + "]", "a: b: " + secret, "version: 1\nname: demo\nsecret: " + secret} {
			_, err := ParseWith("bridge.yaml", []byte(file), nil)
			if err == nil {
				t.Fatalf("%q was read", file)
			}
			if text := textOf(err); strings.Contains(text, secret) {
				t.Errorf("the error repeats it:\n%s", text)
			}
		}
		_, err := ParseWith("bridge.yaml", nil, []string{"name=" + secret})
		if err == nil || strings.Contains(textOf(err), secret) {
			t.Errorf("the error for a setting repeats it: %v", err)
		}
	}
}

// textOf is the whole text of a refusal, empty when err is something else.
func textOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text()
	}
	return ""
}

func TestAddingTwiceIsAddingOnce(t *testing.T) {
	file := "version: 1\nname: demo\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\nadopt: [toAWS.role]\ntoAWS: {serviceAccount: deployer, provider: explicit}\n"
	b, err := ParseWith("bridge.yaml", []byte(file), []string{"adopt+=toAWS.role", "adopt+=toAWS.provider", "adopt+=toAWS.provider"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(b.Adopt, " "); got != "toAWS.role toAWS.provider" {
		t.Errorf("got %q, want each once", got)
	}
}
