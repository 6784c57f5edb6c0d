package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox"
)

// lists are the fields of documents that are arrays, and never null.
var lists = []string{
	"changes", "fields", "needs", "steps", "proofs", "hops", "doors", "drift", "findings", "notEvaluated", "checks",
	"removed", "kept", "failed", "files", "do", "ids",
}

// headings are the fields that every document begins with.
var headings = []string{"schema", "version", "at", "bridge", "endpoints", "operator"}

func TestDocumentsCarryTheirHeadingAndNoNullLists(t *testing.T) {
	_, env := surroundings(t, sandbox.Options{})
	file := bridgeFile(t, "both-ways")
	for _, command := range []string{
		"preflight", "plan", "verify", "audit", "apply --yes", "plan", "verify --borrow", "audit", "generate report aws-config",
		"setup --yes", "destroy --yes", "destroy --yes", "plan --region nowhere-1", "schema --ids",
	} {
		args := append(strings.Fields(command), "--format", "json")
		if !strings.HasPrefix(command, "schema") {
			args = append(args, "-f", file)
		}
		got := drive(t, env, args...)
		var doc map[string]any
		if err := json.Unmarshal([]byte(got.out), &doc); err != nil {
			t.Fatalf("%s: %v in\n%s", command, err, got.out)
		}
		for _, h := range headings {
			if _, ok := doc[h]; !ok {
				t.Errorf("%s: no %s in the heading", command, h)
			}
		}
		noNullList(t, command, doc)
	}
}

func noNullList(t *testing.T, where string, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			noNullList(t, where, e)
		}
	case map[string]any:
		for _, name := range lists {
			// A count of the same name is a number.
			if e, ok := v[name]; ok && e == nil {
				t.Errorf("%s: %s is null, want a list", where, name)
			}
		}
		for name, e := range v {
			noNullList(t, where+"."+name, e)
		}
	}
}
