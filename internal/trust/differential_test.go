package trust

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/judge"
)

// The sandbox decides with an evaluator of its own, written from the same documents and sharing no code. Wherever the two
// disagree, one of them is wrong.

const cases = 10_000

func TestReadTokenAgreesWithTheSandbox(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
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
		if v.Admitted != (effect == judge.Allow) {
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
	c := map[string]any{"iss": "https://accounts.google.com", "sub": pick(r, "1", "2", "12"), "aud": pick(r, "a", "b", "a*")}
	if r.IntN(3) > 0 {
		c["azp"] = pick(r, "1", "2", "x@y")
	}
	if r.IntN(2) > 0 {
		c["email"] = pick(r, "x@y", "X@Y")
	}
	if r.IntN(3) == 0 {
		c["amr"] = pick(r, []any{"a"}, []any{"a", "b"})
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
	principal := pick(r, `"Principal":{"Federated":"accounts.google.com"}`, `"Principal":{"Federated":"accounts.google.com"}`,
		`"Principal":{"Federated":["x.example","accounts.google.com"]}`, `"Principal":"*"`, `"Principal":{"Federated":"x.example"}`,
		`"Principal":{"Service":"ec2.amazonaws.com"}`, `"NotPrincipal":{"Federated":"x.example"}`)
	action := pick(r, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:AssumeRoleWithWebIdentity"`, `"Action":"sts:*"`,
		`"Action":["sts:TagSession","STS:assumerolewith*"]`, `"Action":"sts:AssumeRole"`, `"NotAction":"sts:TagSession"`)
	condition := ""
	if r.IntN(8) > 0 {
		condition = `,"Condition":` + randomCondition(r)
	}
	return fmt.Sprintf(`{"Effect":%q,%s,%s%s}`, pick(r, "Allow", "Allow", "Allow", "Deny"), principal, action, condition)
}

func randomCondition(r *rand.Rand) string {
	blocks := map[string]map[string]any{}
	for range 1 + r.IntN(2) {
		operator := pick(r, "", "", "", "ForAllValues:", "ForAnyValue:") +
			pick(r, "StringEquals", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
				"StringNotEqualsIgnoreCase", "NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals", "Bool", "ArnLike", "ArnNotEquals") +
			pick(r, "", "", "", "IfExists")
		if r.IntN(8) == 0 {
			operator = "Null"
		}
		block := map[string]any{}
		for range 1 + r.IntN(2) {
			block[randomKey(r)] = randomValues(r, operator)
		}
		blocks[operator] = block
	}
	text, err := json.Marshal(blocks)
	if err != nil {
		panic(err) // maps of text always marshal
	}
	return string(text)
}

func randomKey(r *rand.Rand) string {
	return pick(r, "accounts.google.com:sub", "accounts.google.com:sub", "accounts.google.com:aud", "accounts.google.com:oaud", "Accounts.google.com:SUB",
		"accounts.google.com:email", "accounts.google.com:amr", "accounts.google.com:azp", "https://accounts.google.com:sub",
		"aws:FederatedProvider", "sts:RoleAuthorizedByIdp", "aws:PrincipalOrgID")
}

func randomValues(r *rand.Rand, operator string) any {
	value := func() any {
		if operator == "Null" {
			return pick[any](r, "true", "false", true, false)
		}
		return pick[any](r, "1", "2", "12", "1*", "?2", "*", "a", "b", "a${*}", "x@y", "X@Y", "accounts.google.com", "false", "arn:aws:iam::1:role/x", 1, 2.5,
			"${accounts.google.com:sub}", "${accounts.google.com:email, 'x@y'}", "${accounts.google.com:email}", "${accounts.google.com:sub}*")
	}
	if r.IntN(3) > 0 {
		return value()
	}
	return []any{value(), value()}
}

func TestConditionsAgreeWithTheSandbox(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	admitted, count := 0, 700
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
		"google.subject.size() < 60", "has(assertion.sub)", "assertion.sub == 'x'", "'app' in assertion.arn.split('/')", "assertion.arn.endsWith('eve')", "true", "false")
}
