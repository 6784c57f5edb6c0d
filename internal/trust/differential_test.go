package trust

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
)

// The sandbox decides with an evaluator of its own, written from the same documents and sharing no code. Wherever the two
// disagree, one of them is wrong.

// sweep is how many cases are drawn and from which seed. DRAWBRIDGE_TEST_TRUST=SEED,COUNT draws others.
func sweep(t *testing.T, seed uint64, count int) (*rand.Rand, int) {
	t.Helper()
	if text := os.Getenv("DRAWBRIDGE_TEST_TRUST"); text != "" {
		if _, err := fmt.Sscanf(text, "%d,%d", &seed, &count); err != nil {
			t.Fatalf("DRAWBRIDGE_TEST_TRUST is %q, want SEED,COUNT", text)
		}
	}
	return rand.New(rand.NewPCG(seed, 2)), count
}

func TestReadTokenAgreesWithTheSandbox(t *testing.T) {
	r, cases := sweep(t, 1, 10_000)
	admitted, read := 0, 0
	for i := range cases {
		doc, token := randomPolicy(r), randomClaims(r)
		v, err := ReadToken([]byte(doc), token, "accounts.google.com")
		parsed, judgeErr := judge.ParseDocument(doc)
		if (err != nil) != (judgeErr != nil) {
			t.Fatalf("case %d: one reads the policy, the other does not: %v, %v\n%s", i, err, judgeErr, doc)
		}
		if err != nil {
			continue
		}
		read++
		access := judge.Access{Action: webIdentity, Resource: "*", Facts: facts(token)}
		effect, _ := judge.Trust(access, parsed, judge.Party{Federated: []string{"accounts.google.com"}}, nil)
		doubtful := strings.Contains(doc, `{"AWS":"*"}`) // read as what lets more in; the sandbox reads it one way
		if v.Admitted != (effect == judge.Allow) && (!doubtful || !v.Admitted) {
			t.Fatalf("case %d: admitted %v here, %v in the sandbox\n%s\n%v\n%+v", i, v.Admitted, effect == judge.Allow, doc, token, v)
		}
		if v.Admitted {
			admitted++
		}
	}
	if admitted < cases/20 || admitted > read*19/20 || read < cases/2 {
		t.Errorf("%d of %d cases were read and %d admitted: they say little", read, cases, admitted)
	}
}

