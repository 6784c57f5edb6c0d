package steps

import "encoding/json"

// asJSON shows a policy document as the object it is; what cannot be read is shown as text.
func asJSON(document string) any {
	var v any
	if json.Unmarshal([]byte(document), &v) != nil {
		return document
	}
	return v
}

// asValue shows any value in the form it is written in.
func asValue(v any) any {
	data, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return asJSON(string(data))
}
