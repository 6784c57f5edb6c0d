package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func written() []Known { return slices.Concat(signInRows, googleRows, awsRows) }

func rows() []Known {
	out := written()
	for i := range out {
		out[i] = out[i].whole()
	}
	return out
}

func TestRepliesToCallsSayWhatTheRowsSay(t *testing.T) {
	of := 0
	for _, k := range written() {
		if k.Row == 0 {
			for _, r := range Explain(strings.Join(k.Says, " … ")) {
				t.Errorf("%v %v has words of its own, but row %d speaks of it", k.Codes, k.Says, r.Number)
			}
			continue
		}
		of++
		if k.Cause != "" || k.Who != "" || k.Do != nil || k.Row < 0 || k.Row > len(Rows()) {
			t.Errorf("%v %v: row %d, and words beside it", k.Codes, k.Says, k.Row)
		}
	}
	if of < 50 {
		t.Errorf("got %d of %d replies from the rows, want most", of, len(written()))
	}
}

func TestEveryKnownMessageSaysWhyWhoAndWhat(t *testing.T) {
	for _, k := range rows() {
		name := fmt.Sprint(k.Codes, k.Says)
		if k.Cause == "" || k.Who == "" || len(k.Do) == 0 {
			t.Errorf("%s: cause %q, who %q, do %q: something is missing", name, k.Cause, k.Who, k.Do)
		}
		if len(k.Codes)+len(k.Says) == 0 {
			t.Errorf("%q matches everything", k.Cause)
		}
		for _, s := range k.Says {
			if s != strings.ToLower(s) {
				t.Errorf("%s: fragment %q can never match, since messages are compared in lower case", name, s)
			}
		}
	}
}

func TestNoAdviceWidensATrust(t *testing.T) {
	for _, k := range rows() {
		for _, do := range k.Do {
			for _, bad := range []string{"/*", "principalset", "allusers", "roles/owner", "roles/editor", "administratoraccess", "drop the condition", "remove the condition", "== true"} {
				if strings.Contains(strings.ToLower(do), bad) {
					t.Errorf("advice %q widens a trust", do)
				}
			}
		}
	}
}

func TestEveryRowCanBeReached(t *testing.T) {
	for _, k := range rows() {
		got, ok := Find(strings.Join(k.Says, " … "), k.Codes...)
		if !ok || got.Cause != k.Cause {
			t.Errorf("%v %v: found %q first, want %q", k.Codes, k.Says, got.Cause, k.Cause)
		}
	}
}

func TestUnknownMessagesAreNotGuessed(t *testing.T) {
	if k, ok := Find("something went wrong", "Whatever"); ok {
		t.Errorf("got %+v, want nothing", k)
	}
}

func TestProblemSpeaksOneLine(t *testing.T) {
	cause := errors.New("cause")
	for want, p := range map[string]*Problem{
		"create role: name taken": {Op: "create role", Reason: "name taken", Err: cause},
		"create role: cause":      {Op: "create role", Err: cause},
		"create role: exists":     {Op: "create role", Kind: Exists},
		"name taken":              {Reason: "name taken"},
	} {
		if p.Error() != want {
			t.Errorf("got %q, want %q", p.Error(), want)
		}
	}
}

func TestKindIsFoundThroughWrapping(t *testing.T) {
	err := fmt.Errorf("step: %w", &Problem{Kind: Missing, Err: context.Canceled})
	if KindOf(err) != Missing || !Is(err, Denied, Missing) || Is(err, Denied) || !errors.Is(err, context.Canceled) {
		t.Errorf("got kind %q", KindOf(err))
	}
	if KindOf(nil) != "" || KindOf(errors.New("x")) != Other {
		t.Errorf("got %q for nil and %q for a plain error", KindOf(nil), KindOf(errors.New("x")))
	}
}
