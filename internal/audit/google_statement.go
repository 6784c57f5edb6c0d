package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// googleStatement is a statement of a role's trust policy that lets Google's tokens in.
type googleStatement struct {
	trust.Statement
	role      inventory.Role
	principal string
}

const webIdentity = "sts:AssumeRoleWithWebIdentity"

// googleStatementOf recognises a statement that allows Google, built in or as a provider of any account.
func googleStatementOf(r inventory.Role, s trust.Statement) (googleStatement, bool) {
	if !s.Allow || !s.Does(webIdentity) || s.NotPrincipal {
		return googleStatement{}, false
	}
	for _, p := range s.Principals {
		if p.Kind == "Federated" && (p.Value == spec.GoogleIssuer || strings.HasSuffix(p.Value, ":oidc-provider/"+spec.GoogleIssuer)) {
			return googleStatement{s, r, p.Value}, true
		}
	}
	return googleStatement{}, false
}

// on lists the conditions on one key of Google's, such as sub.
func (g googleStatement) on(key string) []trust.Condition {
	var out []trust.Condition
	for _, c := range g.Conditions {
		if strings.EqualFold(c.Key, spec.GoogleIssuer+":"+key) {
			out = append(out, c)
		}
	}
	return out
}

// exact gives the values that a key is held to exactly, nil when it is not.
func (g googleStatement) exact(key string) []string {
	for _, c := range g.on(key) {
		if c.Exact() {
			return c.Values
		}
	}
	return nil
}

// guarded reports whether any condition reads a key of Google's.
func (g googleStatement) guarded() bool {
	return slices.ContainsFunc(g.Conditions, func(c trust.Condition) bool { return googleKey(c.Key) != "" })
}

// googleKey is the part of a condition key behind accounts.google.com:, lower case; "" for other keys.
func googleKey(key string) string {
	name, ok := strings.CutPrefix(strings.ToLower(key), spec.GoogleIssuer+":")
	if !ok {
		return ""
	}
	return name
}

// uniqueIDs are the numbers of service accounts that the statement pins, by sub or by aud.
func (g googleStatement) uniqueIDs() []string {
	var out []string
	for _, v := range append(slices.Clone(g.exact("sub")), g.exact("aud")...) {
		if uniqueID(v) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func uniqueID(s string) bool {
	return len(s) >= 20 && len(s) <= 22 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

func allUniqueIDs(values []string) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !uniqueID(v) })
}

// finding begins a finding about the statement: its role, its evidence and the corrected policy.
func (s *sight) statementFinding(g googleStatement, severity Severity, evidence string, args ...any) Finding {
	return Finding{
		Severity: severity, Resource: g.role.ARN, Evidence: g.Name + ": " + fmt.Sprintf(evidence, args...),
		Fix:      "replace the statement by one that pins aud, oaud and sub exactly; sessions that are already out live on until they end",
		Document: s.corrected(g), Command: updateTrust(g.role.Name),
		about: []string{"role:" + g.role.Name, "statement:" + g.role.Name + "/" + g.Name},
	}
}

func updateTrust(role string) string {
	return command("aws", "iam", "update-assume-role-policy", "--role-name", role, "--policy-document", "file://trust.json")
}

func said(c trust.Condition) string {
	return fmt.Sprintf("%s %s = %s", c.Operator, c.Key, strings.Join(c.Values, " or "))
}

// corrected is the role's trust policy with this statement as it should be; every other statement stays as it is. What
// only a person can know stands in it in capitals.
func (s *sight) corrected(g googleStatement) string {
	id := "UNIQUE_ID_OF_THE_SERVICE_ACCOUNT"
	if ids := g.uniqueIDs(); len(ids) > 0 {
		id = ids[0]
	}
	audience := fmt.Sprintf("https://sts.amazonaws.com/%s/%s", s.Account.ID, g.role.Name)
	if o := g.exact("oaud"); len(o) > 0 {
		audience = o[0]
	}
	if b, ok := s.bridgeOfRole(g.role.Name); ok {
		audience = b.ToAWS.Audience
		if a, ok := s.account(b.ToAWSEmail()); ok {
			id = a.UniqueID
		}
	}
	st := spec.Statement{
		Sid: "GoogleServiceAccount", Effect: "Allow", Principal: map[string]spec.Values{"Federated": {g.principal}}, Action: spec.Values{webIdentity},
		Condition: map[string]map[string]spec.Values{"StringEquals": {
			spec.GoogleIssuer + ":aud": {id}, spec.GoogleIssuer + ":oaud": {audience}, spec.GoogleIssuer + ":sub": {id},
		}},
	}
	return replaceStatement(g.role.Trust, g.Index, st)
}

// replaceStatement gives the document with one statement exchanged, indented; "" when it cannot be taken apart.
func replaceStatement(document string, index int, with any) string {
	var doc struct {
		Version   string `json:",omitempty"`
		ID        string `json:"Id,omitempty"`
		Statement []json.RawMessage
	}
	if json.Unmarshal([]byte(document), &doc) != nil || index >= len(doc.Statement) {
		doc.Version, doc.Statement, index = "2012-10-17", make([]json.RawMessage, 1), 0
	}
	raw, err := json.Marshal(with)
	if err != nil {
		return ""
	}
	doc.Statement[index] = raw
	out, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return ""
	}
	return string(out)
}
