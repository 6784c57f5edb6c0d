package artifact_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// hostile texts try to be more than data in the shell, in HCL, in CloudFormation or in JSON.
func hostile() []string {
	return []string{
		`'; touch pwned; '`, "`touch pwned`", `$(touch pwned)`, `"${file("/etc/passwd")}"`, `%{ if true }x%{ endif }`, `$${x}`,
		`"quoted" \ back`, `{"Ref":"X"}`, `${AWS::AccountId}`, `a;b^c,d=e`, `UNKNOWN`, `x == 'y' || true`, `#comment`, `--flag`, `!bang`,
	}
}

// with is a bridge whose grant's condition and whose inline policy hold a text; false when the bridge refuses it.
func with(t *testing.T, text string) (artifact.Input, bool) {
	t.Helper()
	data, err := json.Marshal(text)
	if err != nil {
		return artifact.Input{}, false
	}
	quoted := string(data)
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x":` + quoted + `}}}]}`
	head, _, _ := strings.Cut(bothWays, "  grants:")
	yaml := head + "  grants: [{role: roles/browser, condition: {title: " + quoted + ", expression: " + quoted + "}}]\n"
	b, err := spec.ParseWith("bridge.yaml", []byte(yaml), []string{"toAWS.role.inlinePolicy=" + policy})
	return artifact.Input{Bridge: b}, err == nil
}

// taken is with for the texts that a bridge may hold; most of them must be.
func taken(t *testing.T) map[string]artifact.Input {
	t.Helper()
	out := map[string]artifact.Input{}
	for _, text := range hostile() {
		if in, ok := with(t, text); ok {
			out[text] = in
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %d of %d hostile texts were tried", len(out), len(hostile()))
	}
	return out
}

func TestHostileTextsStayDataInTheShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("NOT TESTED with bash: it is not installed here")
	}
	const stubs = "gcloud() { printf '<%s>\\n' \"$@\"; }\naws() { printf '<%s>\\n' \"$@\"; }\n" +
		"found() { return 1; }\nretry() { \"$@\"; }\nstop() { :; }\n"
	for text, in := range taken(t) {
		_, body, ok := strings.Cut(string(made(t, "shell", in).Bytes), "found() { \"$@\" >/dev/null 2>&1; }\n")
		if !ok {
			t.Fatal("the script does not begin as expected")
		}
		c := exec.CommandContext(t.Context(), bash, "-c", stubs+body)
		c.Dir = t.TempDir()
		out, _ := c.CombinedOutput()
		if !strings.Contains(string(out), "title="+text) {
			t.Errorf("%q did not arrive as it is:\n%s", text, out)
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "pwned")); err == nil {
			t.Errorf("%q was run", text)
		}
	}
}

func TestHostileTextsStayDataInCloudFormation(t *testing.T) {
	for text, in := range taken(t) {
		var doc struct {
			Resources struct {
				ToAWSRole struct {
					Properties struct {
						Policies []struct{ PolicyDocument json.RawMessage }
					}
				}
			}
		}
		if err := json.Unmarshal(made(t, "cloudformation", in).Bytes, &doc); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got, want := doc.Resources.ToAWSRole.Properties.Policies[0].PolicyDocument, in.Bridge.ToAWS.Role.InlinePolicy
		if !spec.SameDocument(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestCloudFormationRefusesWhatItWouldReplace(t *testing.T) {
	in, ok := with(t, "{{resolve:ssm:secret}}")
	if !ok {
		t.Fatal("the bridge refuses the text by itself, so that nothing was tried")
	}
	if _, err := artifact.Make("cloudformation", in); !isDirection(err) {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestHostileTextsStayDataInTerraform(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with terraform: -short")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("NOT TESTED with terraform: it is not installed here")
	}
	var config strings.Builder
	want := map[string]string{}
	for text, in := range taken(t) {
		files, err := artifact.Make("terraform", in)
		if err != nil {
			t.Fatal(err)
		}
		name := "v" + string(rune('a'+len(want)))
		config.WriteString("output \"" + name + "\" {\n  value = " + titleIn(t, string(files[2].Bytes)) + "\n}\n")
		want[name] = text
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	terraform(t, dir, "apply", "-auto-approve")
	var got map[string]struct{ Value string }
	if err := json.Unmarshal(terraform(t, dir, "output", "-json"), &got); err != nil {
		t.Fatal(err)
	}
	for name, text := range want {
		if got[name].Value != text {
			t.Errorf("got %q, want %q", got[name].Value, text)
		}
	}
}

// titleIn is the expression of the grant's title.
func titleIn(t *testing.T, module string) string {
	t.Helper()
	for line := range strings.Lines(module) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok && strings.TrimSpace(name) == "title" {
			return value
		}
	}
	t.Fatalf("no title in\n%s", module)
	return ""
}

func terraform(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	c := exec.CommandContext(t.Context(), "terraform", args...)
	c.Dir, c.Env = dir, append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	out, err := c.Output()
	if err != nil {
		t.Fatalf("terraform %v: %v\n%s", args, err, out)
	}
	return out
}

// Whatever a text holds, it comes back from the template as it went in.
func FuzzCloudFormationGivesTextsBack(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, ok := with(t, text)
		if !ok {
			return
		}
		files, err := artifact.Make("cloudformation", in)
		if isDirection(err) {
			return
		}
		if err != nil || !json.Valid(files[0].Bytes) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
