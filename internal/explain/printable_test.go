package explain

import (
	"encoding/json"
	"testing"
)

func TestNothingPrintableSteersATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain Ünïcode 名前":        "plain Ünïcode 名前",
		"a\tb\nc":                 "a b c",
		"\x1b[31mred\x1b[0m":      "\uFFFD[31mred\uFFFD[0m",
		"\u009b31m":               "\uFFFD31m",
		"a\r\bb\x07\x7f":          "a\uFFFD\uFFFDb\uFFFD\uFFFD",
		"ev\u202eil\u2066x\u2028": "ev\uFFFDil\uFFFDx\uFFFD",
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestEscapedJSONSaysTheSame(t *testing.T) {
	const name = "a\u009b31m\u202e\x1b\x7f ü"
	text, err := json.Marshal(map[string]string{"name": name})
	if err != nil {
		t.Fatal(err)
	}
	safe := EscapeJSON(text)
	for _, r := range string(safe) {
		if Steers(r) {
			t.Errorf("%q holds %U", safe, r)
		}
	}
	var back map[string]string
	if err := json.Unmarshal(safe, &back); err != nil || back["name"] != name {
		t.Errorf("got %q, %v, want %q", back["name"], err, name)
	}
}
