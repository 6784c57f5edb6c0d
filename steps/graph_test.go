package steps

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

func TestNeedsStandBeforeWhatNeedsThem(t *testing.T) {
	for _, text := range []string{toAWSFile, explicitFile, toGoogleFile, jwtFile, attachedFile("i-0123456789abcdef0"), bothFile} {
		b, err := spec.Parse("bridge.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		g, err := Of(b)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		for _, s := range g.Steps() {
			a := s.About()
			if a.Title == "" || a.Why == "" || a.Scope == "" || a.Kind == "" || a.Name == "" {
				t.Errorf("%s says too little: %+v", a.ID, a)
			}
		}
	}
}

func TestAContradictingListIsRefused(t *testing.T) {
	late := fake{About{ID: "a.late", Needs: []string{"a.early"}}}
	early := fake{About{ID: "a.early"}}
	for name, steps := range map[string][]Step{"wrong order": {late, early}, "twice": {early, early}, "not listed": {late}} {
		if err := (&Graph{steps: steps}).check(); err == nil {
			t.Errorf("%s: got nothing", name)
		}
	}
	if err := (&Graph{steps: []Step{early, late}}).check(); err != nil {
		t.Errorf("right order: got %v", err)
	}
}

func TestEdgesAreReversedToTakeDown(t *testing.T) {
	list := []Step{fake{About{ID: "a.role"}}, fake{About{ID: "a.profile", Needs: []string{"a.role"}}}}
	if up := needs(list, Present); len(up["a.profile"]) != 1 || len(up["a.role"]) != 0 {
		t.Errorf("present: got %v", up)
	}
	if down := needs(list, Absent); len(down["a.role"]) != 1 || down["a.role"][0] != "a.profile" {
		t.Errorf("absent: got %v", down)
	}
}

type fake struct{ about About }

func (f fake) About() About                                       { return f.about }
func (f fake) Plan(context.Context, *World, Want) (Change, error) { return f.about.keep(""), nil }
func (f fake) Apply(context.Context, *World, Change) error        { return nil }

func TestIDsHaveTheirForm(t *testing.T) {
	form := regexp.MustCompile(`^(google|aws)\.[a-z-]+(\.(to-aws|to-google))?(:[A-Za-z0-9-]+)?$`)
	seen := map[string]bool{}
	for _, f := range IDs() {
		if !form.MatchString(f.ID) || seen[f.ID] || f.Why == "" || f.Cloud != strings.SplitN(f.ID, ".", 2)[0] {
			t.Errorf("got %+v", f)
		}
		seen[f.ID] = true
	}
	if len(seen) < 20 {
		t.Errorf("got %d ids, want all of them: %v", len(seen), seen)
	}
}

func TestCommandsAreQuotedForTheShell(t *testing.T) {
	words := []string{"plain", "", "two words", "it's", `a"b`, "$HOME", "a;b", "`x`", "ümlaut", "*", "{\"a\": 1}"}
	line := command(append([]string{"printf", "%s\\n"}, words...)...)
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell here")
	}
	out, err := exec.Command(sh, "-c", line).Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if got, want := string(out), strings.Join(words, "\n")+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestStateOfOtherEndpointsIsKeptApart(t *testing.T) {
	b := spec.Bridge{Name: "ci", Google: spec.Google{Project: "example.com:build"}, AWS: spec.AWS{Account: "123456789012"}}
	if got, want := StateDir("h", true, b), filepath.Join("h", "real", "example.com_build", "123456789012", "ci"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := StateDir("h", false, b); !strings.HasPrefix(got, filepath.Join("h", "local")) {
		t.Errorf("got %s, want it below local", got)
	}
}

func TestUnknownFactsSaySo(t *testing.T) {
	var k Known[string]
	data, err := json.Marshal(&k)
	if err != nil || string(data) != `{"unknown":"after apply"}` {
		t.Errorf("got %s %v", data, err)
	}
	k.Set("512345678901")
	if data, _ = json.Marshal(&k); string(data) != `"512345678901"` {
		t.Errorf("got %s", data)
	}
	forget(&k, "another")
	if _, known := k.Get(); !known {
		t.Error("another value was forgotten")
	}
	forget(&k, "512345678901")
	if _, known := k.Get(); known {
		t.Error("the value is still known")
	}
}

func TestMarksAreWholeWords(t *testing.T) {
	b := spec.Bridge{Name: "ci", Google: spec.Google{Project: "p"}, AWS: spec.AWS{Account: "1"}}
	for text, want := range map[string]whose{
		"drawbridge:bridge=ci/p/1":              ours,
		"made for ci; drawbridge:bridge=ci/p/1": ours,
		"drawbridge:bridge=ci/p/12":             anothers,
		"drawbridge:bridge=ci/p/1/x":            anothers,
		"xdrawbridge:bridge=ci/p/1":             nobodys,
		"":                                      nobodys,
	} {
		if got := byDescription(b, text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestTrustIsReadInEveryForm(t *testing.T) {
	const condition = `"Condition":{"StringEquals":{"Accounts.Google.com:SUB":["1","2"]},"Bool":{"aws:SecureTransport":true}}`
	for _, doc := range []string{
		`{"Statement":{"Sid":"A","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},` + condition + `}}`,
		`{"Statement":[{"Sid":"A","Effect":"Allow","Principal":{"Federated":["arn:aws:iam::1:oidc-provider/accounts.google.com"]},` + condition + `}]}`,
	} {
		if got := numbersIn(doc); len(got) != 2 || got[0] != "1" {
			t.Errorf("%s: got %v", doc, got)
		}
	}
	if s := statementsIn(`{"Statement":{"Effect":"Allow","Principal":"*"}}`); len(s) != 1 || !s[0].open() {
		t.Errorf("got %+v, want one statement open to all", s)
	}
	if got := statementsIn("not JSON"); got != nil {
		t.Errorf("got %v", got)
	}
}

func FuzzSplice(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow"}]}`)
	f.Add(`{"Statement":{"Effect":"Allow","Principal":"*"}}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, document string) {
		added, err := splice(document, "Ours", &spec.Statement{Sid: "Ours", Effect: "Allow"})
		if err != nil {
			return
		}
		if _, there := statementOf(added, "Ours"); !there {
			t.Errorf("our statement is not in %s", added)
		}
		back, err := splice(added, "Ours", nil)
		if err != nil {
			t.Fatalf("%s: %v", added, err)
		}
		if _, there := statementOf(back, "Ours"); there {
			t.Errorf("our statement is still in %s", back)
		}
	})
}
