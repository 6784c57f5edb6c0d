package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// trustStatement is one statement of a trust policy as found, which may be written in any of the forms AWS takes.
type trustStatement struct {
	Sid, Effect string
	Principal   principals
	Action      looseValues
	Condition   map[string]map[string]looseValues

	raw json.RawMessage
}

// looseValues is one value or several, of any JSON type, as strings.
type looseValues []string

// UnmarshalJSON reads every form.
func (v *looseValues) UnmarshalJSON(data []byte) error {
	var list []any
	if err := json.Unmarshal(data, &list); err != nil {
		var one any
		if err := json.Unmarshal(data, &one); err != nil {
			return err
		}
		list = []any{one}
	}
	*v = nil
	for _, item := range list {
		*v = append(*v, fmt.Sprint(item))
	}
	return nil
}

// principals is who a statement speaks of, by kind. The bare star is the kind AWS.
type principals map[string]looseValues

// UnmarshalJSON reads the map and the bare star.
func (p *principals) UnmarshalJSON(data []byte) error {
	var star string
	if json.Unmarshal(data, &star) == nil {
		*p = principals{"AWS": {star}}
		return nil
	}
	return json.Unmarshal(data, (*map[string]looseValues)(p))
}

// statementsIn reads a trust policy. What cannot be read has no statements: it then differs from whatever is wanted.
func statementsIn(document string) []trustStatement {
	var out []trustStatement
	for _, raw := range rawStatements(document) {
		s := trustStatement{raw: raw}
		if json.Unmarshal(raw, &s) == nil {
			out = append(out, s)
		}
	}
	return out
}

// rawStatements are the statements byte for byte; a document may have one without a list around it.
func rawStatements(document string) []json.RawMessage {
	var d struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(document), &d) != nil || len(d.Statement) == 0 {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(d.Statement, &list) != nil {
		list = []json.RawMessage{d.Statement}
	}
	return list
}

// ofGoogle reports whether a statement lets Google identities in, through either kind of provider.
func (s trustStatement) ofGoogle() bool {
	return s.Effect == "Allow" && slices.ContainsFunc(s.Principal["Federated"], func(p string) bool {
		return p == spec.GoogleIssuer || strings.HasSuffix(p, ":oidc-provider/"+spec.GoogleIssuer)
	})
}

// open reports whether a statement lets anybody in.
func (s trustStatement) open() bool {
	return s.Effect == "Allow" && (slices.Contains(s.Principal["AWS"], "*") || slices.Contains(s.Principal["Federated"], "*"))
}

// numbers are the service accounts that the statement pins, by number.
func (s trustStatement) numbers() []string {
	for key, values := range s.Condition["StringEquals"] {
		if strings.EqualFold(key, spec.GoogleIssuer+":sub") {
			return values
		}
	}
	return nil
}

// numbersIn lists the numbers of the service accounts that a trust policy lets in, sorted.
func numbersIn(document string) []string {
	var out []string
	for _, s := range statementsIn(document) {
		if s.ofGoogle() {
			out = append(out, s.numbers()...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// borrowSid begins the Sid of a statement that a verification has lent for minutes.
const borrowSid = "DrawbridgeBorrow"

// borrowed reports whether a grant on a service account is one that a verification has lent for minutes.
func borrowed(g grant) bool {
	return g.Role == "roles/iam.serviceAccountOpenIdTokenCreator" && strings.Contains(strings.ToLower(g.Title), "drawbridge")
}

// splice returns a trust policy with the statement of a Sid replaced, added (when there is none), or, with nil, taken
// out. Every other statement stays as it is.
func splice(document, sid string, with *spec.Statement) (string, error) {
	var whole struct { // all that a policy document can hold, in the order in which people write it
		Version   json.RawMessage `json:",omitempty"`
		ID        json.RawMessage `json:"Id,omitempty"`
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(document), &whole); err != nil {
		return "", fmt.Errorf("read the trust policy: %w", err)
	}
	kept := []json.RawMessage{}
	for _, raw := range rawStatements(document) {
		var s struct{ Sid string }
		if json.Unmarshal(raw, &s) != nil || s.Sid != sid {
			kept = append(kept, raw)
		}
	}
	if with != nil {
		raw, err := json.Marshal(with)
		if err != nil {
			return "", fmt.Errorf("write the trust policy: %w", err)
		}
		kept = append(kept, raw)
	}
	list, err := json.Marshal(kept)
	if err != nil {
		return "", fmt.Errorf("write the trust policy: %w", err)
	}
	whole.Statement = list
	out, err := json.Marshal(whole)
	return string(out), err
}

// statementOf finds a statement by its Sid.
func statementOf(document, sid string) (trustStatement, bool) {
	for _, s := range statementsIn(document) {
		if s.Sid == sid {
			return s, true
		}
	}
	return trustStatement{}, false
}

// sameStatement compares one statement with the wanted one as IAM would.
func sameStatement(have trustStatement, want spec.Statement) bool {
	raw, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []json.RawMessage{have.raw}})
	if err != nil {
		return false
	}
	return spec.SameDocument(raw, []byte(spec.Document{Version: "2012-10-17", Statement: []spec.Statement{want}}.Compact()))
}
