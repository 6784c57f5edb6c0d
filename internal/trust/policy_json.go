package trust

import (
	"encoding/json"
	"errors"
	"fmt"
)

// member and object keep a JSON object in its order and with its doubles.
type member struct {
	key   string
	value any
}

type object []member

func (o object) get(key string) any {
	for _, m := range o {
		if m.key == key {
			return m.value
		}
	}
	return nil
}

// readValue reads JSON with objects in order. The same key twice is an error: readers differ in which one they take.
func readValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxPolicyDepth {
		return nil, errors.New("the document is nested too deep")
	}
	t, err := dec.Token()
	if err != nil {
		return nil, errors.New("the document is not JSON")
	}
	switch t {
	case json.Delim('{'):
		return readObject(dec, depth)
	case json.Delim('['):
		var list []any
		for dec.More() {
			v, err := readValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, closing(dec)
	}
	return t, nil
}

func readObject(dec *json.Decoder, depth int) (object, error) {
	out := object{}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("the document is not JSON")
		}
		if seen[key] {
			return nil, fmt.Errorf("the key %q is there twice", key)
		}
		seen[key] = true
		v, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, member{key, v})
	}
	return out, closing(dec)
}

func closing(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return errors.New("the document is not JSON")
	}
	return nil
}

// scalars reads one value or a list of them as text; numbers and booleans keep their spelling.
func scalars(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	out := make([]string, 0, len(list))
	for _, v := range list {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case json.Number:
			out = append(out, v.String())
		case bool:
			out = append(out, fmt.Sprint(v))
		default:
			return nil, errors.New("a value is neither text, number nor boolean")
		}
	}
	return out, nil
}
