package trust

import "testing"

func TestStatementsReadWhatBothKindsOfPolicyHave(t *testing.T) {
	got, err := Statements([]byte(`{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Action":["sts:*"],"Resource":"arn:x:*",
		"Condition":{"StringLike":{"k":["a*"]}}}}`))
	if err != nil || len(got) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	s := got[0]
	if s.Name != "A" || !s.Allow || !s.Does("STS:AssumeRole") || s.Does("iam:PassRole") || !s.On("arn:x:1") || s.On("y") || !s.Conditions[0].Wild() {
		t.Errorf("got %+v", s)
	}
	if _, err := Statements([]byte(`{"Statement":[{"Effect":"Allow","Strange":1}]}`)); err == nil {
		t.Error("an element that is not known was passed over")
	}
}

func TestConditionsAreGradedByWhatTheyHold(t *testing.T) {
	for _, tt := range []struct {
		operator, value      string
		exact, wild, vacuous bool
	}{
		{"StringEquals", "a", true, false, false},
		{"StringLike", "a", true, false, false},
		{"StringLike", "a*", false, true, false},
		{"StringEqualsIfExists", "a", false, false, true},
		{"ForAllValues:StringEquals", "a", false, false, true},
		{"ForAnyValue:StringEquals", "a", true, false, false},
		{"StringNotEquals", "a", false, false, true},
		{"Null", "true", false, false, true},
		{"StringEquals", "${accounts.google.com:sub}", false, false, false},
	} {
		c := Condition{tt.operator, "k", []string{tt.value}}
		if c.Exact() != tt.exact || c.Wild() != tt.wild || c.Vacuous() != tt.vacuous {
			t.Errorf("%s %s: got exact %t wild %t vacuous %t, want %t %t %t", tt.operator, tt.value, c.Exact(), c.Wild(), c.Vacuous(), tt.exact, tt.wild, tt.vacuous)
		}
	}
}

func TestBreadthTellsPinnedFromLoose(t *testing.T) {
	const arn = "arn:aws:sts::123456789012:assumed-role/app"
	for condition, want := range map[string]Breadth{
		"":                                    Unconditional,
		"true":                                Trivial,
		"assertion.account == '123456789012'": Trivial,
		"assertion.arn != ''":                 Trivial,
		"assertion.arn.startsWith('" + arn + "/')":       Pinned,
		"assertion.arn.startsWith('" + arn + "')":        Loose,
		"assertion.arn.contains('app')":                  Loose,
		"attribute.aws_role == '" + arn + "'":            Pinned,
		"assertion.arn.startsWith('" + arn + "/')||true": Trivial,
	} {
		if got, err := BreadthOfAWS(condition, "123456789012"); err != nil || got != want {
			t.Errorf("%q: got %s, %v, want %s", condition, got, err, want)
		}
	}
}

func TestSubjectsMustTellRolesApart(t *testing.T) {
	for subject, want := range map[string]bool{"assertion.arn": true, "assertion.account": false, "'all'": false, "assertion.arn.extract('assumed-role/{s}')": true} {
		if got, err := Distinguishes(map[string]string{"google.subject": subject}, "123456789012"); err != nil || got != want {
			t.Errorf("%s: got %t, %v, want %t", subject, got, err, want)
		}
	}
}
