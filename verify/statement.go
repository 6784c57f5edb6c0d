package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// statement is the one that a trust policy is lent: the caller, as nobody else, until a moment by AWS's clock.
type statement struct {
	Sid       string
	Effect    string
	Principal map[string]string
	Action    string
	Condition map[string]map[string]string
}

func lend(sid, principal, userID string, until time.Time) statement {
	return statement{
		Sid: sid, Effect: "Allow", Principal: map[string]string{"AWS": principal}, Action: "sts:AssumeRole",
		Condition: map[string]map[string]string{
			"StringEquals": {"aws:userid": userID},
			"DateLessThan": {"aws:CurrentTime": until.UTC().Format(time.RFC3339)},
		},
	}
}

// document is a policy taken apart only as far as needed: every other byte of it stays as it was, and where it was.
type document struct {
	order      []string
	fields     map[string]json.RawMessage
	statements []json.RawMessage
}

func takeApart(trust []byte) (document, error) {
	var d document
	if err := json.Unmarshal(trust, &d.fields); err != nil || d.fields == nil {
		return d, errors.New("read trust policy: it is not a JSON object")
	}
	d.order = fieldOrder(trust, d.fields)
	raw := bytes.TrimSpace(d.fields["Statement"])
	switch {
	case len(raw) == 0:
		return d, nil
	case raw[0] == '{':
		d.statements = []json.RawMessage{raw}
		return d, nil
	}
	if err := json.Unmarshal(raw, &d.statements); err != nil {
		return d, fmt.Errorf("read trust policy: its Statement is neither one nor a list: %w", err)
	}
	return d, nil
}

// fieldOrder lists the fields of an object as they stand in it; a reader may rely on Version being first, as people do.
func fieldOrder(object []byte, fields map[string]json.RawMessage) []string {
	var order []string
	in := json.NewDecoder(bytes.NewReader(object))
	_, _ = in.Token() // the object's brace
	for in.More() {
		name, err := in.Token()
		var value json.RawMessage
		if err != nil || in.Decode(&value) != nil {
			break // cannot be: the whole was read before
		}
		if key, ok := name.(string); ok && !slices.Contains(order, key) {
			order = append(order, key)
		}
	}
	if fields["Statement"] == nil {
		order = append(order, "Statement")
	}
	return order
}

func (d document) whole() ([]byte, error) {
	list, err := plainJSON(d.statements)
	if err != nil {
		return nil, err
	}
	d.fields["Statement"] = list
	var out bytes.Buffer
	for i, key := range d.order {
		name, err := plainJSON(key)
		if err != nil {
			return nil, err
		}
		out.WriteByte("{,"[min(i, 1)])
		out.Write(name)
		out.WriteByte(':')
		out.Write(d.fields[key])
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// plainJSON leaves <, > and & alone: escaped they would count six times against the policy's size.
func plainJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write trust policy: %w", err)
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// withStatement adds s to the document.
func withStatement(trust []byte, s statement) ([]byte, error) {
	d, err := takeApart(trust)
	if err != nil {
		return nil, err
	}
	ours, err := plainJSON(s)
	if err != nil {
		return nil, err
	}
	d.statements = append(d.statements, ours)
	return d.whole()
}

// withoutStatements leaves out those whose Sid starts so; nil when there are none.
func withoutStatements(trust []byte, sid string) ([]byte, error) {
	d, err := takeApart(trust)
	if err != nil {
		return nil, err
	}
	kept := make([]json.RawMessage, 0, len(d.statements))
	for _, s := range d.statements {
		if !strings.HasPrefix(sidOf(s), sid) {
			kept = append(kept, s)
		}
	}
	if len(kept) == len(d.statements) {
		return nil, nil
	}
	d.statements = kept
	return d.whole()
}

// statements lists those whose Sid starts so.
func statements(trust []byte, sid string) ([]json.RawMessage, error) {
	d, err := takeApart(trust)
	if err != nil {
		return nil, err
	}
	var found []json.RawMessage
	for _, s := range d.statements {
		if strings.HasPrefix(sidOf(s), sid) {
			found = append(found, s)
		}
	}
	return found, nil
}

func sidOf(s json.RawMessage) string {
	var named struct{ Sid string }
	if json.Unmarshal(s, &named) != nil {
		return ""
	}
	return named.Sid
}
