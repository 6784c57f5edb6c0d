package trust

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const session = "arn:aws:sts::111122223333:assumed-role/app/i-0abc"

func assertion(arn string) map[string]any {
	return map[string]any{"arn": arn, "account": "111122223333", "userid": "AROAEXAMPLE:i-0abc"}
}

func TestDefaultMappingGivesWhatGoogleDocuments(t *testing.T) {
	for arn, role := range map[string]string{
		session:                                "arn:aws:sts::111122223333:assumed-role/app",
		"arn:aws:iam::111122223333:user/alice": "arn:aws:iam::111122223333:user/alice",
		"arn:aws:iam::111122223333:user/assumed-role/app/alice":            "arn:aws:iam::111122223333:user/assumed-role/app",
		"arn:aws:sts::111122223333:federated-user/bob":                     "arn:aws:sts::111122223333:federated-user/bob",
		"arn:aws-us-gov:sts::111122223333:assumed-role/app/name@site.test": "arn:aws-us-gov:sts::111122223333:assumed-role/app",
	} {
		got, err := Mapped(DefaultAWSMapping(), assertion(arn))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"google.subject": arn, "attribute.aws_role": role}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", arn, diff)
		}
	}
}

// TestExtractTakesTheFirstMatch uses the examples of Google's documentation.
func TestExtractTakesTheFirstMatch(t *testing.T) {
	const name = "projects/_/buckets/acme-orders-aaa/data_lake/orders/order_date=2019-11-03/aef87g87ae0876"
	for template, want := range map[string]string{
		"/order_date={date}/":        "2019-11-03",
		"buckets/{name}/":            "acme-orders-aaa",
		"/orders/{empty}order_date":  "",
		"{start}/orders/order_date":  "projects/_/buckets/acme-orders-aaa/data_lake",
		"orders/{end}":               "order_date=2019-11-03/aef87g87ae0876",
		"{all}":                      name,
		"/orders/{none}/order_date=": "",

		"/orders/order_date=2019-11-03/{id}/data_lake": "",
	} {
		got, problem := extract(name, template)
		if problem != "" || got != want {
			t.Errorf("extract(%q) = %q %s, want %q", template, got, problem, want)
		}
	}
	for _, template := range []string{"", "no braces", "{open"} {
		if _, problem := extract(name, template); problem == "" {
			t.Errorf("the template %q is taken", template)
		}
	}
}

func TestMappingsThatAreRefused(t *testing.T) {
	for name, expression := range map[string]string{
		"unknown claim":        "assertion.role",
		"unknown variable":     "token.arn",
		"unknown function":     "assertion.arn.lowerAscii()",
		"not a text":           "assertion.arn.size()",
		"a boolean":            "assertion.arn.contains('x')",
		"broken":               "assertion.arn.extract(",
		"empty":                "",
		"attribute in mapping": "attribute.aws_role",
		"too long":             "'" + strings.Repeat("x", 2048) + "'",
		"template":             "assertion.arn.extract('x')",
		"too costly":           "[1,2,3,4,5,6,7,8,9].map(a, [1,2,3,4,5,6,7,8,9].map(b, [1,2,3,4,5,6,7,8,9].map(c, [1,2,3,4,5,6,7,8,9].map(d, [1,2,3,4,5,6,7,8,9].map(e, 'x')[0])[0])[0])[0])[0]",
	} {
		if got, err := Mapped(map[string]string{"attribute.x": expression}, assertion(session)); err == nil {
			t.Errorf("%s: gives %v", name, got)
		}
	}
}

func TestConditionsAdmitAndRefuse(t *testing.T) {
	mapped := map[string]string{"google.subject": session, "attribute.aws_role": "arn:aws:sts::111122223333:assumed-role/app", "google.groups": `["ops"]`}
	for _, c := range []struct {
		condition string
		want      bool
		fails     bool
	}{
		{"", true, false},
		{"true", true, false},
		{"false", false, false},
		{"assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/app/')", true, false},
		{"assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/ap/')", false, false},
		{`assertion["account"] == "111122223333"`, true, false},
		{"assertion.arn.endsWith('/i-0abc')", true, false},
		{"assertion.arn.matches('^arn:aws:sts::[0-9]{12}:assumed-role/app/')", true, false},
		{"attribute.aws_role in ['a', 'arn:aws:sts::111122223333:assumed-role/app']", true, false},
		{"google.subject == assertion.arn", true, false},
		{"'ops' in google.groups", true, false},
		{"assertion.arn.split('/')[1] == 'app'", true, false},
		{"['a','b'].join('-') == 'a-b' && ['a','b'].join() == 'ab'", true, false},
		{"assertion.account == '1' ? true : assertion.userid.contains(':')", true, false},
		{"has(assertion.arn) && !has(assertion.sub)", true, false},
		{"attribute.team == 'a'", false, true},
		{"attribute.team == 'a' || true", true, false}, // CEL: an error can be outvoted
		{"assertion.sub == 'a'", false, true},
		{"assertion.arn", false, true},
		{"assertion.arn ==", false, true},
		{"'" + strings.Repeat("x", 4096) + "' == ''", false, true},
	} {
		got, err := Admits(c.condition, assertion(session), mapped)
		if got != c.want || (err != nil) != c.fails {
			t.Errorf("%.80s: %v, %v; want %v, error %v", c.condition, got, err, c.want, c.fails)
		}
	}
}

