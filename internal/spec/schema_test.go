package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

func TestSchemaTakesTheExamples(t *testing.T) {
	schema := readSchema(t)
	for _, file := range append(examples(t), "testdata/new.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, readYAML(t, data), file); err != nil {
			t.Error(err)
		}
	}
	for _, b := range everything(t) {
		text, err := b.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(schema, readYAML(t, text), "bridge"); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	head := "version: 1\nname: demo\ngoogle: {project: acme-build}\naws: {account: '123456789012', region: eu-west-1}\n"
	for _, file := range []string{
		head, head + "toAWS: {rol: {}}\n", head + "toAWS: {provider: other}\n", head + "toGoogle: {}\n",
		head + "toGoogle: {role: {name: reader}, grants: [roles/owner]}\n", head + "toGoogle: {role: {name: reader}, grants: [{role: roles/editor}]}\n",
		head + "toAWS: {role: {name: a/b}}\n", head + "toAWS: {role: {maxSession: 3600}}\n", head + "adopt: [x]\ntoAWS: {}\n",
		head + "toAWS: {vm: {name: a}}\n", "name: demo\ntoAWS: {}\n",
	} {
		if err := validate(readSchema(t), readYAML(t, []byte(file)), "bridge"); err == nil {
			t.Errorf("the schema takes\n%s", file)
		}
	}
}

func TestSchemaIsTheGolden(t *testing.T) { golden(t, "testdata/schema.json", Schema()) }

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// readYAML reads a file as an editor would, through JSON's types.
func readYAML(t *testing.T, data []byte) any {
	t.Helper()
	text, err := yaml.YAMLToJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// validate knows the words that the schema uses and no others, which it reports.
func validate(schema map[string]any, v any, at string) error {
	for word, want := range schema {
		if err := validateWord(schema, word, want, v, at); err != nil {
			return err
		}
	}
	return nil
}

func validateWord(schema map[string]any, word string, want, v any, at string) error {
	object, isObject := v.(map[string]any)
	list, isList := v.([]any)
	text, isText := v.(string)
	fail := func(ok bool) error {
		if ok {
			return nil
		}
		return fmt.Errorf("%s: %v is not of %s %v", at, v, word, want)
	}
	switch word {
	case "$schema", "$id", "title", "description", "default", "examples":
		return nil
	case "type":
		_, isBool := v.(bool)
		return fail(map[string]bool{"object": isObject, "array": isList, "string": isText, "boolean": isBool}[want.(string)])
	case "const":
		return fail(fmt.Sprint(want) == fmt.Sprint(v))
	case "enum":
		return fail(slices.Contains(want.([]any), v))
	case "pattern":
		return fail(!isText || regexp.MustCompile(want.(string)).MatchString(text))
	case "minLength":
		return fail(!isText || utf8.RuneCountInString(text) >= int(want.(float64)))
	case "maxLength":
		return fail(!isText || utf8.RuneCountInString(text) <= int(want.(float64)))
	case "uniqueItems":
		seen := map[any]bool{}
		for _, item := range list {
			if seen[item] {
				return fail(false)
			}
			seen[item] = true
		}
		return nil
	case "required":
		for _, key := range want.([]any) {
			if _, ok := object[key.(string)]; isObject && !ok {
				return fail(false)
			}
		}
		return nil
	}
	return validateParts(schema, word, want, v, at)
}

// validateParts knows the words that hold schemas of their own.
func validateParts(schema map[string]any, word string, want, v any, at string) error {
	object, _ := v.(map[string]any)
	list, _ := v.([]any)
	fail := fmt.Errorf("%s: %v is not of %s %v", at, v, word, want)
	switch word {
	case "items":
		for i, item := range list {
			if err := validate(want.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case "properties":
		for key, sub := range want.(map[string]any) {
			if value, ok := object[key]; ok {
				if err := validate(sub.(map[string]any), value, at+"."+key); err != nil {
					return err
				}
			}
		}
		return nil
	case "additionalProperties":
		return validateOthers(schema, want, object, at)
	case "anyOf":
		for _, option := range want.([]any) {
			if validate(option.(map[string]any), v, at) == nil {
				return nil
			}
		}
		return fail
	case "not":
		if validate(want.(map[string]any), v, at) == nil {
			return fail
		}
		return nil
	}
	return fmt.Errorf("%s: the schema uses %q, which is not checked here", at, word)
}

func validateOthers(schema map[string]any, want any, object map[string]any, at string) error {
	known, _ := schema["properties"].(map[string]any)
	for key, value := range object {
		if _, ok := known[key]; ok {
			continue
		}
		sub, ok := want.(map[string]any)
		if !ok {
			return fmt.Errorf("%s has no key %s", at, key)
		}
		if err := validate(sub, value, at+"."+key); err != nil {
			return err
		}
	}
	return nil
}
