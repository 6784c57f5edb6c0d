package steps

import "fmt"

// change begins a Change for a step: everything that About knows.
func (a About) change(action Action, reason string) Change {
	return Change{
		ID: a.ID, Cloud: a.Cloud, Kind: a.Kind, Name: a.Name, Title: a.Title, Scope: a.Scope,
		Action: action, Reason: reason, Fields: []Field{}, Needs: append([]string{}, a.Needs...),
	}
}

// keep says that all is as wanted.
func (a About) keep(reason string) Change { return a.change(Keep, reason) }

// gone says that there was nothing to remove.
func (a About) gone() Change {
	c := a.change(Keep, "is not there")
	c.gone = true
	return c
}

// blocked says why nobody may go on here, and the way out.
func (a About) blocked(way string, format string, args ...any) Change {
	reason := fmt.Sprintf(format, args...)
	if way != "" {
		reason += "; " + way
	}
	return a.change(Blocked, reason)
}

// unless names the field of the adopt list that would let a blocked change through.
func (c Change) unless(field string) Change {
	c.Allow = field
	return c
}

// noticed asks for the reason of a kept thing to be read.
func (c Change) noticed(on bool) Change {
	c.Notice = on
	return c
}

// acceptable names the live number of a re-created account that a person may accept.
func (c Change) acceptable(live string) Change {
	c.Accept = live
	return c
}

// held says that our thing stays because others hang on it.
func (a About) held(format string, args ...any) Change {
	c := a.change(Keep, fmt.Sprintf(format, args...))
	c.Held = true
	return c
}

// with adds fields, what was seen and the equivalent command.
func (c Change) with(seen any, command string, fields ...Field) Change {
	c.Seen, c.Command = seen, command
	c.Fields = append(c.Fields, fields...)
	return c
}

// set is a field that did not exist before.
func set(path string, after any) Field { return Field{Path: path, After: after} }

// turn is a field that changes.
func turn(path string, before, after any) Field {
	return Field{Path: path, Before: before, After: after}
}

// drop is a field that goes.
func drop(path string, before any) Field { return Field{Path: path, Before: before} }

// notYet stands for a value that only applying will give.
var notYet = Unknown{After: "apply"}

// blanksUnknown is a document as a field's value, each blank in it a value that is known only after apply.
func blanksUnknown(v any) any {
	switch t := v.(type) {
	case string:
		if t == "" {
			return Unknown{After: "apply"}
		}
	case map[string]any:
		out := make(map[string]any, len(t))
		for key, below := range t {
			out[key] = blanksUnknown(below)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, below := range t {
			out[i] = blanksUnknown(below)
		}
		return out
	}
	return v
}

// orUnknown is v as a field's value when it is known.
func orUnknown(v any, known bool) any {
	if known {
		return v
	}
	return notYet
}
