package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// SameDocument reports whether two policy documents mean the same: a string and a list of that one string are equal, the
// order of lists and statements does not count, actions and condition keys ignore case, numbers equal their text.
// Documents that are not JSON are the same only byte by byte.
func SameDocument(a, b []byte) bool {
	x, errA := canonicalPolicy(a)
	y, errB := canonicalPolicy(b)
	if errA != nil || errB != nil {
		return bytes.Equal(bytes.TrimSpace(a), bytes.TrimSpace(b))
	}
	return x == y
}

func canonicalPolicy(data []byte) (string, error) {
	var doc map[string]any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return "", err
	}
	if dec.More() {
		return "", fmt.Errorf("text after the document")
	}
	var statements []string
	for _, s := range asList(doc["Statement"]) {
		statements = append(statements, canonicalStatement(s))
	}
	slices.Sort(statements)
	doc["Statement"] = slices.Compact(statements)
	return compactJSON(doc), nil
}

func canonicalStatement(s any) string {
	fields, ok := s.(map[string]any)
	if !ok {
		return compactJSON(s)
	}
	out := make(map[string]any, len(fields))
	for key, value := range fields {
		switch key {
		case "Action", "NotAction":
			out[key] = valueSet(value, strings.ToLower)
		case "Condition":
			out[key] = canonicalCondition(value)
		case "Principal", "NotPrincipal":
			out[key] = canonicalPrincipal(value)
		case "Sid", "Effect":
			out[key] = value
		default:
			out[key] = valueSet(value, keep)
		}
	}
	return compactJSON(out)
}

func canonicalPrincipal(v any) any {
	kinds, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(kinds))
	for kind, value := range kinds {
		out[kind] = valueSet(value, keep)
	}
	return out
}

func canonicalCondition(v any) any {
	operators, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(operators))
	for operator, block := range operators {
		keys, ok := block.(map[string]any)
		if !ok {
			out[operator] = block
			continue
		}
		// Keys that differ only in case are two conditions, so both lists are kept.
		lower := make(map[string][]any, len(keys))
		for key, value := range keys {
			k := strings.ToLower(key)
			lower[k] = append(lower[k], valueSet(value, keep))
		}
		for _, sets := range lower {
			slices.SortFunc(sets, func(a, b any) int { return strings.Compare(compactJSON(a), compactJSON(b)) })
		}
		out[operator] = lower
	}
	return out
}

func keep(s string) string { return s }

// valueSet turns one value or a list into a sorted list of texts without doubles.
func valueSet(v any, fold func(string) string) []string {
	set := []string{}
	for _, item := range asList(v) {
		switch item := item.(type) {
		case string:
			set = append(set, fold(item))
		case map[string]any, []any, nil:
			set = append(set, compactJSON(item))
		default:
			set = append(set, fmt.Sprint(item))
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

func compactJSON(v any) string {
	out, err := plainJSON(v, "")
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}
