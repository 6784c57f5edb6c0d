package trust

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
)

// The examples are claims about the world, so the sandbox's own evaluator is asked, which shares no code with the reader.

func TestExamplesOfAPolicyAreWhatTheyClaim(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	in, out, none := 0, 0, 0
	for i := range 600 {
		doc := randomPolicy(r)
		got, err := AdmittedByPolicy([]byte(doc), "accounts.google.com")
		parsed, judgeErr := judge.ParseDocument(doc)
		if err != nil || judgeErr != nil || strings.Contains(doc, `{"AWS":"*"}`) {
			continue
		}
		judged := func(token map[string]any) bool {
			access := judge.Access{Action: webIdentity, Resource: "*", Facts: facts(token)}
			effect, _ := judge.Trust(access, parsed, judge.Party{Federated: []string{"accounts.google.com"}}, nil)
			return effect == judge.Allow
		}
		switch {
		case got.In == nil:
			none++
		case len(got.Unread) > 0:
			continue
		case !judged(got.In):
			t.Fatalf("case %d: %v does not get in\n%s", i, got.In, doc)
		default:
			in++
		}
		if got.Out != nil {
			if out++; judged(got.Out) {
				t.Fatalf("case %d: %v gets in\n%s", i, got.Out, doc)
			}
		}
		if (got.In == nil) != (len(got.Words) == 0) {
			t.Fatalf("case %d: example %v, but words %q\n%s", i, got.In, got.Words, doc)
		}
	}
	if in < 60 || out < 60 || none < 20 {
		t.Errorf("got %d in, %d out, %d with nobody: they say little", in, out, none)
	}
}

func TestExamplesOfAnExchangeAreWhatTheyClaim(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	in, out := 0, 0
	for i := range 150 {
		x := Exchange{Mapping: randomMapping(r), Condition: randomTerm(r, 1)}
		got, err := AdmittedByExchange(x, "111122223333")
		f, judgeErr := judge.CompileFederation(x.Mapping, x.Condition)
		if err != nil || judgeErr != nil {
			continue
		}
		if got.In != nil {
			if in++; !mapsFor(f, got.In) {
				t.Fatalf("case %d: %v does not get in\n%s", i, got.In, x.Condition)
			}
		}
		if got.Out != nil {
			if out++; mapsFor(f, got.Out) {
				t.Fatalf("case %d: %v gets in\n%s", i, got.Out, x.Condition)
			}
		}
	}
	if in < 25 || out < 25 {
		t.Errorf("got %d in and %d out: they say little", in, out)
	}
}

func mapsFor(f *judge.Federation, caller map[string]any) bool {
	_, err := f.Map(caller)
	return err == nil
}

func TestTheSetIsSaidInWords(t *testing.T) {
	got, err := AdmittedByPolicy([]byte(`{"Version":"2012-10-17","Statement":[{"Sid":"G","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},`+
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:oaud":"x","accounts.google.com:sub":["1","2"]},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}}]}`), "accounts.google.com")
	if err != nil {
		t.Fatal(err)
	}
	want := "accounts.google.com:oaud equal to x and accounts.google.com:sub equal to 1 or 2"
	if len(got.Words) != 1 || !strings.Contains(got.Words[0], want) || got.In["sub"] != "1" || got.In["aud"] != "x" || got.Out == nil {
		t.Errorf("got %+v, want %q", got, want)
	}
	if len(got.Unread) != 1 {
		t.Errorf("got %v unread, want the time of the call", got.Unread)
	}
	shut, err := AdmittedByPolicy([]byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*"}]}`), "accounts.google.com")
	if err != nil || shut.In != nil || len(shut.Words) != 0 {
		t.Errorf("got %+v, %v, want nobody", shut, err)
	}
}
