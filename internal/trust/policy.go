package trust

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Bounds on a policy document; AWS itself stops at 10,240 characters.
const (
	maxPolicy      = 256 << 10
	maxPolicyDepth = 16
)

// policy is a trust policy document as far as it decides who gets in.
type policy struct {
	variables  bool // Version 2012-10-17, the only one that knows policy variables
	statements []statement
}

type statement struct {
	name         string // Sid, or "statement 2" counted from 1
	allow        bool
	principals   []principal
	notPrincipal bool
	actions      []string
	notAction    bool
	conditions   []condition
}

// principal is one entry of a Principal element; "*" alone has an empty kind.
type principal struct{ kind, value string }

type condition struct {
	operator string
	key      string
	values   []string
}

// readPolicy reads a trust policy strictly: what cannot be understood is an error, never skipped.
func readPolicy(data []byte) (policy, error) {
	doc, list, err := statementsOf(data)
	if err != nil {
		return policy{}, err
	}
	p := policy{variables: doc.get("Version") == "2012-10-17"}
	for i, raw := range list {
		s, err := readStatement(raw, fmt.Sprintf("statement %d", i+1))
		if err != nil {
			return policy{}, fmt.Errorf("statement %d: %w", i+1, err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

// statementsOf reads a document as far as its statements, which stay as they are written.
func statementsOf(data []byte) (object, []any, error) {
	if len(data) > maxPolicy {
		return nil, nil, fmt.Errorf("the document has %d bytes", len(data))
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	root, err := readValue(dec, 0)
	if err != nil {
		return nil, nil, err
	}
	if dec.More() {
		return nil, nil, errors.New("text follows the document")
	}
	doc, ok := root.(object)
	if !ok {
		return nil, nil, errors.New("the document is not an object")
	}
	if single, one := doc.get("Statement").(object); one {
		return doc, []any{single}, nil
	}
	list, ok := doc.get("Statement").([]any)
	if !ok {
		return nil, nil, errors.New("the document has no Statement")
	}
	return doc, list, nil
}

func statementList(data []byte) ([]any, error) {
	_, list, err := statementsOf(data)
	return list, err
}

func readStatement(raw any, name string) (statement, error) {
	fields, ok := raw.(object)
	if !ok {
		return statement{}, errors.New("it is not an object")
	}
	s := statement{name: name}
	for _, m := range fields {
		if err := s.take(m.key, m.value); err != nil {
			return statement{}, fmt.Errorf("%s: %w", m.key, err)
		}
	}
	if effect := fields.get("Effect"); effect != "Allow" && effect != "Deny" {
		return statement{}, errors.New("it has no Effect of Allow or Deny")
	}
	if s.actions == nil || s.principals == nil {
		return statement{}, errors.New("it lacks an action or a principal")
	}
	return s, nil
}

func (s *statement) take(key string, value any) (err error) {
	switch key {
	case "Sid":
		if sid, ok := value.(string); ok && sid != "" {
			s.name = sid
		}
	case "Effect":
		s.allow = value == "Allow"
	case "Action", "NotAction":
		s.notAction = key == "NotAction"
		s.actions, err = scalars(value)
	case "Principal", "NotPrincipal":
		s.notPrincipal = key == "NotPrincipal"
		s.principals, err = readPrincipals(value)
	case "Condition":
		s.conditions, err = readConditions(value)
	default:
		err = errors.New("a trust policy has no such element")
	}
	return err
}

func readPrincipals(value any) ([]principal, error) {
	if value == "*" {
		return []principal{{"", "*"}}, nil
	}
	kinds, ok := value.(object)
	if !ok {
		return nil, errors.New(`it is neither "*" nor an object`)
	}
	var out []principal
	for _, m := range kinds {
		values, err := scalars(m.value)
		if err != nil {
			return nil, err
		}
		for _, v := range values {
			out = append(out, principal{m.key, v})
		}
	}
	return out, nil
}

func readConditions(value any) ([]condition, error) {
	operators, ok := value.(object)
	if !ok {
		return nil, errors.New("it is not an object")
	}
	var out []condition
	for _, m := range operators {
		if _, err := operatorNamed(m.key); err != nil {
			return nil, err
		}
		keys, ok := m.value.(object)
		if !ok {
			return nil, fmt.Errorf("%s is not an object", m.key)
		}
		for _, k := range keys {
			values, err := scalars(k.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.key, err)
			}
			out = append(out, condition{m.key, k.key, values})
		}
	}
	return out, nil
}
