package spec

import (
	"regexp"
	"slices"
	"strings"
)

// Type is what a field holds.
type Type string

// The types, as messages and help name them.
const (
	TypeText     Type = "text"
	TypeInteger  Type = "whole number"
	TypeBoolean  Type = "true or false"
	TypeDuration Type = "duration"
	TypeTexts    Type = "list"
	TypeMap      Type = "mapping of text"
	TypePolicy   Type = "policy document"
	TypeGrants   Type = "list of grants"
	TypeBlock    Type = "block of fields" // holds the fields whose paths begin with its own
)

// Field is one line of the one table that the parser, the schema, --set, the questions and the help come from.
type Field struct {
	Path        string
	Type        Type
	Required    bool     // has to be given wherever the block it is in is given
	Default     string   // what stands when the field is left out, "" for nothing or when DefaultFrom tells
	DefaultFrom string   // where a default that depends on other fields comes from, in words: "the name"
	Limit       string   // what fits, or what each item of a list has to be, in words that continue "must be": "12 digits"
	Choices     []string // the only values; for a list, the only items
	Title       string   // a few words
	Why         string   // two sentences: why it is asked, and what happens otherwise
	Example     string   // a value that fits, as --set takes it

	note    string                    // what a file says beside the value, "" where the key says it all
	pattern string                    // what a text, or each item of a list, has to match; lengths are held apart, which compiles faster
	min     int                       // least characters, 0 for any
	max     int                       // most characters, 0 for any
	check   func(value string) string // what else is wrong with it, "" for nothing
	derive  func(b Bridge) string     // the default that depends on other fields
	at      func(b *Bridge) any       // pointer to the value, nil when its block is not there
	open    func(b *Bridge)           // blocks: make it there
}

// Fields is the table, in the order of the file. It is made anew at each call and the caller's own.
func Fields() []Field {
	var all []Field
	for _, part := range [][]Field{headFields(), toAWSFields(), machineFields(), toGoogleFields(), exchangeFields()} {
		all = append(all, part...)
	}
	return all
}

// FieldAt finds a field by its path.
func FieldAt(path string) (Field, bool) {
	for _, f := range Fields() {
		if f.Path == path {
			return f, true
		}
	}
	return Field{}, false
}

// DefaultFor is the value that would stand in a bridge if the field were left out, "" when there is none.
func (f Field) DefaultFor(b Bridge) string {
	if f.derive != nil && f.at(&b) != nil {
		return f.derive(b)
	}
	return f.Default
}

// parent is the path of the block that the field is in, "" at the top.
func parent(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

// leaf is the last word of a path.
func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// fits holds one text to the field's choices, pattern and check; it gives what is wrong, or "".
func (f Field) fits(value string) string {
	if len(f.Choices) > 0 {
		return f.chosen(value)
	}
	if strings.ContainsFunc(value, steers) {
		return quote(value) + " holds a control character"
	}
	tooLong := f.max > 0 && len(value) > f.max
	if len(value) < f.min || tooLong || f.pattern != "" && !regexp.MustCompile(f.pattern).MatchString(value) {
		return quote(value) + " must be " + f.Limit
	}
	if f.check != nil {
		return f.check(value)
	}
	return ""
}

func (f Field) chosen(value string) string {
	if slices.Contains(f.Choices, value) {
		return ""
	}
	reason := quote(value) + " must be one of " + strings.Join(f.Choices, ", ")
	if near := nearest(value, f.Choices); near != "" {
		reason += "; did you mean " + near + "?"
	}
	return reason
}

// steers tells the characters that no value may hold. Line breaks are for conditions that span lines.
func steers(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0
}
