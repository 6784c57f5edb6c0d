package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema judges by a JSON schema of draft 04, as far as that of SARIF goes: what it does not know is an error, not a pass.
type schema struct{ root map[string]any }

func (s schema) check(rule map[string]any, at string, v any) (wrong []string) {
	for key, want := range rule {
		switch key {
		case "$schema", "title", "id", "description", "default", "definitions":
		case "properties", "additionalProperties", "required", "items", "minItems", "uniqueItems": // below
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/definitions/")
			wrong = append(wrong, s.check(s.root["definitions"].(map[string]any)[name].(map[string]any), at, v)...)
		case "anyOf", "oneOf", "allOf":
			fits := 0
			for _, one := range want.([]any) {
				if len(s.check(one.(map[string]any), at, v)) == 0 {
					fits++
				}
			}
			if fits == 0 || key == "oneOf" && fits > 1 || key == "allOf" && fits < len(want.([]any)) {
				wrong = append(wrong, fmt.Sprintf("%s: %d of %s fit", at, fits, key))
			}
		default:
			if !plain(key, want, v) {
				wrong = append(wrong, fmt.Sprintf("%s: %v against %s %v", at, v, key, want))
			}
		}
	}
	switch v := v.(type) {
	case map[string]any:
		wrong = append(wrong, s.object(rule, at, v)...)
	case []any:
		wrong = append(wrong, s.list(rule, at, v)...)
	}
	return wrong
}

// plain judges the words of a schema that look at one value alone; a word that is not known here is a no.
func plain(key string, want, v any) bool {
	text, isText := v.(string)
	number, isNumber := v.(float64)
	switch key {
	case "type":
		kinds, many := want.([]any)
		if !many {
			kinds = []any{want}
		}
		return slices.ContainsFunc(kinds, func(k any) bool { return typed(k.(string), v) })
	case "enum":
		return slices.Contains(want.([]any), v)
	case "pattern":
		return !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "format":
		return !isText || formatted(want.(string), text)
	case "minimum":
		return !isNumber || number >= want.(float64)
	case "maximum":
		return !isNumber || number <= want.(float64)
	}
	return false
}

func (s schema) object(rule map[string]any, at string, v map[string]any) (wrong []string) {
	known, _ := rule["properties"].(map[string]any)
	for key, value := range v {
		one, ok := known[key].(map[string]any)
		if more, some := rule["additionalProperties"].(map[string]any); !ok && some {
			one, ok = more, true
		}
		if ok {
			wrong = append(wrong, s.check(one, at+"."+key, value)...)
		} else if rule["additionalProperties"] == false {
			wrong = append(wrong, at+": no property "+key+" is allowed")
		}
	}
	needed, _ := rule["required"].([]any)
	for _, key := range needed {
		if _, ok := v[key.(string)]; !ok {
			wrong = append(wrong, at+": lacks "+key.(string))
		}
	}
	return wrong
}

func (s schema) list(rule map[string]any, at string, v []any) (wrong []string) {
	items, _ := rule["items"].(map[string]any)
	for i, one := range v {
		if items != nil {
			wrong = append(wrong, s.check(items, fmt.Sprintf("%s[%d]", at, i), one)...)
		}
		if rule["uniqueItems"] == true && slices.ContainsFunc(v[:i], func(o any) bool { return reflect.DeepEqual(o, one) }) {
			wrong = append(wrong, fmt.Sprintf("%s[%d]: is there twice", at, i))
		}
	}
	if least, ok := rule["minItems"].(float64); ok && len(v) < int(least) {
		wrong = append(wrong, at+": has too few items")
	}
	return wrong
}

func typed(want string, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return want == "object"
	case []any:
		return want == "array"
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	}
	return want == "null"
}

func formatted(format, text string) bool {
	switch format {
	case "uri":
		return regexp.MustCompile(`^[a-z][a-z0-9+.-]*:\S+$`).MatchString(text)
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return format == "uri-reference"
}

func sarifSchema(t *testing.T) schema {
	t.Helper()
	data, err := os.ReadFile("testdata/schema/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(data, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSARIFFitsThePublishedSchema(t *testing.T) {
	s := sarifSchema(t)
	var doc map[string]any
	if err := json.Unmarshal(written(t, SARIF), &doc); err != nil {
		t.Fatal(err)
	}
	for _, w := range s.check(s.root, "sarif", doc) {
		t.Error(w)
	}
	result := doc["runs"].([]any)[0].(map[string]any)["results"].([]any)[0].(map[string]any)
	for name, spoil := range map[string]func(){
		"a level that there is not": func() { result["level"] = "grave" },
		"a stray property":          func() { result["stray"] = true },
		"no message":                func() { delete(result, "message") },
	} {
		spoil()
		if len(s.check(s.root, "sarif", doc)) == 0 {
			t.Errorf("%s was taken: the check says little", name)
		}
	}
}

func TestSARIFFitsThePublishedSchemaByAnotherValidator(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", "import jsonschema").CombinedOutput(); err != nil || testing.Short() {
		t.Skipf("NOT TESTED with python's jsonschema: it is not installed here, or the run is short: %s", out)
	}
	path := saved(t, "audit.sarif", written(t, SARIF))
	const program = "import json,sys,jsonschema\njsonschema.Draft4Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))"
	if out, err := exec.CommandContext(t.Context(), "python3", "-c", program, "testdata/schema/sarif-schema-2.1.0.json", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestJUnitFitsThePublishedSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("NOT TESTED against Jenkins' schema: xmllint (libxml2-utils) is not installed here")
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	schemas := []string{"testdata/schema/jenkins-junit.xsd"}
	if strict := os.Getenv("DRAWBRIDGE_TEST_JUNIT_XSD"); strict != "" {
		schemas = append(schemas, strict)
	}
	good := written(t, JUnit)
	for _, xsd := range schemas {
		if out, err := exec.CommandContext(ctx, xmllint, "--noout", "--nonet", "--schema", xsd, saved(t, "good.xml", good)).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", xsd, err, out)
		}
		bad := strings.Replace(string(good), `<testcase name=`, `<testcase title=`, 1)
		if exec.CommandContext(ctx, xmllint, "--noout", "--nonet", "--schema", xsd, saved(t, "bad.xml", []byte(bad))).Run() == nil {
			t.Errorf("%s: a case without a name was taken: the check says little", xsd)
		}
	}
}

func saved(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
