package spec

import (
	"fmt"
	"strings"
)

// Error says where a bridge.yaml, or a --set value, cannot be used, why, and what to do. There is one per run: the first
// that a person should mend.
type Error struct {
	File    string   // as it was named to us; "--set" when a flag is at fault
	Line    int      // from 1; 0 when no line can be named
	Column  int      // from 1, in characters; 0 when no line can be named
	Excerpt string   // the line with its number and a caret below, two lines; "" without a line, masked where it looks secret
	Field   string   // path of the field, such as toAWS.role.name; "" when the whole text is at fault
	Reason  string   // what is wrong, one lower-case clause without a full stop
	Do      []string // what to do, one imperative line each
	Missing bool     // Field is required and was not given, so that flags or the environment may fill it
}

// Error gives one line: where, which field, why.
func (e *Error) Error() string {
	var out strings.Builder
	out.WriteString("read ")
	out.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&out, ":%d:%d", e.Line, e.Column)
	}
	if e.Field != "" {
		out.WriteString(": " + e.Field)
	}
	out.WriteString(": " + e.Reason)
	return out.String()
}

// Text gives the whole message for people: the line, the excerpt, and what to do.
func (e *Error) Text() string {
	lines := []string{e.Error()}
	if e.Excerpt != "" {
		lines = append(lines, e.Excerpt)
	}
	for _, do := range e.Do {
		lines = append(lines, "→ "+do)
	}
	return strings.Join(lines, "\n")
}
