package spec

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// put reads a node into the field's place in the bridge.
func (f Field) put(b *Bridge, n *node) *fault {
	if n.kind == kindNull {
		return wrong(n, "it has no value", f.emptyAdvice())
	}
	switch p := f.at(b).(type) {
	case *string:
		return f.putText(p, n)
	case *int:
		return f.putVersion(p, n)
	case *bool:
		return f.putBool(p, n)
	case *time.Duration:
		return f.putDuration(p, n)
	case *[]string:
		return f.putTexts(p, n)
	case *map[string]string:
		return f.putMap(p, n)
	case *json.RawMessage:
		return putPolicy(p, n)
	case *[]Grant:
		return putGrants(p, n)
	}
	return wrong(n, "the block it belongs to is not there")
}

func (f Field) emptyAdvice() string {
	if f.Type == TypeBlock && parent(f.Path) == "" && f.Path != "google" && f.Path != "aws" {
		return "write " + f.Path + ": {} for the direction with its defaults, or leave the line out"
	}
	return "give it a value or leave the line out"
}

// mistyped says what was found in place of what the field holds.
func (f Field) mistyped(n *node, do ...string) *fault {
	want := string(f.Type)
	if f.Type != TypeBoolean && f.Type != TypeText {
		want = "a " + want
	}
	got := string(n.kind)
	if n.kind == kindText {
		got = quote(n.text)
	}
	return wrong(n, "it must be "+want+", not "+got, do...)
}

func (f Field) putText(p *string, n *node) *fault {
	switch n.kind {
	case kindText:
	case kindInt, kindFloat, kindBool:
		return f.mistyped(n, "write it in quotes: "+leaf(f.Path)+`: "`+n.text+`"`)
	case kindMap:
		return f.mistyped(n, "a text with colons is read as a mapping here: write it in quotes")
	default:
		return f.mistyped(n)
	}
	if reason := f.fits(n.text); reason != "" {
		return wrong(n, reason)
	}
	*p = n.text
	return nil
}

func (f Field) putVersion(p *int, n *node) *fault {
	if n.kind != kindInt && (n.kind != kindText || !n.flag) {
		return f.mistyped(n, "write version: 1")
	}
	if n.text != "1" {
		return wrong(n, "version "+visible(n.text)+" is not known here, only 1",
			"write version: 1, or use the drawbridge that the file was written for")
	}
	*p = 1
	return nil
}

func (f Field) putBool(p *bool, n *node) *fault {
	if n.kind != kindBool && (n.kind != kindText || !n.flag || n.text != "true" && n.text != "false") {
		return f.mistyped(n)
	}
	*p = n.text == "true"
	return nil
}

func (f Field) putDuration(p *time.Duration, n *node) *fault {
	if n.kind == kindInt && !n.flag {
		return f.mistyped(n, "give the unit: 1h, 90m or 3600s")
	}
	if n.kind != kindText && n.kind != kindInt {
		return f.mistyped(n, "write it as 1h, 90m or 3600s")
	}
	d, err := time.ParseDuration(n.text)
	if err != nil {
		return f.mistyped(n, "write it as 1h, 90m or 3600s")
	}
	if d < time.Hour || d > 12*time.Hour || d%time.Second != 0 {
		return wrong(n, quote(n.text)+" must be "+f.Limit)
	}
	*p = d
	return nil
}

func (f Field) putTexts(p *[]string, n *node) *fault {
	if n.kind != kindList {
		return f.mistyped(n, "write it as a list: ["+f.Example+"]")
	}
	list := make([]string, 0, len(n.items))
	one := Field{Path: f.Path, Type: TypeText, Limit: f.Limit, Choices: f.Choices, pattern: f.pattern, min: f.min, max: f.max, check: f.check}
	for _, item := range n.items {
		var text string
		if item.kind == kindNull {
			return wrong(item, "an item of the list has no value", "remove it or give it a value")
		}
		if fl := one.putText(&text, item); fl != nil {
			return fl
		}
		if slices.Contains(list, text) {
			return wrong(item, quote(text)+" is in the list twice", "keep one of them")
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		list = nil
	}
	*p = list
	return nil
}

func (f Field) putMap(p *map[string]string, n *node) *fault {
	if n.kind != kindMap {
		return f.mistyped(n, "write it as a mapping: "+f.Example)
	}
	out := make(map[string]string, len(n.entries))
	for _, e := range n.entries {
		v := e.value
		if v.kind != kindText || strings.TrimSpace(v.text) == "" || strings.ContainsFunc(v.text, steers) {
			return wrong(v, "the value of "+quote(e.name)+" must be an expression", "write it in quotes")
		}
		out[e.name] = v.text
	}
	*p = out
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
