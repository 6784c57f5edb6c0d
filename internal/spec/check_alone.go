package spec

import (
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

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
