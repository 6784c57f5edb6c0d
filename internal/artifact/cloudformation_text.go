package artifact

import (
	"encoding/json"
	"strings"
)

// embedded is a policy document in which a value of the stack stands where one is not known yet. The rest are plain
// texts, in which a template has no language of its own.
func embedded(make func(word string) string, value any) (any, error) {
	word := "UNKNOWN"
	for strings.Contains(make(""), word) {
		word += "X"
	}
	var doc any
	if err := json.Unmarshal([]byte(make(word)), &doc); err != nil {
		return nil, err
	}
	return planted(doc, word, value), nil
}

// planted is v with the value in place of the word.
func planted(v any, word string, value any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = planted(v[k], word, value)
		}
	case []any:
		for i := range v {
			v[i] = planted(v[i], word, value)
		}
	case string:
		switch pieces := strings.Split(v, word); {
		case len(pieces) == 1:
			return v
		case v == word:
			return value
		default:
			return object{"Fn::Join": []any{"", between(pieces, value)}}
		}
	}
	return v
}

func between(pieces []string, value any) []any {
	list := make([]any, 0, 2*len(pieces))
	for i, p := range pieces {
		if i > 0 {
			list = append(list, value)
		}
		if p != "" {
			list = append(list, p)
		}
	}
	return list
}
