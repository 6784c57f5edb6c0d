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

// checkAlone wants proof that nobody but the role comes out with the bound value: the condition pins the role, or the
// mapping of what is bound is one that is known to keep callers apart.
func (r *reader) checkAlone() *fault {
	b := r.bridge
	claim, tight := "arn", trust.Pin(func(text string, _ bool) bool { return strings.HasPrefix(text, b.ToGoogleSessionPrefix()) })
	if b.ToGoogle.Token == TokenJWT {
		claim, tight = "sub", func(text string, exact bool) bool { return exact && text == b.ToGoogleRoleARN() }
	}
	pinned, err := trust.Pins(b.ToGoogle.Condition, claim, tight)
	if err == nil && (pinned || b.keepsApart()) {
		return nil
	}
	path := pathCondition
	if r.given[path] == nil {
		path = pathMapping
	}
	who := "nothing shows that this role alone comes out with its " + mapRole + ": condition and mapping tie it to no fixed beginning of the ARN"
	if double := b.double(); double != "" {
		who = double + " would come out with the same " + mapRole + ", and so get this role's access"
	}
	return r.about(path, who,
		"add to the condition: "+b.plainCondition(), "or leave mapping and condition out")
}

// keepsApart holds for the mappings that are known to give each role a value of its own.
func (b Bridge) keepsApart() bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	return squeeze(b.ToGoogle.Mapping[mapRole]) == squeeze(b.defaultMapping()[mapRole])
}

// plainCondition is the condition that is derived when the file has none.
func (b Bridge) plainCondition() string {
	plain := *b.ToGoogle
	plain.Condition = ""
	b.ToGoogle = &plain
	return b.Condition()
}

// double looks for somebody else who gets in with the role's value: neighbours by name, and users whose path was chosen to
// look like the role. It names the first, "" when none of those tried does.
func (b Bridge) double() string {
	_, value := b.BoundAttribute()
	for _, arn := range b.strangers() {
		assertion := map[string]any{"arn": arn, "account": b.AWS.Account, "userid": "AIDAEXAMPLEEXAMPLEEXA"}
		if b.ToGoogle.Token == TokenJWT {
			assertion = b.Assertion("")
			assertion["sub"] = arn
		}
		mapped, err := trust.Mapped(b.ToGoogle.Mapping, assertion)
		if err != nil || mapped[mapRole] != value {
			continue
		}
		if admitted, err := trust.Admits(b.ToGoogle.Condition, assertion, mapped); err == nil && admitted {
			return arn
		}
	}
	return ""
}

// strangers are callers of the same account who are not the role.
func (b Bridge) strangers() []string {
	name := b.ToGoogle.Role.Name
	user := b.arn("iam", "user/")
	if b.ToGoogle.Token == TokenJWT {
		return []string{
			b.arn("iam", "role/"+name), b.arn("iam", "role/other/"+name), b.ToGoogleRoleARN() + "2",
			b.arn("iam", "role/other"), user + "role" + b.ToGoogle.Role.Path + name, user + name,
		}
	}
	session := b.arn("sts", "assumed-role/")
	return []string{
		session + name + "-admin/" + b.SampleSession(), session + "x" + name + "/" + b.SampleSession(), session + "other/" + name,
		user + "assumed-role/" + name + "/eve", user + "x:assumed-role/" + name + "/eve",
		user + b.ToGoogleSessionPrefix() + "eve", user + name, user + b.sessionARN() + "/eve",
	}
}

// sessionARN is the session prefix without its closing slash, as the default mapping gives it.
func (b Bridge) sessionARN() string { return strings.TrimSuffix(b.ToGoogleSessionPrefix(), "/") }
