package trust

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzReadToken wants of any document an error or a verdict that its rows bear out.
func FuzzReadToken(f *testing.F) {
	f.Add(trustPolicy(exact), uid, audience)
	f.Add(trustPolicy(`{"StringLike":{"accounts.google.com:sub":"${accounts.google.com:email, 'x'}*?"}}`), "1", "a")
	f.Add(trustPolicy(`{"ForAllValues:ArnLikeIfExists":{"accounts.google.com:amr":["arn:*","b"]},"Null":{"x":true}}`), "1", "a")
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":"*"}}`, "", "")
	f.Fuzz(func(t *testing.T, doc, sub, aud string) {
		v, err := ReadToken([]byte(doc), claims("sub", sub, "azp", sub, "aud", aud), "accounts.google.com")
		if err != nil {
			return
		}
		for _, r := range v.Rows {
			if v.Admitted && !r.Holds {
				t.Errorf("admitted against %+v", r)
			}
		}
		if v.Admitted && v.Statement == "" {
			t.Error("admitted by nothing")
		}
	})
}

// FuzzDecode wants no panic, and an error that repeats nothing of the token.
func FuzzDecode(f *testing.F) {
	f.Add(jwt(`{"alg":"RS256"}`, `{"sub":"1","aud":["a"],"exp":1}`, "s"))
	f.Add("e30.e30.")
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := Decode(token)
		if err == nil {
			c.Expires()
			c.Text("aud")
			return
		}
		for part := range strings.SplitSeq(token, ".") {
			if len(part) > 12 && utf8.ValidString(part) && strings.Contains(err.Error(), part) {
				t.Errorf("the error repeats %q", part)
			}
		}
	})
}

// FuzzCondition wants Pins never to call tight what then admits a stranger.
func FuzzCondition(f *testing.F) {
	const prefix = "arn:aws:sts::1:assumed-role/app/"
	for _, condition := range []string{
		"assertion.arn.startsWith('" + prefix + "')", "assertion.arn.matches('^" + prefix + "')", "assertion.arn in ['" + prefix + "x']",
		"assertion.arn == '" + prefix + "x' || false", "true ? assertion.arn.startsWith('" + prefix + "') : false",
	} {
		f.Add(condition, "arn:aws:iam::1:user/x")
	}
	f.Fuzz(func(t *testing.T, condition, arn string) {
		pinned, err := Pins(condition, "arn", func(text string, _ bool) bool { return strings.HasPrefix(text, prefix) })
		if err != nil || !pinned || strings.HasPrefix(arn, prefix) {
			return
		}
		caller := map[string]any{"arn": arn, "account": "1", "userid": "A:x"}
		if ok, err := Admits(condition, caller, map[string]string{"google.subject": arn, "attribute.aws_role": arn}); err == nil && ok {
			t.Errorf("%s is called tight and admits %q", condition, arn)
		}
	})
}
