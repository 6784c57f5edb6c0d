package trust

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Admitted is who a trust lets in: the set in words, and two callers that show it.
type Admitted struct {
	Words  []string       // one line for each way in; none: nobody
	In     map[string]any // claims that get in; nil when none was found
	Out    map[string]any // claims that differ from In as little as can be and do not; nil when everybody tried gets in
	Unread []string       // keys that nothing here can tell; they were taken to hold, so In rests on them
}

// AdmittedByPolicy says who may assume a role with a token of one issuer, known in the account as principal. The examples
// are found by trying: every value that the document names, and strangers, judged as ReadToken judges.
func AdmittedByPolicy(policy []byte, principal string) (Admitted, error) {
	doc, err := readPolicy(policy)
	if err != nil {
		return Admitted{}, fmt.Errorf("read the trust policy: %w", err)
	}
	var out Admitted
	for _, s := range doc.statements {
		if s.allow && s.matchesAction(webIdentity) && s.matchesPrincipal(principal) {
			out.Words = append(out.Words, s.words())
		}
	}
	tried := candidates(doc)
	admits := func(claims map[string]any) bool {
		v := doc.decide(claims, principal, nil)
		if v.Admitted {
			out.Unread = v.Unread
		}
		return v.Admitted
	}
	out.In = pickFirst(tried, admits)
	if out.In == nil {
		out.Words, out.Unread = nil, nil
		out.Out = tried[0]
		return out, nil
	}
	unread := out.Unread
	out.Out = nearest(tried, out.In, func(c map[string]any) bool { return !admits(c) })
	out.Unread = unread
	return out, nil
}

// words tells the conditions of one statement in the order of the document.
func (s statement) words() string {
	var parts []string
	for _, c := range s.conditions {
		parts = append(parts, c.words())
	}
	if len(parts) == 0 {
		return "any token of the issuer (" + s.name + ")"
	}
	return "a token with " + strings.Join(parts, " and ") + " (" + s.name + ")"
}

func (c condition) words() string {
	op, _ := operatorNamed(c.operator)
	verb := map[string]string{
		"stringequals": "equal to", "stringequalsignorecase": "equal but for case to", "stringlike": "like", "arnequals": "like", "arnlike": "like", "bool": "equal to",
	}[op.base]
	if verb == "" {
		verb = "by " + c.operator + " of"
	}
	if op.base == "null" {
		return fmt.Sprintf("%s absent being %s", c.key, strings.Join(c.values, " or "))
	}
	if op.negated {
		verb = "not " + verb
	}
	text := fmt.Sprintf("%s %s %s", c.key, verb, strings.Join(c.values, " or "))
	if op.forAll {
		text = "every value of " + text
	}
	if op.forAny {
		text = "some value of " + text
	}
	if op.ifExists || op.forAll || op.negated && !op.forAny {
		text += ", or none at all"
	}
	return text
}

// tokenClaims are the claims that condition keys read, each with what strangers send.
var tokenClaims = []string{"sub", "aud", "azp", "email"}

// maxTried bounds the product of all values.
const maxTried = 1024

// candidates are tokens made of every value that the document names for a claim, of strangers' values and of none.
func candidates(doc policy) []map[string]any {
	values := map[string][]string{
		"sub": {"100000000000000000000", "1"}, "aud": {"https://stranger.example", "a"}, "azp": {"100000000000000000000", "", "1"}, "email": {"", "stranger@example.com"},
	}
	for _, s := range doc.statements {
		for _, c := range s.conditions {
			for _, claim := range claimsOf(c.key) {
				for _, v := range c.values {
					for _, one := range witnesses(v) {
						if !slices.Contains(values[claim], one) && len(values[claim]) < 12 {
							values[claim] = append(values[claim], one)
						}
					}
				}
			}
		}
	}
	out := []map[string]any{{"iss": "https://" + googleIssuer}}
	for _, claim := range tokenClaims {
		var next []map[string]any
		for _, base := range out {
			for _, v := range values[claim] {
				if len(next) < maxTried {
					next = append(next, with(base, claim, v))
				}
			}
		}
		out = next
	}
	return out
}

// claimsOf are the claims that a condition key may read: aud reads azp where there is one.
func claimsOf(key string) []string {
	switch _, name, _ := strings.Cut(strings.ToLower(key), ":"); name {
	case "sub", "email":
		return []string{name}
	case "oaud":
		return []string{"aud"}
	case "aud":
		return []string{"azp", "aud"}
	}
	return nil
}

// witnesses are texts that a value under some operator may match: itself, its wildcards filled, its case turned, a number
// beside it.
func witnesses(v string) []string {
	filled := strings.NewReplacer("*", "", "?", "x").Replace(v)
	return []string{v, filled, strings.ToLower(v), strings.ToUpper(v)}
}

func with(base map[string]any, claim, value string) map[string]any {
	out := maps.Clone(base)
	if value != "" {
		out[claim] = value
	}
	return out
}

func pickFirst(list []map[string]any, ok func(map[string]any) bool) map[string]any {
	if i := slices.IndexFunc(list, ok); i >= 0 {
		return list[i]
	}
	return nil
}

// nearest is the one that passes and shares most with a model.
func nearest(list []map[string]any, model map[string]any, ok func(map[string]any) bool) map[string]any {
	byLikeness := slices.Clone(list)
	slices.SortStableFunc(byLikeness, func(a, b map[string]any) int { return differences(a, model) - differences(b, model) })
	return pickFirst(byLikeness, ok)
}

func differences(a, b map[string]any) int {
	n := 0
	for k, v := range a {
		if b[k] != v {
			n++
		}
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			n++
		}
	}
	return n
}
