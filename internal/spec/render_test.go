package spec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExamplesRoundTrip(t *testing.T) {
	for _, file := range examples(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Parse(file, data)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, b)
	}
}

func TestEveryFieldRoundTrips(t *testing.T) {
	for _, b := range everything(t) {
		roundTrip(t, b)
	}
}

// TestHostileTextComesBackAsText writes values that mean something to YAML, shells or terminals.
func TestHostileTextComesBackAsText(t *testing.T) {
	for _, text := range []string{
		"a # b", "a: b", "- a", "*x", "&x", "!x", "%x", "@x", "`x`", "'x'", `"x"`, `\`, "$(x) ${y}", "{a}", "[a]", "a, b", "yes", "null", "~",
		"1", "0x10", "1e3", "2026-11-21", "a\nb", "a\tb", " a", "a ", "?", "? a", "<<", "é中😀", "a\u2028b", "=", "|", ">", "...", "---",
	} {
		b := both(t, "toGoogle.grants=[{role: roles/browser, condition: {title: T, expression: E}}]")
		b.ToGoogle.Grants[0].Condition.Title, b.ToGoogle.Grants[0].Condition.Expression = text, text+" == 1"
		roundTrip(t, b)
	}
}

func TestNewWritesAFileToRead(t *testing.T) {
	text, b, err := New([]string{
		"name=ci-to-sqs", "google.project=acme-build", "aws.account=123456789012", "aws.region=eu-west-1", "toAWS={}",
		"toGoogle.role.name=report-reader", "toGoogle.grants=roles/browser", "toAWS.role.managedPolicies+=arn:aws:iam::aws:policy/ReadOnlyAccess",
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/new.yaml", text)
	again, err := Parse("new.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	same(t, b, again)
}

func TestNewNamesTheSettingThatIsMissing(t *testing.T) {
	_, _, err := New([]string{"name=ci-to-sqs", "google.project=acme-build", "aws.account=123456789012", "toAWS={}"})
	want := "read --set: aws.region: it is required and has no default"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return files
}

// roundTrip writes a bridge and reads it back.
func roundTrip(t *testing.T, want Bridge) {
	t.Helper()
	text, err := want.YAML()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse("again.yaml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	same(t, want, got)
	for line := range strings.Lines(string(text)) {
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("the line %q ends in spaces", line)
		}
	}
}

func same(t *testing.T, want, got Bridge) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the bridge came back different (-want +got):\n%s", diff)
	}
}