// facts are the condition keys by a reading of their own.
func facts(token map[string]any) judge.Facts {
	f := judge.Facts{}
	one := func(key, claim string) {
		if s, ok := token[claim].(string); ok {
			f.Set("accounts.google.com:"+key, s)
		}
	}
	one("aud", "aud")
	one("aud", "azp")
	one("oaud", "aud")
	one("sub", "sub")
	one("email", "email")
	if amr, ok := token["amr"].([]any); ok {
		var values []string
		for _, v := range amr {
			values = append(values, v.(string))
		}
		f.SetMany("accounts.google.com:amr", values...)
	}
	f.Set("aws:FederatedProvider", "accounts.google.com")
	f.Set("sts:RoleAuthorizedByIdp", "false")
	return f
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomClaims(r *rand.Rand) map[string]any {
	c := map[string]any{"iss": "https://accounts.google.com", "sub": pick(r, "1", "2", "12", "01", "$1"), "aud": pick(r, "a", "b", "a*", "A", "accounts.google.com")}
	if r.IntN(3) > 0 {
		c["azp"] = pick(r, "1", "2", "x@y")
	}
	if r.IntN(2) > 0 {
		c["email"] = pick(r, "x@y", "X@Y")
	}
	if r.IntN(3) == 0 {
		c["amr"] = pick(r, []any{"a"}, []any{"a", "b"}, []any{}, []any{"", "a"})
	}
	return c
}

func randomPolicy(r *rand.Rand) string {
	var list []string
	for range 1 + r.IntN(3) {
		list = append(list, randomStatement(r))
	}
	body := "[" + strings.Join(list, ",") + "]"
	if len(list) == 1 && r.IntN(2) == 0 {
		body = list[0]
	}
	return fmt.Sprintf(`{"Version":%q,"Statement":%s}`, pick(r, "2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"), body)
}

func randomStatement(r *rand.Rand) string {
	principal := pick(r, `"Principal":{"Federated":"accounts.google.com"}`, `"Principal":{"Federated":"accounts.google.com"}`, `"Principal":{"Federated":"accounts.google.com"}`,
		`"Principal":{"Federated":["x.example","accounts.google.com"]}`, `"Principal":"*"`, `"Principal":{"Federated":"x.example"}`, `"Principal":{"AWS":"*"}`,
		`"Principal":{"Federated":"*"}`, `"Principal":{"Federated":"Accounts.Google.com"}`, `"Principal":{"AWS":"111122223333","Federated":"accounts.google.com"}`,
		`"Principal":{"Service":"ec2.amazonaws.com"}`, `"NotPrincipal":{"Federated":"x.example"}`, `"NotPrincipal":{"Federated":"accounts.google.com"}`, `"NotPrincipal":{"AWS":"*"}`)
	action := pick(r, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:*"`, `"Action":"*"`,
		`"Action":["sts:TagSession","STS:assumerolewith*"]`, `"Action":"sts:AssumeRole"`, `"Action":"sts:AssumeRoleWith???Identity"`, `"NotAction":"sts:TagSession"`, `"NotAction":"sts:Assume*"`)
	condition := ""
	if r.IntN(8) > 0 {
		condition = `,"Condition":` + randomCondition(r)
	}
	return fmt.Sprintf(`{"Effect":%q,%s,%s%s}`, pick(r, "Allow", "Allow", "Allow", "Deny"), principal, action, condition)
}

// randomCondition writes text, not a map: a block may say one operator, and an operator one key, twice.
func randomCondition(r *rand.Rand) string {
	var blocks []string
	for range 1 + r.IntN(2) {
		operator := randomOperator(r)
		var keys []string
		for range 1 + r.IntN(2) {
			keys = append(keys, fmt.Sprintf("%q:%s", randomKey(r), randomValues(r, operator)))
		}
		blocks = append(blocks, fmt.Sprintf("%q:{%s}", operator, strings.Join(keys, ",")))
	}
	return "{" + strings.Join(blocks, ",") + "}"
}

func randomOperator(r *rand.Rand) string {
	if r.IntN(8) == 0 {
		return pick(r, "Null", "Null", "null", "ForAllValues:Null", "ForAnyValue:Null", "NullIfExists")
	}
	name := pick(r, "", "", "", "ForAllValues:", "ForAnyValue:", "foranyvalue:") +
		pick(r, "StringEquals", "StringEquals", "StringEquals", "StringNotEquals", "StringLike", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
			"StringNotEqualsIgnoreCase", "NumericEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals", "NumericNotEquals",
			"Bool", "ArnLike", "ArnEquals", "ArnNotEquals", "ArnNotLike", "BinaryEquals", "IpAddress", "NotIpAddress", "DateLessThan", "DateGreaterThanEquals", "DateNotEquals") +
		pick(r, "", "", "", "IfExists")
	if r.IntN(12) == 0 {
		name = strings.ToLower(name)
	}
	return name
}

func randomKey(r *rand.Rand) string {
	return pick(r, "accounts.google.com:sub", "accounts.google.com:sub", "accounts.google.com:aud", "accounts.google.com:aud", "accounts.google.com:oaud", "Accounts.google.com:SUB",
		"accounts.google.com:email", "accounts.google.com:amr", "accounts.google.com:azp", "https://accounts.google.com:sub", "x.example:sub",
		"aws:FederatedProvider", "AWS:federatedprovider", "sts:RoleAuthorizedByIdp", "aws:PrincipalOrgID", "aws:PrincipalArn", "aws:MultiFactorAuthPresent")
}

func randomValues(r *rand.Rand, operator string) string {
	value := func() any {
		if strings.Contains(strings.ToLower(operator), "null") {
			return pick[any](r, "true", "false", true, false, "True", "FALSE", "yes")
		}
		return pick[any](r, "1", "2", "12", "1*", "?2", "*", "", "a", "b", "a*", "a?", "A", "a${*}", "a${?}", "${$}", "x@y", "X@Y", "accounts.google.com", "accounts.google.*", "false", "False", true, "01", "1.0", "1e0",
			"arn:aws:iam::1:role/x", "arn:*", "arn:aws:*:*:*:*", 1, 2.5, "2020-01-01T00:00:00Z", "2020-01-01", "10.0.0.0/8",
			"${accounts.google.com:sub}", "${accounts.google.com:email, 'x@y'}", "${accounts.google.com:email}", "${accounts.google.com:sub}*", "${aws:FederatedProvider}", "${Accounts.google.com:SUB}", "${accounts.google.com:amr}",
			"${no:such}", "${no:such, 'a'}", "${unclosed", "$1", "${}")
	}
	list := value()
	if r.IntN(3) == 0 {
		many := []any{}
		for range r.IntN(4) {
			many = append(many, value())
		}
		list = many
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return string(text)
}

func TestConditionsAgreeWithTheSandbox(t *testing.T) {
	all := 2_000
	if os.Getenv("DRAWBRIDGE_SWEEP") == "full" {
		all = 10_000
	}
	r, count := sweep(t, 3, all)
	admitted := 0
	for i := range count {
		mapping, condition := randomMapping(r), randomTerm(r, 2)
		caller := randomCaller(r)
		here := admits(mapping, condition, caller)
		there := false
		if f, err := judge.CompileFederation(mapping, condition); err == nil {
			_, err = f.Map(caller)
			there = err == nil
		}
		if here != there {
			t.Fatalf("case %d: admitted %v here, %v in the sandbox\n%s\n%v\n%v", i, here, there, condition, mapping, caller)
		}
		if here {
			admitted++
		}
	}
	if admitted < count/20 || admitted > count*19/20 {
		t.Errorf("%d of %d cases were admitted: they say little", admitted, count)
	}
}

func admits(mapping map[string]string, condition string, caller map[string]any) bool {
	v, err := ReadAssertion(Exchange{Mapping: mapping, Condition: condition}, caller)
	return err == nil && v.Admitted
}

func randomMapping(r *rand.Rand) map[string]string {
	m := DefaultAWSMapping()
	switch r.IntN(4) {
	case 0:
		m["attribute.aws_role"] = "assertion.arn.extract('assumed-role/{role}/')"
	case 1:
		m["google.subject"] = pick(r, "assertion.userid", "assertion.arn.split('/')[2]", "assertion.arn.extract('x{y}')", "assertion.sub")
	case 2:
		m["attribute.account"] = "assertion.account"
	}
	return m
}

func randomCaller(r *rand.Rand) map[string]any {
	arn := pick(r, "arn:aws:sts::111122223333:assumed-role/app/i-0abc", "arn:aws:sts::111122223333:assumed-role/app2/s",
		"arn:aws:iam::111122223333:user/assumed-role/app/eve", "arn:aws:iam::111122223333:user/eve", "arn:aws:sts::111122223333:assumed-role/app/"+strings.Repeat("s", 90))
	return map[string]any{"arn": arn, "account": "111122223333", "userid": "AROAEXAMPLE:x"}
}

func randomTerm(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(2) == 0 {
		a, b := randomTerm(r, depth-1), randomTerm(r, depth-1)
		return pick(r, "("+a+") && ("+b+")", "("+a+") || ("+b+")", "!("+a+")", "("+a+") ? ("+b+") : false")
	}
	return pick(r,
		"assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/app/')", "assertion.arn.contains(':assumed-role/app/')",
		"assertion.arn.matches('^arn:aws:(sts|iam)::')", "assertion.arn.extract('assumed-role/{r}/') == 'app'", "attribute.aws_role == 'app'",
		"attribute.aws_role in ['arn:aws:sts::111122223333:assumed-role/app', 'app']", "attribute.account == '111122223333'", "assertion.account != '1'",
		"google.subject.size() < 60", "has(assertion.sub)", "assertion.sub == 'x'", "'app' in assertion.arn.split('/')", "assertion.arn.endsWith('eve')", "true", "false",
		"assertion['arn'].startsWith('arn:')", "'arn' in assertion", "'sub' in assertion", "assertion['sub'] == 'x'", "has(attribute.aws_role)", "has(attribute.account)", "'aws_role' in attribute",
		`assertion.arn.matches("app\\\\/")`, `assertion.arn.contains("\x61pp")`, `assertion.arn == "arn:aws:iam::111122223333:user\u002feve"`, "assertion.arn.matches(r'user/\\w+$')", "assertion.arn.matches('(')",
		"1 == 1", "1 + 1 == 2", "size(assertion) == 3", "size(assertion.arn) > 40", "assertion.arn", "1", "'true'", "null", "[true]", "assertion.account == 111122223333", "int(assertion.account) > 0",
		"assertion.account.matches('^[0-9]{12}$')", "assertion.userid.split(':')[1] == 'x'", "assertion.userid.split(':')[2] == 'x'", "assertion.arn.extract('{all}') == assertion.arn",
		"assertion.arn.extract('no{thing}here') == ''", "assertion.arn.extract('user/{u}') == 'eve'", "['eve', 'app'].exists(n, assertion.arn.endsWith(n))", "['a'].all(n, assertion.arn.contains(n))",
		"assertion.arn.lowerAscii() == assertion.arn", "assertion.arn.replace('eve', 'x') != assertion.arn", "google.subject == assertion.arn", "attribute['aws_role'] == 'app'", "attribute.nowhere == 'x'", "google.groups == []",
		"type(assertion.arn) == string", "assertion.arn < 'b'", "dyn(assertion.account) == 1", "assertion == {}", "1/0 == 1", "assertion.arn.indexOf('app') > 0", "timestamp('2020-01-01T00:00:00Z') < timestamp('2030-01-01T00:00:00Z')")
}
