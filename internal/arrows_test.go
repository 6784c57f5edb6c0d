package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/drawbridge-cloud/drawbridge/"

// arrows is who may import whom (docs/design.md). A room that is not listed may import none of ours; cmd may import all.
var arrows = map[string][]string{
	"ui":                  {"verify", "steps", "internal/audit", "internal/artifact", "internal/inventory", "internal/trust", "internal/spec", "internal/explain"},
	"internal/audit":      {"steps", "internal/inventory", "internal/trust", "internal/artifact", "internal/spec", "internal/explain"},
	"verify":              {"steps", "internal/trust", "internal/cloud", "internal/spec", "internal/explain"},
	"internal/inventory":  {"internal/cloud", "internal/spec", "internal/explain"},
	"internal/credential": {"internal/cloud", "internal/spec", "internal/explain"},
	"steps":               {"internal/cloud", "internal/spec", "internal/explain"},
	"internal/artifact":   {"steps", "internal/spec"},
	"internal/cloud":      {"internal/explain"},
	"internal/spec":       {"internal/trust"},
}

// keepers is which rooms may import a library at all.
var keepers = map[string][]string{
	"github.com/aws/":              {"internal/cloud", "steps", "internal/inventory"},
	"google.golang.org/api/":       {"internal/cloud", "steps", "internal/inventory"},
	"cloud.google.com/go/":         {"internal/cloud", "steps", "internal/inventory"},
	"charm.land/":                  {"ui"},
	"github.com/charmbracelet/x/":  {"ui"},
	"github.com/spf13/cobra":       {"cmd"},
	"github.com/goccy/go-yaml":     {"internal/spec", "internal/artifact"},
	"cel.dev/":                     {"internal/trust", "internal/sandbox"},
	"github.com/go-jose/":          {"internal/sandbox", "internal/trust"},
	"github.com/hashicorp/hcl":     {"internal/artifact"},
	"github.com/rogpeppe/go-inter": {},
	"html/template":                {}, // reflection: every method of both SDKs would stay in the binary
	"text/template":                {},
}

func TestRoomsImportOnlyWhatTheDesignAllows(t *testing.T) {
	for _, f := range sources(t) {
		room := roomOf(f.path)
		for _, imp := range f.imports {
			if why := refuse(room, imp, f.test); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imp, why)
			}
		}
	}
}

func TestArrowRulesRefuseWhatTheyShould(t *testing.T) {
	refused := [][2]string{
		{"steps", module + "verify"},
		{"internal/sandbox", module + "internal/spec"},
		{"internal/spec", module + "internal/cloud"},
		{"ui", module + "internal/cloud"},
		{"verify", "github.com/aws/aws-sdk-go-v2/service/iam"},
		{"cmd", "charm.land/bubbletea/v2"},
		{"internal/audit", "html/template"},
	}
	for _, r := range refused {
		if refuse(r[0], r[1], false) == "" {
			t.Errorf("%s importing %s was allowed", r[0], r[1])
		}
	}
}

func refuse(room, imp string, test bool) string {
	if rest, ours := strings.CutPrefix(imp, module); ours {
		return refuseOurs(room, roomOf(rest+"/x.go"), test)
	}
	for prefix, rooms := range keepers {
		if !test && strings.HasPrefix(imp, prefix) && !slices.Contains(rooms, room) {
			return "this library is kept to " + strings.Join(rooms, ", ")
		}
	}
	return ""
}

func refuseOurs(room, other string, test bool) string {
	switch {
	case room == other, room == "cmd", slices.Contains(arrows[room], other):
		return ""
	case test && other == "internal/sandbox":
		return ""
	case test && room == "internal/audit" && other == "internal/cloud":
		return "" // opens what the sandbox serves, so that rules are tested on an inventory that was really read
	case test && room == "verify" && (other == "internal/audit" || other == "internal/inventory"):
		return "" // the random walk wants an audit to tell of what it has loosened
	}
	return "no such arrow in docs/design.md"
}

// roomOf folds a path into its room: internal/sandbox/aws/x.go is internal/sandbox, cmd/drawbridge/x.go is cmd.
func roomOf(path string) string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	if parts[0] == "internal" && len(parts) > 2 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

type source struct {
	path    string
	test    bool
	imports []string
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := source{path: path, test: strings.HasSuffix(path, "_test.go")}
		for _, i := range f.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			s.imports = append(s.imports, name)
		}
		all = append(all, s)
		return nil
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("reading the tree: %d files, %v", len(all), err)
	}
	return all
}
