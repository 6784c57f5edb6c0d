package spec

import (
	"bytes"
	"encoding/json"
)

// Document is an IAM policy document. Its fields marshal in the order in which AWS prints them.
type Document struct {
	Version   string
	Statement []Statement
}

// Statement is one statement of a policy document.
type Statement struct {
	Sid       string                       `json:",omitempty"`
	Effect    string                       // Allow or Deny
	Principal map[string]Values            `json:",omitempty"` // trust policies only
	Action    Values                       `json:",omitempty"`
	Resource  Values                       `json:",omitempty"` // permission policies only
	Condition map[string]map[string]Values `json:",omitempty"` // operator, key, values
}

// Values is one string or several; one alone marshals as a plain string, as people write it.
type Values []string

// MarshalJSON writes a single value as a string and anything else as an array.
func (v Values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return plainJSON(v[0], "")
	}
	return plainJSON([]string(v), "")
}

// UnmarshalJSON reads both forms.
func (v *Values) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*v = Values{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(v))
}

// JSON is the document on several lines with two-space indents, without a final newline.
func (d Document) JSON() []byte {
	out, err := plainJSON(d, "  ")
	if err != nil {
		panic(err) // strings and maps of strings always marshal
	}
	return out
}

// Compact is the document on one line: what counts against AWS's limits and what is sent.
func (d Document) Compact() string {
	out, err := plainJSON(d, "")
	if err != nil {
		panic(err) // as above
	}
	return string(out)
}

func policy(statements ...Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// plainJSON marshals without turning <, > and & into escapes, which people cannot read.
func plainJSON(v any, indent string) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
