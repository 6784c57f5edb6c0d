package verify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

const ec2Only = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}`

var borrowedUntil = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func borrowedStatement() statement {
	return lend(loanSid+"0011aabb", "arn:aws:iam::123456789012:user/operator", "AIDAEXAMPLE", borrowedUntil)
}

func TestLentStatementNamesExactlyTheCallerUntilAMoment(t *testing.T) {
	got, err := plainJSON(borrowedStatement())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Sid":"DrawbridgeBorrow0011aabb","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/operator"},` +
		`"Action":"sts:AssumeRole","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-03-04T05:06:07Z"},"StringEquals":{"aws:userid":"AIDAEXAMPLE"}}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("statement (-want +got):\n%s", diff)
	}
}

func TestBorrowingAndReturningLeavesTheTrustAsItWas(t *testing.T) {
	for name, before := range map[string]string{
		"one statement":   ec2Only,
		"several":         `{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::1:root"]},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}`,
		"odd characters":  `{"Version":"2012-10-17","Statement":[{"Sid":"B","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"aws:userid":"<&>"}}}]}`,
		"no Sid in sight": `{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			lent, err := withStatement([]byte(before), borrowedStatement())
			if err != nil {
				t.Fatal(err)
			}
			if found, err := statements(lent, loanSid); err != nil || len(found) != 1 {
				t.Fatalf("borrowed statements = %d, %v; want 1", len(found), err)
			}
			after, err := withoutStatements(lent, loanSid+"0011aabb")
			if err != nil {
				t.Fatal(err)
			}
			if !spec.SameDocument(after, []byte(before)) {
				t.Errorf("after the return:\n%s\nwant:\n%s", after, before)
			}
		})
	}
}

func TestReturningLeavesOtherStatementsByteForByte(t *testing.T) {
	odd := `{"Sid":"DrawbridgeOther", "Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/é<&>"},"Action":["sts:AssumeRole"],"Condition":{"NumericEquals":{"k":12345678901234567890}}}`
	lent, err := withStatement([]byte(`{"Statement":[`+odd+`]}`), borrowedStatement())
	if err != nil {
		t.Fatal(err)
	}
	after, err := withoutStatements(lent, loanSid)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Statement []json.RawMessage }
	if err := json.Unmarshal(after, &got); err != nil || len(got.Statement) != 1 {
		t.Fatalf("after the return: %s, %v; want one statement", after, err)
	}
	want, err := plainJSON(json.RawMessage(odd))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got.Statement[0])); diff != "" {
		t.Errorf("the other statement (-want +got):\n%s", diff)
	}
}

func TestNothingIsWrittenWhereNothingWasBorrowed(t *testing.T) {
	got, err := withoutStatements([]byte(ec2Only), loanSid)
	if err != nil || got != nil {
		t.Errorf("withoutStatements = %s, %v; want nil, nil", got, err)
	}
}

func TestUnreadableTrustIsNotEdited(t *testing.T) {
	for _, bad := range []string{"", "null", "[]", `"x"`, `{"Statement":7}`, `{"Statement":"x"}`} {
		if got, err := withStatement([]byte(bad), borrowedStatement()); err == nil {
			t.Errorf("withStatement(%q) = %s; want an error", bad, got)
		}
	}
}

func FuzzTrustKeepsWhatIsNotOurs(f *testing.F) {
	f.Add(ec2Only)
	f.Add(`{"Statement":[{"Sid":"DrawbridgeBorrowdead"},{"sid":"x"}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		before, err := withoutStatements([]byte(in), loanSid)
		if err != nil {
			return
		}
		if before == nil {
			before = []byte(in)
		}
		lent, err := withStatement(before, borrowedStatement())
		if err != nil {
			t.Fatalf("cannot add to a document that could be read: %v", err)
		}
		after, err := withoutStatements(lent, loanSid)
		if err != nil {
			t.Fatalf("cannot return: %v", err)
		}
		was, _ := statements(before, "")
		is, _ := statements(after, "")
		if len(was) != len(is) {
			t.Fatalf("%d statements became %d", len(was), len(is))
		}
	})
}

func TestReturningKeepsTheOrderOfTheDocument(t *testing.T) {
	before := `{"Version":"2012-10-17","Id":"x","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}],"A":1}`
	lent, err := withStatement([]byte(before), borrowedStatement())
	if err != nil {
		t.Fatal(err)
	}
	after, err := withoutStatements(lent, loanSid)
	if err != nil || string(after) != before {
		t.Errorf("after the return: %v\n%s\nwant:\n%s", err, after, before)
	}
}
