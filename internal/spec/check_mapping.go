package spec

import (
	"regexp"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

const (
	patternAttribute = `^(google\.subject|google\.groups|attribute\.[a-z0-9_]{1,100})$`
	maxAttributes    = 50
)

// checkMapping holds a mapping or condition of the file's own to three things: it can be evaluated, it lets the role in
// with one value whatever the session, and it is shown that nobody else can have that value.
func (r *reader) checkMapping() *fault {
	d := r.bridge.ToGoogle
	if d == nil || !d.CustomMapping {
		return nil
	}
	for _, check := range []func() *fault{r.checkAttributes, r.checkCompiles, r.checkBound, r.checkAdmits, r.checkAlone} {
		if f := check(); f != nil {
			return f
		}
	}
	return nil
}

const (
	pathMapping   = "toGoogle.mapping"
	pathCondition = "toGoogle.condition"
)

func (r *reader) checkAttributes() *fault {
	m := r.bridge.ToGoogle.Mapping
	for _, target := range sortedKeys(m) {
		if !regexp.MustCompile(patternAttribute).MatchString(target) {
			return r.aboutMapping(target, quote(target)+" is not a target of a mapping", "use google.subject, google.groups or attribute.NAME with NAME of a-z, 0-9 and _")
		}
	}
	for _, target := range []string{mapSubject, mapRole} {
		if m[target] == "" {
			return r.about(pathMapping, "the mapping has no "+target, "add "+target+", such as "+target+": "+jsonText(r.bridge.defaultMapping()[target]))
		}
	}
	if len(m) > maxAttributes+2 {
		return r.about(pathMapping, "Google allows "+itoa(maxAttributes)+" attributes in a mapping")
	}
	return nil
}

// aboutMapping points at one line of the mapping.
func (r *reader) aboutMapping(target, reason string, do ...string) *fault {
	f := r.about(pathMapping, reason, do...)
	if n := r.given[pathMapping]; n != nil && n.child(target) != nil {
		f.at = n.child(target)
	}
	return f
}

func (r *reader) checkCompiles() *fault {
	d := r.bridge.ToGoogle
	for _, target := range sortedKeys(d.Mapping) {
		if err := trust.CheckMapping(d.Mapping[target]); err != nil {
			return r.aboutMapping(target, "the expression for "+target+" cannot be read: "+visible(err.Error()), "check it against Google's description of attribute mappings")
		}
	}
	if err := trust.CheckCondition(d.Condition); err != nil {
		return r.about(pathCondition, visible(err.Error()), "check it against Google's description of attribute conditions")
	}
	return nil
}

// checkBound evaluates what is bound, for two sessions.
func (r *reader) checkBound() *fault {
	b, bound := r.bridge, map[string]string{}
	for _, target := range []string{mapSubject, mapRole} {
		bound[target] = b.ToGoogle.Mapping[target]
	}
	long, err := trust.Mapped(bound, b.Assertion(b.SampleSession()))
	if err != nil {
		return r.about(pathMapping, "it cannot be evaluated for this role: "+visible(err.Error()), r.claimsAdvice())
	}
	short, err := trust.Mapped(bound, b.Assertion("ab"))
	if err != nil {
		return r.about(pathMapping, "it cannot be evaluated for this role: "+visible(err.Error()), r.claimsAdvice())
	}
	value := long[mapRole]
	switch {
	case value == "":
		return r.aboutMapping(mapRole, mapRole+" is empty for this role", "map it to something that names the role")
	case value != short[mapRole]:
		return r.aboutMapping(mapRole, mapRole+" differs from session to session, and a grant names one value", "map it to something that names the role alone")
	case strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c > '~' }) || len(value) > 1024:
		return r.aboutMapping(mapRole, mapRole+" becomes "+quote(value)+", which cannot stand in a member", "map it to printable text without spaces")
	case long[mapSubject] == "" || short[mapSubject] == "":
		return r.aboutMapping(mapSubject, "google.subject is empty for this role", "map it to something that names the session")
	case len(long[mapSubject]) > maxSubject:
		return r.aboutMapping(mapSubject, "google.subject takes "+itoa(len(long[mapSubject]))+" bytes with the longest session name, and Google allows "+itoa(maxSubject),
			"map google.subject to assertion.arn.extract('assumed-role/{s}')")
	}
	return nil
}

func (r *reader) claimsAdvice() string {
	if r.bridge.ToGoogle.Token == TokenJWT {
		return "bind on assertion.sub, which is the ARN of the role"
	}
	return "AWS tells Google assertion.arn, assertion.account and assertion.userid, nothing else"
}

// checkAdmits refuses a condition that keeps the role itself out. One that names the sessions it wants cannot be tried.
func (r *reader) checkAdmits() *fault {
	b := r.bridge
	d := b.ToGoogle
	if strings.Contains(d.Condition, b.ToGoogleSessionPrefix()) {
		return nil
	}
	assertion := b.Assertion(b.SampleSession())
	mapped := map[string]string{}
	for target, expression := range d.Mapping {
		one, err := trust.Mapped(map[string]string{target: expression}, assertion)
		switch {
		case err == nil:
			mapped[target] = one[target]
		case d.Token != TokenJWT:
			return r.aboutMapping(target, visible(err.Error()), r.claimsAdvice())
		}
	}
	admitted, err := trust.Admits(d.Condition, assertion, mapped)
	if err != nil && d.Token == TokenJWT {
		return nil // it reads claims that only a real token has; checkAlone still has its say
	}
	if err != nil {
		return r.about(pathCondition, visible(err.Error()), "compare claims or mapped attributes with fixed text, such as "+b.plainCondition())
	}
	if !admitted {
		return r.about(pathCondition, "it keeps the role itself out", "use "+b.plainCondition())
	}
	return nil
}
