package spec

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// FuzzParse wants of any file either a bridge that survives being written and read again, or one *Error that is short,
// printable and points into the file.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/examples/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "testdata/new.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("a: &a [*a]\n<<: {x: !!str 1}\n? [b]\n: |\n  c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse("bridge.yaml", data)
		if err != nil {
			sane(t, err)
			return
		}
		roundTrip(t, b)
	})
}

// FuzzSet wants the same of any setting, laid over a file that is right.
func FuzzSet(f *testing.F) {
	file, err := os.ReadFile("testdata/examples/both-ways.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, field := range Fields() {
		f.Add(field.Path + "=" + field.Example)
	}
	f.Add("toGoogle.mapping.attribute.aws_role=assertion.arn")
	f.Add("google.apis+=[a.googleapis.com]")
	f.Fuzz(func(t *testing.T, setting string) {
		b, err := ParseWith("bridge.yaml", file, []string{setting})
		if err != nil {
			sane(t, err)
			return
		}
		roundTrip(t, b)
	})
}

func sane(t *testing.T, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is not an *Error", err)
	}
	text := e.Text()
	if e.Reason == "" || len(text) > 4000 {
		t.Errorf("reason %q in a text of %d characters", e.Reason, len(text))
	}
	for line := range strings.Lines(text) {
		if strings.ContainsFunc(strings.TrimRight(line, "\n"), unicode.IsControl) {
			t.Errorf("a control character is in %q", line)
		}
	}
	if e.Line < 0 || (e.Line > 0) != (e.Excerpt != "") {
		t.Errorf("line %d with excerpt %q", e.Line, e.Excerpt)
	}
}
