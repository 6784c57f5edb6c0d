package judge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Document is an AWS policy document, read strictly: an unknown element or a name given twice is a syntax error, as
// IAM has it.
type Document struct {
	Version    string
	Statements []Statement
}

// Statement is one of a document's, with every "one or many" made a list.
type Statement struct {
	Sid, Effect  string
	Principal    *Parties // nil: none given
	NotPrincipal *Parties
	Action       []string
	NotAction    []string
	Resource     []string
	NotResource  []string
	Clauses      []Clause

	version string
}

// Parties is the content of a Principal element, by kind; Anyone stands for the bare "*".
type Parties struct {
	Anyone bool
	Kinds  map[string][]string // AWS, Federated, Service, CanonicalUser
}

// Clause is one operator on one key, for example ForAnyValue:StringLikeIfExists on aws:TagKeys.
type Clause struct {
	Set      string // "", ForAllValues or ForAnyValue
	Operator string // without IfExists, in canonical spelling
	IfExists bool
	Key      string // as written; compared without regard to case
	Values   []string
}

// Malformed says what is wrong with a document, in IAM's own words.
type Malformed string

func (m Malformed) Error() string { return string(m) }

func malformed(format string, args ...any) error { return Malformed(fmt.Sprintf(format, args...)) }

// ErrSyntax is what IAM says of a document whose JSON it understands and whose grammar it does not.
const ErrSyntax = Malformed("Syntax errors in policy.")

// errJSON is what IAM says of a document that is not JSON.
const errJSON = Malformed("This policy contains invalid Json")

// ParseDocument reads a policy document. Its errors are worded as IAM words a MalformedPolicyDocument.
func ParseDocument(text string) (Document, error) {
	top, err := object(json.RawMessage(text))
	if err != nil {
		return Document{}, err
	}
	d := Document{Version: "2008-10-17"}
	for _, m := range top {
		switch m.name {
		case "Version":
			err = d.readVersion(m.value)
		case "Id":
			_, err = word(m.value)
		case "Statement":
			d.Statements, err = statements(m.value)
		default:
			err = ErrSyntax
		}
		if err != nil {
			return Document{}, err
		}
	}
	if d.Statements == nil {
		return Document{}, ErrSyntax
	}
	for i := range d.Statements {
		d.Statements[i].version = d.Version
	}
	return d, nil
}

func (d *Document) readVersion(raw json.RawMessage) (err error) {
	d.Version, err = word(raw)
	if err == nil && d.Version != "2012-10-17" && d.Version != "2008-10-17" {
		return ErrSyntax
	}
	return err
}

func statements(raw json.RawMessage) ([]Statement, error) {
	list, err := oneOrMany(raw)
	if err != nil || len(list) == 0 {
		return nil, ErrSyntax
	}
	all := make([]Statement, 0, len(list))
	for _, item := range list {
		s, err := statement(item)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func statement(raw json.RawMessage) (s Statement, err error) {
	members, err := object(raw)
	if err != nil {
		return s, err
	}
	for _, m := range members {
		if err := s.read(m); err != nil {
			return s, err
		}
	}
	return s, s.complete()
}

func (s *Statement) read(m member) (err error) {
	switch m.name {
	case "Sid":
		s.Sid, err = word(m.value)
	case "Effect":
		s.Effect, err = word(m.value)
	case "Principal":
		s.Principal, err = parties(m.value)
	case "NotPrincipal":
		s.NotPrincipal, err = parties(m.value)
	case "Action":
		s.Action, err = words(m.value)
	case "NotAction":
		s.NotAction, err = words(m.value)
	case "Resource":
		s.Resource, err = words(m.value)
	case "NotResource":
		s.NotResource, err = words(m.value)
	case "Condition":
		s.Clauses, err = clauses(m.value)
	default:
		err = ErrSyntax
	}
	return err
}

func (s *Statement) complete() error {
	switch {
	case s.Effect == "":
		return Malformed("Missing required field Effect")
	case s.Effect != "Allow" && s.Effect != "Deny":
		return malformed("Invalid effect: %s", s.Effect)
	case s.Action == nil && s.NotAction == nil:
		return Malformed("Missing required field Action")
	case s.Action != nil && s.NotAction != nil, s.Resource != nil && s.NotResource != nil, s.Principal != nil && s.NotPrincipal != nil:
		return ErrSyntax
	}
	return nil
}

func parties(raw json.RawMessage) (*Parties, error) {
	if one, err := word(raw); err == nil {
		if one != "*" {
			return nil, ErrSyntax
		}
		return &Parties{Anyone: true}, nil
	}
	members, err := object(raw)
	if err != nil || len(members) == 0 {
		return nil, ErrSyntax
	}
	p := &Parties{Kinds: map[string][]string{}}
	for _, m := range members {
		if !slices.Contains([]string{"AWS", "Federated", "Service", "CanonicalUser"}, m.name) {
			return nil, ErrSyntax
		}
		if p.Kinds[m.name], err = words(m.value); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// member is one name and value of a JSON object, in order.
type member struct {
	name  string
	value json.RawMessage
}

// object reads a JSON object without losing a name that is given twice, which IAM refuses and Go would not see.
func object(raw json.RawMessage) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		if err == nil && json.Valid(raw) {
			return nil, ErrSyntax
		}
		return nil, errJSON
	}
	var all []member
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, errJSON
		}
		name, _ := token.(string)
		if seen[name] {
			return nil, ErrSyntax
		}
		seen[name] = true
		m := member{name: name}
		if err := dec.Decode(&m.value); err != nil {
			return nil, errJSON
		}
		all = append(all, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, errJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errJSON
	}
	return all, nil
}

func oneOrMany(raw json.RawMessage) ([]json.RawMessage, error) {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] != '[' {
		return []json.RawMessage{raw}, nil
	}
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	return list, err
}

func word(raw json.RawMessage) (string, error) {
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil {
		return "", ErrSyntax
	}
	return *s, nil
}

func words(raw json.RawMessage) ([]string, error) {
	list, err := oneOrMany(raw)
	if err != nil || len(list) == 0 {
		return nil, ErrSyntax
	}
	all := make([]string, 0, len(list))
	for _, item := range list {
		w, err := word(item)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// scalars reads the values of a condition, where JSON booleans and numbers stand for their text.
func scalars(raw json.RawMessage) ([]string, error) {
	list, err := oneOrMany(raw)
	if err != nil {
		return nil, ErrSyntax
	}
	all := make([]string, 0, len(list))
	for _, item := range list {
		text := string(bytes.TrimSpace(item))
		if strings.HasPrefix(text, `"`) {
			if text, err = word(item); err != nil {
				return nil, err
			}
		} else if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || text == "null" {
			return nil, ErrSyntax
		}
		all = append(all, text)
	}
	return all, nil
}
