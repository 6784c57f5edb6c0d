package google

import (
	"encoding/json"
	"strings"
)

// mask says which members of an object an answer is cut to; an empty one keeps everything below.
type mask map[string]mask

// selected cuts an answer to the fields of a selection such as "nextPageToken,accounts(name,email),policy/etag".
func selected(raw []byte, fields string) ([]byte, error) {
	m := mask{}
	if rest, ok := m.read(fields); !ok || rest != "" {
		return nil, invalidArgument("Request contains an invalid argument. Invalid field selection %s", fields)
	}
	value, err := generic(raw)
	if err != nil {
		return nil, err
	}
	return json.Marshal(m.cut(value))
}

// read takes a list of paths up to its end or a closing bracket, which it leaves.
func (m mask) read(text string) (rest string, ok bool) {
	for {
		at := m
		end := strings.IndexAny(text, ",/()")
		for ; end > 0 && text[end] == '/'; end = strings.IndexAny(text, ",/()") {
			at = at.below(text[:end])
			text = text[end+1:]
		}
		if end < 0 {
			end = len(text)
		}
		if end == 0 {
			return text, false
		}
		at = at.below(text[:end])
		text = text[end:]
		if strings.HasPrefix(text, "(") {
			if text, ok = at.read(text[1:]); !ok || !strings.HasPrefix(text, ")") {
				return text, false
			}
			text = text[1:]
		}
		if !strings.HasPrefix(text, ",") {
			return text, true
		}
		text = text[1:]
	}
}

func (m mask) below(name string) mask {
	name = camel(strings.TrimSpace(name))
	if m[name] == nil {
		m[name] = mask{}
	}
	return m[name]
}

func (m mask) cut(value any) any {
	if len(m) == 0 {
		return value
	}
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = m.cut(v[i])
		}
	case map[string]any:
		for name, inner := range v {
			at, ok := m[name]
			if !ok {
				at, ok = m["*"]
			}
			if !ok {
				delete(v, name)
				continue
			}
			v[name] = at.cut(inner)
		}
	}
	return value
}
