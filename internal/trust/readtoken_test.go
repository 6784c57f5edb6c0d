package trust

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	uid      = "104290111222333444555"
	audience = "https://sts.amazonaws.com/123456789012/ci-runner"
)

// claims are those of a token that was minted without a key.
func claims(change ...any) map[string]any {
	c := map[string]any{
		"iss": "https://accounts.google.com", "azp": uid, "aud": audience, "sub": uid,
		"email": "ci-runner@acme-build.iam.gserviceaccount.com", "email_verified": true,
	}
	for i := 0; i < len(change); i += 2 {
		if key := change[i].(string); change[i+1] == nil {
			delete(c, key)
		} else {
			c[key] = change[i+1]
		}
	}
	return c
}

// trustPolicy is a trust policy for Google with one statement's conditions.
func trustPolicy(conditions string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"G","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},` +
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":` + conditions + `}]}`
}

const exact = `{"StringEquals":{"accounts.google.com:aud":"` + uid + `","accounts.google.com:oaud":"` + audience + `","accounts.google.com:sub":"` + uid + `"}}`

func TestConditionsDecideAsAWSDocuments(t *testing.T) {
	for _, c := range []struct {
		name       string
		conditions string
		claims     map[string]any
		want       bool
	}{
		{"the exact trust", exact, claims(), true},
		{"another audience", exact, claims("aud", audience+"-wrong"), false},
		{"another account", exact, claims("sub", "1", "azp", "1"), false},
		{"a token made with a key file", exact, claims("azp", "ci-runner@acme-build.iam.gserviceaccount.com"), false},
		{"no azp: aud is the audience", `{"StringEquals":{"accounts.google.com:aud":"` + audience + `"}}`, claims("azp", nil), true},
		{"the audience under aud", `{"StringEquals":{"accounts.google.com:aud":"` + audience + `"}}`, claims(), false},
		{"key case", `{"StringEquals":{"Accounts.Google.com:SUB":"` + uid + `"}}`, claims(), true},
		{"value case", `{"StringEquals":{"accounts.google.com:email":"CI-RUNNER@acme-build.iam.gserviceaccount.com"}}`, claims(), false},
		{"ignored case", `{"StringEqualsIgnoreCase":{"accounts.google.com:email":"CI-RUNNER@acme-build.iam.gserviceaccount.com"}}`, claims(), true},
		{"values are alternatives", `{"StringEquals":{"accounts.google.com:sub":["1","` + uid + `"]}}`, claims(), true},
		{"no value", `{"StringEquals":{"accounts.google.com:sub":[]}}`, claims(), false},
		{"a star is literal under StringEquals", `{"StringEquals":{"accounts.google.com:sub":"*"}}`, claims(), false},
		{"a star under StringLike", `{"StringLike":{"accounts.google.com:sub":"1042*"}}`, claims(), true},
		{"a question mark", `{"StringLike":{"accounts.google.com:sub":"?` + uid[1:] + `"}}`, claims(), true},
		{"a question mark is one character", `{"StringLike":{"accounts.google.com:sub":"?"}}`, claims(), false},
		{"an escaped star", `{"StringLike":{"accounts.google.com:sub":"${*}"}}`, claims(), false},
		{"operators are all wanted", `{"StringEquals":{"accounts.google.com:sub":"` + uid + `"},"StringLike":{"accounts.google.com:oaud":"x*"}}`, claims(), false},
		{"absent claim", `{"StringEquals":{"accounts.google.com:email":"x"}}`, claims("email", nil), false},
		{"absent claim, negated", `{"StringNotEquals":{"accounts.google.com:email":"x"}}`, claims("email", nil), true},
		{"absent claim, if it exists", `{"StringEqualsIfExists":{"accounts.google.com:email":"x"}}`, claims("email", nil), true},
		{"present claim, if it exists", `{"StringEqualsIfExists":{"accounts.google.com:email":"x"}}`, claims(), false},
		{"negated", `{"StringNotEquals":{"accounts.google.com:sub":"` + uid + `"}}`, claims(), false},
		{"negated with alternatives", `{"StringNotEquals":{"accounts.google.com:sub":["1","` + uid + `"]}}`, claims(), false},
		{"not like", `{"StringNotLike":{"accounts.google.com:sub":"9*"}}`, claims(), true},
		{"null of an absent claim", `{"Null":{"accounts.google.com:email":"true"}}`, claims("email", nil), true},
		{"null of a present claim", `{"Null":{"accounts.google.com:email":true}}`, claims(), false},
		{"not null", `{"Null":{"accounts.google.com:sub":"false"}}`, claims(), true},
		{"for all values of nothing", `{"ForAllValues:StringEquals":{"accounts.google.com:amr":"x"}}`, claims(), true},
		{"for all values", `{"ForAllValues:StringEquals":{"accounts.google.com:amr":["a","b"]}}`, claims("amr", []any{"a", "b"}), true},
		{"for all values but one", `{"ForAllValues:StringEquals":{"accounts.google.com:amr":["a"]}}`, claims("amr", []any{"a", "b"}), false},
		{"for any value of nothing", `{"ForAnyValue:StringEquals":{"accounts.google.com:amr":"x"}}`, claims(), false},
		{"for any value", `{"ForAnyValue:StringLike":{"accounts.google.com:amr":"a*"}}`, claims("amr", []any{"b", "a1"}), true},
		{"for any value, negated", `{"ForAnyValue:StringNotEquals":{"accounts.google.com:amr":"a"}}`, claims("amr", []any{"a", "b"}), true},
		{"a variable that is the claim itself", `{"StringEquals":{"accounts.google.com:sub":"${accounts.google.com:sub}"}}`, claims(), true},
		{"a variable without value", `{"StringEquals":{"accounts.google.com:sub":"${accounts.google.com:email}"}}`, claims("email", nil), false},
		{"a variable with a default", `{"StringEquals":{"accounts.google.com:sub":"${accounts.google.com:email, '` + uid + `'}"}}`, claims("email", nil), true},
		{"azp is no key", `{"StringEquals":{"accounts.google.com:azp":"` + uid + `"}}`, claims(), false},
		{"a scheme in the key", `{"StringEquals":{"https://accounts.google.com:sub":"` + uid + `"}}`, claims(), false},
		{"organisation number", `{"NumericEquals":{"accounts.google.com:google/organization_number":"42"}}`, claims("google", map[string]any{"organization_number": json.Number("42")}), true},
		{"number as text", `{"NumericLessThan":{"accounts.google.com:sub":9}}`, claims("sub", "8"), true},
		{"not a number", `{"NumericLessThan":{"accounts.google.com:sub":"9"}}`, claims("sub", "x"), false},
		{"roles claim wanted", `{"Bool":{"sts:RoleAuthorizedByIdp":"true"}}`, claims(), false},
		{"federated provider", `{"StringEquals":{"aws:FederatedProvider":"accounts.google.com"}}`, claims(), true},
		{"organisation of a principal that has none yet", `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, claims(), false},
		{"the same, if it exists", `{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`, claims(), true},
		{"ARN by parts", `{"ArnLike":{"accounts.google.com:sub":"arn:*:iam::1:role/*"}}`, claims("sub", "arn:aws:iam::1:role/a:b"), true},
		{"ARN wildcard stays in its part", `{"ArnLike":{"accounts.google.com:sub":"arn:*:role/x"}}`, claims("sub", "arn:aws:iam::1:role/x"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := ReadToken([]byte(trustPolicy(c.conditions)), c.claims, "accounts.google.com")
			if err != nil {
				t.Fatal(err)
			}
			if v.Admitted != c.want {
				t.Errorf("admitted %v, want %v\n%+v", v.Admitted, c.want, v)
			}
		})
	}
}

func TestVariablesAreLiteralInOldPolicies(t *testing.T) {
	doc := strings.Replace(trustPolicy(`{"StringEquals":{"accounts.google.com:sub":"${accounts.google.com:sub}"}}`), "2012", "2008", 1)
	v, err := ReadToken([]byte(doc), claims(), "accounts.google.com")
	if err != nil || v.Admitted {
		t.Errorf("admitted %v, %v, want refused", v.Admitted, err)
	}
}

// statements builds a policy of several statements, each {sid, effect, principal, action, condition}.
func statements(list ...[5]string) string {
	var out []string
	for _, s := range list {
		condition := ""
		if s[4] != "" {
			condition = `,"Condition":` + s[4]
		}
		out = append(out, fmt.Sprintf(`{"Sid":%q,"Effect":%q,%s,%s%s}`, s[0], s[1], s[2], s[3], condition))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(out, ",") + `]}`
}

func TestStatementsDecideTogether(t *testing.T) {
	const (
		google = `"Principal":{"Federated":"accounts.google.com"}`
		action = `"Action":"sts:AssumeRoleWithWebIdentity"`
		wrong  = `{"StringEquals":{"accounts.google.com:sub":"1","accounts.google.com:oaud":"2"}}`
		nearly = `{"StringEquals":{"accounts.google.com:sub":"` + uid + `","accounts.google.com:oaud":"2"}}`
		arn    = `"Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/accounts.google.com"}`
	)
	for _, c := range []struct {
		name      string
		policy    string
		want      bool
		statement string
	}{
		{"one admits", statements([5]string{"A", "Allow", google, action, wrong}, [5]string{"B", "Allow", google, action, exact}), true, "B"},
		{"none admits: the closest is shown", statements([5]string{"A", "Allow", google, action, wrong}, [5]string{"B", "Allow", google, action, nearly}), false, "B"},
		{"a Deny wins", statements([5]string{"A", "Allow", google, action, exact}, [5]string{"D", "Deny", google, action, `{"StringNotEquals":{"accounts.google.com:sub":"1"}}`}), false, "D"},
		{"a Deny for others", statements([5]string{"A", "Allow", google, action, exact}, [5]string{"D", "Deny", google, action, wrong}), true, "A"},
		{"wildcard in the action", statements([5]string{"A", "Allow", google, `"Action":"STS:assumerole*"`, exact}), true, "A"},
		{"list of actions", statements([5]string{"A", "Allow", google, `"Action":["sts:TagSession","sts:AssumeRoleWithWebIdentity"]`, exact}), true, "A"},
		{"another action", statements([5]string{"A", "Allow", google, `"Action":"sts:AssumeRole"`, exact}), false, "A"},
		{"all actions but another", statements([5]string{"A", "Allow", google, `"NotAction":"sts:TagSession"`, exact}), true, "A"},
		{"all actions but this", statements([5]string{"A", "Allow", google, `"NotAction":"sts:Assume*"`, exact}), false, "A"},
		{"the explicit provider", statements([5]string{"A", "Allow", arn, action, exact}), false, "A"},
		{"list of principals", statements([5]string{"A", "Allow", `"Principal":{"Federated":["x","accounts.google.com"]}`, action, exact}), true, "A"},
		{"everybody", statements([5]string{"A", "Allow", `"Principal":"*"`, `"Action":"*"`, ""}), true, "A"},
		{"every AWS principal, read widely", statements([5]string{"A", "Allow", `"Principal":{"AWS":"*"}`, action, ""}), true, "A"},
		{"a service", statements([5]string{"A", "Allow", `"Principal":{"Service":"ec2.amazonaws.com"}`, `"Action":"sts:AssumeRole"`, ""}), false, "A"},
		{"anybody but another", statements([5]string{"A", "Allow", `"NotPrincipal":{"Federated":"x"}`, action, ""}), true, "A"},
		{"anybody but Google", statements([5]string{"A", "Allow", `"NotPrincipal":{"Federated":"accounts.google.com"}`, action, ""}), false, "A"},
		{"no condition at all", statements([5]string{"", "Allow", google, action, ""}), true, "statement 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := ReadToken([]byte(c.policy), claims(), "accounts.google.com")
			if err != nil {
				t.Fatal(err)
			}
			if v.Denies != (c.statement == "D") {
				t.Errorf("denies %v by %q", v.Denies, v.Statement)
			}
			if v.Admitted != c.want || v.Statement != c.statement {
				t.Errorf("admitted %v by %q, want %v by %q\n%+v", v.Admitted, v.Statement, c.want, c.statement, v)
			}
		})
	}
}

func TestRefusalShowsClaimsBesideWhatWasWanted(t *testing.T) {
	token := claims("azp", "ci-runner@acme-build.iam.gserviceaccount.com")
	v, err := ReadToken([]byte(trustPolicy(exact)), token, "accounts.google.com")
	if err != nil {
		t.Fatal(err)
	}
	want := Verdict{Statement: "G", Rows: []Row{
		{Claim: "iss", Key: "Principal", Operator: "Federated", Sent: "accounts.google.com", Wanted: "accounts.google.com", Holds: true},
		{Claim: "azp", Key: "accounts.google.com:aud", Operator: "StringEquals", Sent: "ci-runner@acme-build.iam.gserviceaccount.com", Wanted: uid},
		{Claim: "aud", Key: "accounts.google.com:oaud", Operator: "StringEquals", Sent: audience, Wanted: audience, Holds: true},
		{Claim: "sub", Key: "accounts.google.com:sub", Operator: "StringEquals", Sent: uid, Wanted: uid, Holds: true},
	}}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeToldWidens(t *testing.T) {
	doc := trustPolicy(`{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"StringEquals":{"accounts.google.com:sub":"` + uid + `","sts:RoleSessionName":"x"}}`)
	v, err := ReadToken([]byte(doc), claims(), "accounts.google.com")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"aws:SourceIp", "sts:RoleSessionName"}, v.Unread); diff != "" || !v.Admitted {
		t.Errorf("admitted %v, unread (-want +got):\n%s", v.Admitted, diff)
	}
	deny := statements(
		[5]string{"A", "Allow", `"Principal":"*"`, `"Action":"*"`, ""},
		[5]string{"D", "Deny", `"Principal":"*"`, `"Action":"*"`, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`},
	)
	if v, err := ReadToken([]byte(deny), claims(), "accounts.google.com"); err != nil || !v.Admitted || len(v.Unread) != 1 {
		t.Errorf("a Deny that rests on an unknown address: %+v, %v; want admitted, with the key unread", v, err)
	}
}

