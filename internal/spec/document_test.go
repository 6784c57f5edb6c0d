package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const uniqueID = "104290111222333444555"

func TestDocumentsAreThoseOfTheFacts(t *testing.T) {
	eks := []string{"toGoogle.role.runsOn=eks", "toGoogle.role.eks={cluster: prod, namespace: reports, serviceAccount: reader}"}
	for _, c := range []struct {
		name string
		set  []string
		get  func(Bridge) Document
	}{
		{"trust-builtin", nil, func(b Bridge) Document { return b.Trust(uniqueID) }},
		{"trust-explicit", []string{"toAWS.provider=explicit"}, func(b Bridge) Document { return b.Trust(uniqueID) }},
		{"trust-adopted", nil, func(b Bridge) Document { return policy(b.TrustStatement(uniqueID)) }},
		{"workload-ec2", nil, Bridge.WorkloadTrust},
		{"workload-lambda", []string{"toGoogle.role.runsOn=lambda"}, Bridge.WorkloadTrust},
		{"workload-ecs", []string{"toGoogle.role.runsOn=ecs"}, Bridge.WorkloadTrust},
		{"workload-eks", eks, Bridge.WorkloadTrust},
		{"outbound", []string{"toGoogle.token=jwt"}, func(b Bridge) Document { return b.OutboundPolicy("512345678901") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			golden(t, filepath.Join("testdata/documents", c.name+".json"), append(c.get(both(t, c.set...)).JSON(), '\n'))
		})
	}
}

// golden holds bytes to a file that -update writes.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestTrustFitsTheDefaultQuota(t *testing.T) {
	name, audience := strings.Repeat("r", 64), strings.Repeat("a", 255)
	b := both(t, "toAWS.role.name="+name, "toAWS.audience="+audience, "toAWS.provider=explicit")
	if n := len(b.Trust(uniqueID).Compact()); n > 2048 {
		t.Errorf("the longest trust policy has %d characters, and 2048 are the default quota", n)
	}
}

func TestStatementsOfTwoBridgesHaveTheirOwnSids(t *testing.T) {
	a, b := both(t).TrustSid(), both(t, "name=another").TrustSid()
	if a == b || a != both(t).TrustSid() {
		t.Errorf("Sids %q and %q, want two that stay", a, b)
	}
}

func TestSameDocumentLooksThroughSpelling(t *testing.T) {
	base := `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:Get*","s3:Put"],"Resource":"*","Condition":{"StringEquals":{"aws:x":["1","2"]}}}]}`
	for _, c := range []struct {
		name, other string
		want        bool
	}{
		{"itself", base, true},
		{"white space", strings.ReplaceAll(base, ",", " ,\n"), true},
		{"one statement without a list", strings.NewReplacer(`[{"Sid"`, `{"Sid"`, `}}}]`, `}}}`).Replace(base), true},
		{"order of values", strings.Replace(base, `["1","2"]`, `["2","1"]`, 1), true},
		{"numbers as numbers", strings.Replace(base, `["1","2"]`, `[1,2]`, 1), true},
		{"case of an action", strings.Replace(base, "s3:Put", "S3:put", 1), true},
		{"case of a key", strings.Replace(base, "aws:x", "AWS:X", 1), true},
		{"a string for a list of one", strings.Replace(base, `"Resource":"*"`, `"Resource":["*"]`, 1), true},
		{"a value twice", strings.Replace(base, `["1","2"]`, `["1","2","1"]`, 1), true},
		{"another value", strings.Replace(base, `["1","2"]`, `["1","3"]`, 1), false},
		{"a value less", strings.Replace(base, `["1","2"]`, `["1"]`, 1), false},
		{"case of a value", strings.Replace(base, `"Resource":"*"`, `"Resource":"A"`, 1), false},
		{"another Sid", strings.Replace(base, `"A"`, `"B"`, 1), false},
		{"another effect", strings.Replace(base, "Allow", "Deny", 1), false},
		{"another version", strings.Replace(base, "2012", "2008", 1), false},
		{"another operator", strings.Replace(base, "StringEquals", "StringLike", 1), false},
		{"NotAction", strings.Replace(base, `"Action"`, `"NotAction"`, 1), false},
		{"not JSON", base[1:], false},
		{"text behind", base + "{}", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SameDocument([]byte(base), []byte(c.other)); got != c.want {
				t.Errorf("SameDocument = %v, want %v for\n%s", got, c.want, c.other)
			}
			if got := SameDocument([]byte(c.other), []byte(base)); got != c.want {
				t.Errorf("the other way round = %v, want %v", got, c.want)
			}
		})
	}
}

func TestSameDocumentKeepsKeysApartThatDifferInCase(t *testing.T) {
	one := []byte(`{"Statement":{"Condition":{"StringEquals":{"aws:x":"1","AWS:X":"2"}}}}`)
	two := []byte(`{"Statement":{"Condition":{"StringEquals":{"aws:x":["1","2"]}}}}`)
	if SameDocument(one, two) {
		t.Error("two conditions are taken for one with two values")
	}
	if !SameDocument(one, bytes.ReplaceAll(one, []byte(`"aws:x":"1","AWS:X":"2"`), []byte(`"AWS:X":"1","aws:x":"2"`))) {
		t.Error("the order of two conditions counts")
	}
}