func TestPinsProvesOnlyWhatIsAnchored(t *testing.T) {
	const prefix = "arn:aws:sts::111122223333:assumed-role/app/"
	tight := func(text string, _ bool) bool { return strings.HasPrefix(text, prefix) }
	for condition, want := range map[string]bool{
		"assertion.arn.startsWith('" + prefix + "')":                                    true,
		"assertion['arn'].startsWith('" + prefix + "i-')":                               true,
		"assertion.arn == '" + prefix + "i-0abc'":                                       true,
		"'" + prefix + "i-0abc' == assertion.arn":                                       true,
		"assertion.arn in ['" + prefix + "a', '" + prefix + "b']":                       true,
		"assertion.arn in []":                                                           true,
		"assertion.arn.matches('^" + prefix + "i-[0-9a-f]+$')":                          true,
		"assertion.account == 'x' && assertion.arn.startsWith('" + prefix + "')":        true,
		"assertion.arn == '" + prefix + "a' || assertion.arn == '" + prefix + "b'":      true,
		"assertion.account == 'x' ? assertion.arn.startsWith('" + prefix + "') : false": true,
		"false": true,
		"true":  false,
		"assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/app')": false,
		"assertion.arn.contains(':assumed-role/app/')":                           false,
		"assertion.arn.endsWith('" + prefix + "')":                               false,
		"assertion.arn.extract('assumed-role/{r}/') == 'app'":                    false,
		"assertion.arn.matches('" + prefix + "')":                                false,
		"assertion.arn.matches('^arn:aws:sts::.*:assumed-role/app/')":            false,
		"assertion.arn.matches('(?i)^" + prefix + "')":                           false,
		"assertion.arn.matches('^" + prefix + "|x')":                             false,
		"assertion.arn.matches('(?m)^" + prefix + "x')":                          false,
		"!assertion.arn.startsWith('" + prefix + "')":                            false,
		"assertion.arn != '" + prefix + "'":                                      false,
		"assertion.userid.startsWith('" + prefix + "')":                          false,
		"assertion.arn.startsWith('" + prefix + "') || assertion.account == 'x'": false,
		"assertion.arn in ['" + prefix + "a', 'x']":                              false,
		"has(assertion.arn)":                                                     false,
		"[assertion.arn].exists(a, a.startsWith('" + prefix + "'))":              false,
	} {
		got, err := Pins(condition, "arn", tight)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", condition, got, err, want)
		}
	}
}

func TestReadAssertionNamesWhatDecided(t *testing.T) {
	const pool = "projects/1/locations/global/workloadIdentityPools/aws"
	member := "principalSet://iam.googleapis.com/" + pool + "/attribute.aws_role/arn:aws:sts::111122223333:assumed-role/app"
	good := Exchange{Condition: "assertion.account == '111122223333' && assertion.arn.startsWith('arn:aws:sts::111122223333:assumed-role/app/')", Pool: pool, Members: []string{member}}
	for _, c := range []struct {
		name      string
		change    func(*Exchange)
		arn       string
		admitted  bool
		statement string
		failing   []Row
	}{
		{"the role", func(*Exchange) {}, session, true, "binding", nil},
		{"another role", func(*Exchange) {}, "arn:aws:sts::111122223333:assumed-role/other/i-0abc", false, "condition", []Row{{
			Claim: "arn", Key: "condition", Operator: "is true", Sent: "arn:aws:sts::111122223333:assumed-role/other/i-0abc",
			Wanted: `assertion.arn.startsWith("arn:aws:sts::111122223333:assumed-role/app/")`,
		}}},
		{"a member with the project's id", func(x *Exchange) { x.Members[0] = strings.Replace(member, "projects/1/", "projects/p/", 1) }, session, false, "binding", []Row{{
			Claim: "attribute.aws_role", Key: "member", Operator: "is", Sent: member, Wanted: strings.Replace(member, "projects/1/", "projects/p/", 1),
		}}},
		{"no member", func(x *Exchange) { x.Members = []string{} }, session, false, "binding", []Row{{
			Key: "member", Operator: "is", Wanted: "no member is bound", Sent: strings.Join([]string{
				"principal://iam.googleapis.com/" + pool + "/subject/" + session, "principalSet://iam.googleapis.com/" + pool + "/*", member,
			}, ", "),
		}}},
		{"only the exchange", func(x *Exchange) { x.Members = nil }, session, true, "condition", nil},
		{"a subject that overflows", func(*Exchange) {}, session + strings.Repeat("x", 127), false, "mapping", []Row{{
			Key: "google.subject", Operator: "mapping", Sent: session + strings.Repeat("x", 127) + " (176 bytes)", Wanted: "1 to 127 bytes from assertion.arn",
		}}},
		{"a mapping that fails", func(x *Exchange) { x.Mapping = map[string]string{"google.subject": "assertion.sub"} }, session, false, "mapping", []Row{{
			Key: "google.subject", Operator: "mapping", Sent: "map google.subject: no such key: sub", Wanted: "assertion.sub",
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := good
			x.Members = append([]string{}, good.Members...)
			x.Mapping = maps.Clone(good.Mapping)
			c.change(&x)
			v, err := ReadAssertion(x, assertion(c.arn))
			if err != nil {
				t.Fatal(err)
			}
			var failing []Row
			for _, r := range v.Rows {
				if !r.Holds {
					failing = append(failing, r)
				}
			}
			if v.Admitted != c.admitted || v.Statement != c.statement {
				t.Errorf("admitted %v by %q, want %v by %q", v.Admitted, v.Statement, c.admitted, c.statement)
			}
			if diff := cmp.Diff(c.failing, failing); diff != "" {
				t.Errorf("failing rows (-want +got):\n%s", diff)
			}
		})
	}
}
