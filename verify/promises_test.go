package verify

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var heldBy = regexp.MustCompile("`([a-z/]+): (Test[A-Za-z]+)`")

func TestEveryPromiseOfTheThreatModelHasItsTest(t *testing.T) {
	page, err := os.ReadFile("../docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	promises := heldBy.FindAllStringSubmatch(string(page), -1)
	if len(promises) < 10 {
		t.Fatalf("the page makes %d promises", len(promises))
	}
	for _, p := range promises {
		files := testsOf(t, p[1])
		found := false
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(text), "func "+p[2]+"(")
		}
		if !found {
			t.Errorf("%s: no test %s", p[1], p[2])
		}
	}
}

// TestEveryTestThatTheThreatModelNamesExists holds the names that follow another one without their room.
func TestEveryTestThatTheThreatModelNamesExists(t *testing.T) {
	page, err := os.ReadFile("../docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, room := range []string{"*", "cmd/*", "internal/*", "internal/sandbox/*"} {
		files, err := filepath.Glob("../" + room + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = all.Write(text)
		}
	}
	for _, m := range regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(all.String(), "func "+m[1]+"(") {
			t.Errorf("no test %s", m[1])
		}
	}
}

// testsOf are the test files of a room, which the page names by its last part or by its path.
func testsOf(t *testing.T, room string) []string {
	t.Helper()
	var files []string
	for _, above := range []string{"../", "../internal/", "../cmd/"} {
		list, err := filepath.Glob(above + room + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	return files
}
