package artifact_test

import (
	"encoding/json"
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/drawbridge-cloud/drawbridge/internal/artifact"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// meaning has texts that mean something in one of the formats, besides those of hostile.
func meaning() []string {
	return append(hostile(), "a\nb", "--- !!binary x", "- x: y", "%h%i%%", "[profile x]", "]]>", "\u202eevil", "e\u0301", "*anchor", "&a", "~", "0x10", "yes", "null", "'", `"`, `\`, "$", "%", "x$", "\u2028", "|", "> y", "? z", "${var.unique_id}", "<<EOT", "a;b;", ";;", ";|x")
}

// Whatever a title, a condition or a policy holds, it comes back from every file as it went in.
func FuzzTextsStayDataInEveryFormat(f *testing.F) {
	for _, text := range meaning() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, ok := with(t, text)
		if !ok {
			return
		}
		in.Facts = input(t).Facts
		dataInTerraform(t, in, text)
		dataInFleet(t, in, text)
		dataInCloudFormation(t, in)
		dataInScript(t, in)
		if report := string(made(t, "report", in).Bytes); !strings.Contains(report, oneLine(text)) {
			t.Errorf("report: %q is not in it", text)
		}
	})
}

// fuzzing tells the many from the few. A shell for each input would be too slow for the many, which shellReader reads.
func fuzzing() bool {
	worker := flag.Lookup("test.fuzzworker")
	return worker != nil && worker.Value.String() == "true"
}

func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }

// An audience is the one text of a bridge that workloads hand on.
func FuzzAudiencesStayDataInEveryFormat(f *testing.F) {
	for _, text := range meaning() {
		f.Add(strings.ReplaceAll(text, " ", "_"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		b, err := spec.ParseWith("bridge.yaml", []byte(bothWays), []string{"toAWS.audience=" + string(data), "toAWS.gke={namespace: ci, serviceAccount: runner}"})
		if err != nil {
			return
		}
		text = b.ToAWS.Audience // as --set took it
		in := input(t)
		in.Bridge = b
		dataInWorkload(t, in, text)
		dataInCloudFormation(t, in)
		files, err := artifact.Make("terraform", in)
		if isDirection(err) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got := inTerraform(t, files[3].Bytes)["role deployer"]["trust"]
		if want := sorted(t, b.Trust(uniqueID).Compact()); got != want {
			t.Errorf("terraform: got %s, want %s", got, want)
		}
	})
}

func dataInTerraform(t *testing.T, in artifact.Input, text string) {
	t.Helper()
	files, err := artifact.Make("terraform", in)
	if isDirection(err) && cty.NormalizeString(text) != text {
		return // Terraform would change it, and says so
	}
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	scope := &hcl.EvalContext{Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc}}
	seen := 0
	for _, f := range files[2:] {
		for _, b := range parsed(t, f.Bytes).Blocks {
			switch {
			case b.Type == "resource" && b.Labels[0] == "google_project_iam_member":
				for _, c := range b.Body.Blocks {
					seen++
					if title, expression := valueOf(t, c, "title", scope).AsString(), valueOf(t, c, "expression", scope).AsString(); title != text || expression != text {
						t.Errorf("terraform: got %q and %q, want %q", title, expression, text)
					}
				}
			case b.Type == "resource" && b.Labels[0] == "aws_iam_role_policy":
				seen++
				if got := valueOf(t, b, "policy", scope).AsString(); !spec.SameDocument([]byte(got), in.Bridge.ToAWS.Role.InlinePolicy) {
					t.Errorf("terraform: got %s, want %s", got, in.Bridge.ToAWS.Role.InlinePolicy)
				}
			}
		}
	}
	if seen != 2 {
		t.Errorf("terraform: the text stands in %d places, want 2", seen)
	}
}

func dataInFleet(t *testing.T, in artifact.Input, text string) {
	t.Helper()
	in.Fleet = true
	files, err := artifact.Make("terraform", in)
	if isDirection(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Google struct {
			Grants map[string]struct {
				Condition []struct{ Title, Expression string }
			} `json:"google_project_iam_member"`
		}
	}
	if err := json.Unmarshal(files[len(files)-1].Bytes, &doc); err != nil {
		t.Fatal(err)
	}
	for _, g := range doc.Google.Grants {
		if len(g.Condition) != 1 || g.Condition[0].Title != text || g.Condition[0].Expression != text {
			t.Errorf("fleet: got %+v, want %q", g, text)
		}
	}
	for _, f := range files[:len(files)-1] {
		parsed(t, f.Bytes)
	}
}

func dataInCloudFormation(t *testing.T, in artifact.Input) {
	t.Helper()
	files, err := artifact.Make("cloudformation", in)
	if isDirection(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range inTemplate(t, files[0].Bytes) {
		want := asked(t, in.Bridge)[name]
		for k, v := range p {
			if v != want[k] {
				t.Errorf("cloudformation: %s of %s: got %q, want %q", k, name, v, want[k])
			}
		}
	}
}

// dataInScript holds the whole script to what apply makes of the same texts.
func dataInScript(t *testing.T, in artifact.Input) {
	t.Helper()
	if diff := cmp.Diff(askedOfBoth(t, in.Bridge), inScript(t, in)); diff != "" {
		t.Errorf("apply's (-) and the script's (+):\n%s", diff)
	}
}
