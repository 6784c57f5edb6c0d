package spec

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Get is the value of a field as --set would take it, "" when it is not there or there is no such field.
func Get(b Bridge, path string) string {
	f, ok := FieldAt(path)
	if !ok {
		return ""
	}
	return f.Get(b)
}

// Get is the value of the field in a bridge as --set would take it, "" when its block is not there. A block that is there
// is "{}".
func (f Field) Get(b Bridge) string {
	switch p := f.at(&b).(type) {
	case nil:
		return ""
	case *string:
		return *p
	case *int:
		return strconv.Itoa(*p)
	case *bool:
		return strconv.FormatBool(*p)
	case *time.Duration:
		return shortDuration(*p)
	case *[]string:
		return strings.Join(*p, ",")
	case *map[string]string:
		return showMap(*p)
	case *json.RawMessage:
		return string(*p)
	case *[]Grant:
		return showGrants(*p)
	}
	return "{}"
}

// shortDuration drops the parts that are zero: 1h, 90m as 1h30m.
func shortDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func showMap(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	return compactJSON(m)
}

// showGrants writes roles with commas, and as a JSON list once one has a condition.
func showGrants(grants []Grant) string {
	roles := make([]string, 0, len(grants))
	list := make([]any, 0, len(grants))
	conditional := false
	for _, g := range grants {
		roles = append(roles, g.Role)
		if g.Condition == nil {
			list = append(list, g.Role)
			continue
		}
		conditional = true
		list = append(list, map[string]any{"role": g.Role, "condition": g.Condition.fields()})
	}
	if conditional {
		return compactJSON(list)
	}
	return strings.Join(roles, ",")
}

func (c Condition) fields() map[string]string {
	m := map[string]string{"title": c.Title, "expression": c.Expression}
	if c.Description != "" {
		m["description"] = c.Description
	}
	return m
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
