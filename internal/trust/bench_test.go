package trust

import "testing"

func BenchmarkReadToken(b *testing.B) {
	doc, token := []byte(trustPolicy(exact)), claims()
	for b.Loop() {
		if v, err := ReadToken(doc, token, "accounts.google.com"); err != nil || !v.Admitted {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkMapped(b *testing.B) {
	for b.Loop() {
		if _, err := Mapped(DefaultAWSMapping(), assertion(session)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadAssertion(b *testing.B) {
	x := Exchange{Condition: "assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/app/')"}
	for b.Loop() {
		if v, err := ReadAssertion(x, assertion(session)); err != nil || !v.Admitted {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkNewEnv(b *testing.B) {
	for b.Loop() {
		if _, err := conditionEnv(); err != nil {
			b.Fatal(err)
		}
	}
}
