package spec

import (
	"maps"
	"strconv"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

const (
	mapSubject = "google.subject"
	mapRole    = "attribute.aws_role"
	maxSubject = 127 // bytes, Google's limit for google.subject
)

// Mapping is the provider's attribute mapping: the file's own, else the two documented lines written out.
// The map is the caller's own.
func (b Bridge) Mapping() map[string]string {
	if len(b.ToGoogle.Mapping) > 0 {
		return maps.Clone(b.ToGoogle.Mapping)
	}
	return b.defaultMapping()
}

func (b Bridge) defaultMapping() map[string]string {
	if b.ToGoogle.Token == TokenJWT {
		m := map[string]string{mapSubject: "assertion.sub", mapRole: "assertion.sub"}
		if b.longSubject() > maxSubject {
			m[mapSubject] = "assertion.sub.extract('role/{r}')"
		}
		return m
	}
	m := trust.DefaultAWSMapping()
	if b.longSubject() > maxSubject {
		m[mapSubject] = "assertion.arn.extract('assumed-role/{s}')"
	}
	return m
}

// Condition is the provider's attribute condition: the file's own, else the one that admits this role alone.
// Role names and paths are held to an alphabet without quotes and backslashes, so that nothing can end the CEL string.
func (b Bridge) Condition() string {
	switch {
	case b.ToGoogle.Condition != "":
		return b.ToGoogle.Condition
	case b.ToGoogle.Token == TokenJWT:
		return "assertion.sub == '" + b.ToGoogleRoleARN() + "'"
	}
	return "assertion.arn.startsWith('" + b.ToGoogleSessionPrefix() + "')"
}

// BoundAttribute is the attribute that the binding names and the value that this role yields for it, whatever the session.
// A mapping of the file's own is evaluated; Parse has refused one that yields no stable value.
func (b Bridge) BoundAttribute() (name, value string) {
	if b.ToGoogle.CustomMapping {
		mapped, err := trust.Mapped(map[string]string{mapRole: b.Mapping()[mapRole]}, b.Assertion(b.SampleSession()))
		if err != nil {
			return mapRole, ""
		}
		return mapRole, mapped[mapRole]
	}
	if b.ToGoogle.Token == TokenJWT {
		return mapRole, b.ToGoogleRoleARN()
	}
	return mapRole, strings.TrimSuffix(b.ToGoogleSessionPrefix(), "/")
}

// Assertion is what Google sees of this role with a session name: what GetCallerIdentity answers, or the claims of the
// token that AWS issues (which does not tell the session). The unique id in userid is a stand-in.
func (b Bridge) Assertion(session string) map[string]any {
	if b.ToGoogle.Token == TokenJWT {
		return map[string]any{
			"sub":                        b.ToGoogleRoleARN(),
			"https://sts.amazonaws.com/": map[string]any{"aws_account": b.AWS.Account, "source_region": b.AWS.Region},
		}
	}
	return map[string]any{
		"arn":     b.ToGoogleSessionPrefix() + session,
		"account": b.AWS.Account,
		"userid":  "AROAEXAMPLEEXAMPLEEXA:" + session,
	}
}

// sessionLength is the longest session name that the runtime gives: instance id, task id, function or pod name.
func (b Bridge) sessionLength() int {
	switch b.ToGoogle.Role.RunsOn {
	case RunsOnEC2:
		return 19
	case RunsOnECS:
		return 32
	}
	return 64
}

// SampleSession is a session name of the kind and the greatest length that the runtime gives.
func (b Bridge) SampleSession() string {
	switch n := b.sessionLength(); b.ToGoogle.Role.RunsOn {
	case RunsOnEC2:
		return "i-0123456789abcdef0"
	case RunsOnECS:
		return strings.Repeat("0123456789abcdef", n/16)
	default:
		return strings.Repeat("s", n)
	}
}

// longSubject is the length in bytes of the longest google.subject under the plain mapping.
func (b Bridge) longSubject() int {
	if b.ToGoogle.Token == TokenJWT {
		return len(b.ToGoogleRoleARN())
	}
	return len(b.ToGoogleSessionPrefix()) + b.sessionLength()
}

// shortSubject is the same under the shorter mapping: role and session, or path and role.
func (b Bridge) shortSubject() int {
	r := b.ToGoogle.Role
	if b.ToGoogle.Token == TokenJWT {
		return len(strings.TrimPrefix(r.Path, "/")) + len(r.Name)
	}
	return len(r.Name) + 1 + b.sessionLength()
}

// SubjectLength is the longest google.subject that the default mapping can yield here, in bytes of 127.
func (b Bridge) SubjectLength() int {
	if n := b.longSubject(); n <= maxSubject {
		return n
	}
	return b.shortSubject()
}

// SubjectNote says that, and why, the shorter subject was chosen; it is empty when the whole ARN fits.
func (b Bridge) SubjectNote() string {
	if b.ToGoogle == nil || b.ToGoogle.CustomMapping || b.longSubject() <= maxSubject {
		return ""
	}
	return "google.subject is " + b.defaultMapping()[mapSubject] + ", because the whole ARN could take " +
		strconv.Itoa(b.longSubject()) + " bytes and Google allows " + strconv.Itoa(maxSubject)
}
