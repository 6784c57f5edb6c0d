package explain

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// samples reads testdata: a number, a tab and the message as it is met.
func samples(t *testing.T, name string) map[int]string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[int]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		number, message, ok := strings.Cut(lines.Text(), "\t")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || out[n] != "" {
			t.Fatalf("%s: bad line %q", name, lines.Text())
		}
		out[n] = message
	}
	return out
}

var digits = regexp.MustCompile(`\d{6,}`)

// variants are the ways in which a message reaches us: shouted, wrapped, inside other text, with other ids.
func variants(message string) map[string]string {
	return map[string]string{
		"as it is": message,
		"shouted":  strings.ToUpper(message),
		"lower":    strings.ToLower(message),
		"wrapped":  strings.ReplaceAll(message, " ", "\n      "),
		"boxed":    "╷\n│ Error: " + strings.ReplaceAll(message, " ", "\n│ ") + "\n╵",
		"inside":   "2026-01-02 ERROR [worker] call failed: " + message + " (request id 0f8fad5b-d9cb-469f-a165-70867728950e)",
		"ids":      digits.ReplaceAllString(message, "987654321098"),
	}
}

func TestEveryMessageFindsItsRow(t *testing.T) {
	said := samples(t, "messages.tsv")
	for _, r := range Rows() {
		message := said[r.Number]
		if message == "" {
			t.Errorf("row %d has no message in testdata", r.Number)
		}
		for how, text := range variants(message) {
			if !slices.ContainsFunc(Explain(text), func(got Row) bool { return got.Number == r.Number }) {
				t.Errorf("row %d, %s: not found for %q", r.Number, how, text)
			}
		}
	}
}

func TestUnrelatedErrorsFindNoRow(t *testing.T) {
	unrelated := samples(t, "unrelated.tsv")
	if len(unrelated) < 50 {
		t.Fatalf("got %d unrelated errors, want 50", len(unrelated))
	}
	for n, message := range unrelated {
		for how, text := range variants(message) {
			for _, r := range Explain(text) {
				t.Errorf("%d, %s: row %d (%s) for %q", n, how, r.Number, r.Cause, text)
			}
		}
	}
}

func TestRowsAreWholeAndWidenNothing(t *testing.T) {
	for i, r := range Rows() {
		if r.Number != i+1 || r.Cause == "" || r.Who == "" || len(r.Do) == 0 || len(r.Says) == 0 || len(r.Sources) == 0 || !slices.Contains([]string{"S", "C", "U"}, r.Evidence) {
			t.Errorf("row %d at %d is not whole: %+v", r.Number, i+1, r)
		}
		for _, do := range r.Do {
			for _, bad := range []string{"/*", "principalset", "allusers", "roles/owner", "roles/editor", "administratoraccess", "drop the condition", "remove the condition", "== true"} {
				if strings.Contains(strings.ToLower(do), bad) {
					t.Errorf("row %d: advice %q widens a trust", r.Number, do)
				}
			}
		}
	}
	if n := len(Rows()); n != 96 {
		t.Errorf("got %d rows, want 96", n)
	}
}