func TestPoliciesThatCannotBeReadAreErrors(t *testing.T) {
	for name, doc := range map[string]string{
		"nothing":             "",
		"not JSON":            "{",
		"not an object":       "[]",
		"text behind":         trustPolicy(exact) + "x",
		"no statement":        `{"Version":"2012-10-17"}`,
		"unknown operator":    trustPolicy(`{"StringEqual":{"a":"b"}}`),
		"unknown effect":      strings.Replace(trustPolicy(exact), "Allow", "allow", 1),
		"unknown element":     strings.Replace(trustPolicy(exact), `"Sid"`, `"sid"`, 1),
		"a key twice":         trustPolicy(`{"StringEquals":{"a":"b","a":"c"}}`),
		"an operator twice":   trustPolicy(`{"StringEquals":{"a":"b"},"StringEquals":{"a":"c"}}`),
		"value is an object":  trustPolicy(`{"StringEquals":{"a":{}}}`),
		"no principal":        `{"Statement":{"Effect":"Allow","Action":"*"}}`,
		"no action":           `{"Statement":{"Effect":"Allow","Principal":"*"}}`,
		"nested without end":  strings.Repeat(`{"a":`, 10_000),
		"a principal as text": `{"Statement":{"Effect":"Allow","Action":"*","Principal":"accounts.google.com"}}`,
	} {
		if v, err := ReadToken([]byte(doc), claims(), "accounts.google.com"); err == nil {
			t.Errorf("%s was read: %+v", name, v)
		}
	}
}
