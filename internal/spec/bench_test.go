package spec

import (
	"os"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/examples/both-ways.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("bridge.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseCustomMapping pays for the expression language, which no default needs.
func BenchmarkParseCustomMapping(b *testing.B) {
	data, err := os.ReadFile("testdata/examples/both-ways.yaml")
	if err != nil {
		b.Fatal(err)
	}
	set := []string{"toGoogle.condition=assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report-reader/i-')"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseWith("bridge.yaml", data, set); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	f, _ := FieldAt("toGoogle.role.name")
	for b.Loop() {
		if err := f.Check("report-reader"); err != nil {
			b.Fatal(err)
		}
	}
}
