package steps

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// planOurs compares our role with what the file asks for.
func (s *roleStep) planOurs(w *World, r *role, live string) Change {
	if c, blocked := s.immovable(r); blocked {
		return c
	}
	if c, blocked := s.recreated(w, r, live); blocked {
		return c
	}
	s.know(w, r.ARN)
	doc, known := s.trust(live)
	var fields []Field
	var commands []string
	if !known || !spec.SameDocument([]byte(r.Trust), []byte(doc)) {
		fields = append(fields, turn("trust", asJSON(r.Trust), orUnknown(asJSON(doc), known)))
		commands = append(commands, command("aws", "iam", "update-assume-role-policy", "--role-name", r.Name, "--policy-document", doc))
	}
	if r.MaxSession != s.seconds() {
		fields = append(fields, turn("maxSession", spelled(r.MaxSession), s.role.MaxSession.String()))
	}
	if r.Description != s.description() {
		fields = append(fields, turn("description", r.Description, s.description()))
	}
	if r.MaxSession != s.seconds() || r.Description != s.description() {
		commands = append(commands, command("aws", "iam", "update-role", "--role-name", r.Name,
			"--max-session-duration", fmt.Sprint(s.seconds()), "--description", s.description()))
	}
	if r.Boundary != s.role.PermissionsBoundary {
		fields = append(fields, turn("permissionsBoundary", r.Boundary, s.role.PermissionsBoundary))
		commands = append(commands, s.boundaryCommand())
	}
	if len(fields) == 0 {
		return s.about.keep("as the file asks")
	}
	return s.about.change(Update, s.why(r, fields)).with(roleSeen{r, ifKnown(doc, known)}, lines(commands...), fields...)
}

// why names what differs, and says so when a verification left its borrowed access behind.
func (s *roleStep) why(r *role, fields []Field) string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.Path)
	}
	var reason strings.Builder
	verb := " differ"
	if len(names) == 1 {
		verb = " differs"
	}
	reason.WriteString(strings.Join(names, ", ") + verb + " from the file")
	for _, t := range statementsIn(r.Trust) {
		if strings.HasPrefix(t.Sid, borrowSid) {
			reason.WriteString("; access borrowed by a verification is still there")
			break
		}
	}
	return reason.String()
}

func (s *roleStep) boundaryCommand() string {
	if s.role.PermissionsBoundary == "" {
		return command("aws", "iam", "delete-role-permissions-boundary", "--role-name", s.role.Name)
	}
	return command("aws", "iam", "put-role-permissions-boundary", "--role-name", s.role.Name, "--permissions-boundary", s.role.PermissionsBoundary)
}

// immovable blocks what cannot change in place.
func (s *roleStep) immovable(r *role) (Change, bool) {
	if r.Path != s.role.Path {
		return s.about.blocked("set "+s.field+".path: "+r.Path+", choose another "+s.field+".name, or destroy with the old file first",
			"%s.path cannot change in place: the role lives at %s", s.field, r.Path), true
	}
	if s.direction != "to-aws" {
		return Change{}, false
	}
	other := ""
	for _, t := range statementsIn(r.Trust) {
		if t.ofGoogle() && slices.Contains(t.Principal["Federated"], s.b.GooglePrincipal()) {
			return Change{}, false
		}
		if t.ofGoogle() {
			other = strings.Join(t.Principal["Federated"], ", ")
		}
	}
	if other == "" {
		return Change{}, false
	}
	return s.about.blocked("put toAWS.provider back, or destroy with the old file first",
		"toAWS.provider cannot change in place: the role trusts %s", other), true
}

// recreated blocks when the role trusts another number than the account has now: whoever made the account anew may be
// somebody else. Only a person who names the live number lets it through.
func (s *roleStep) recreated(w *World, r *role, live string) (Change, bool) {
	if s.direction != "to-aws" {
		return Change{}, false
	}
	old := numbersIn(r.Trust)
	if len(old) == 0 || slices.Contains(old, live) || live != "" && w.Consent.AcceptAccount == live {
		return Change{}, false
	}
	if live == "" {
		return s.about.blocked("destroy, then apply", "account re-created: the role trusts number %s, and that account is gone", strings.Join(old, ", ")), true
	}
	c := s.about.blocked("if that was you: --accept-account "+live,
		"account re-created: the role trusts number %s, but %s is %s now", strings.Join(old, ", "), s.b.ToAWSEmail(), live).acceptable(live)
	return c.with(roleSeen{Role: r}, "", turn("trust.sub", old, live)), true
}
