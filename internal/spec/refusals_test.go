package spec

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is got into testdata")

// refusal is one case of testdata/refusals: CASE/bridge.yaml, CASE/set with a setting on each line, CASE/error.
type refusal struct {
	file []byte
	set  []string
	want string
}

// TestRefusalsSayWhatWhyAndWhatToDo holds the whole text of every refusal, excerpt and advice included.
func TestRefusalsSayWhatWhyAndWhatToDo(t *testing.T) {
	archives, err := filepath.Glob("testdata/refusals/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range caseNames(archive) {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				c := readRefusal(archive, name)
				_, err := ParseWith("bridge.yaml", c.file, c.set)
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v, want an *Error", err)
				}
				if *update {
					putFile(archive, name+"/error", e.Text()+"\n")
					return
				}
				if diff := cmp.Diff(c.want, e.Text()+"\n"); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func caseNames(a *txtar.Archive) []string {
	var names []string
	for _, f := range a.Files {
		name, _, _ := strings.Cut(f.Name, "/")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}

func readRefusal(a *txtar.Archive, name string) refusal {
	var c refusal
	for _, f := range a.Files {
		switch f.Name {
		case name + "/bridge.yaml":
			c.file = bytes.TrimSuffix(f.Data, []byte("\n"))
		case name + "/set":
			c.set = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		case name + "/error":
			c.want = string(f.Data)
		}
	}
	return c
}

func putFile(a *txtar.Archive, name, data string) {
	for i, f := range a.Files {
		if f.Name == name {
			a.Files[i].Data = []byte(data)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(data)})
}
