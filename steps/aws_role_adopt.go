package steps

import (
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// On a role that is adopted only our own trust statement is added. Its path, tags, policies and description are its
// owner's. A role that already lets others in through what we would add to is refused: they would get our way too.

// planAdopt looks for our statement on a role that is not ours.
func (s *roleStep) planAdopt(w *World, r *role, live string) Change {
	if r.Path != s.role.Path {
		return s.about.blocked("set "+s.field+".path: "+r.Path, "%s.path is %s, but the role to be adopted lives at %s", s.field, s.role.Path, r.Path)
	}
	want, known := s.ownStatement(live)
	if who := s.letsIn(r, want, known); who != "" {
		return s.about.blocked("tighten the role's trust, or choose another role", "the role to be adopted already lets others in: %s", who)
	}
	s.know(w, r.ARN)
	have, there := statementOf(r.Trust, want.Sid)
	switch {
	case known && (s.direction == "to-google" || !there) && s.trusted(r, want), there && known && sameStatement(have, want):
		return s.about.keep("adopted, and its trust is as wanted")
	case there && s.direction == "to-aws" && len(have.numbers()) == 1 && have.numbers()[0] != live && (live == "" || w.Consent.AcceptAccount != live):
		return s.about.blocked("if that was you: --accept-account "+live,
			"account re-created: our statement trusts number %s, but %s is %s now", have.numbers()[0], s.b.ToAWSEmail(), live).acceptable(live)
	}
	after := orUnknown(asValue(want), known)
	c := s.about.change(Adopt, "it exists and the file allows it to be adopted; only our own trust statement is added")
	return c.with(roleSeen{Role: r}, command("aws", "iam", "update-assume-role-policy", "--role-name", r.Name, "--policy-document", "file://trust.json"),
		Field{Path: "trust." + want.Sid, Before: nil, After: after})
}

// ownStatement is what we add to an adopted role, under a Sid of this bridge.
func (s *roleStep) ownStatement(live string) (spec.Statement, bool) {
	if s.direction == "to-aws" {
		return s.b.TrustStatement(live), live != ""
	}
	st := s.b.WorkloadTrust().Statement[0]
	st.Sid = s.b.TrustSid()
	return st, true
}

// trusted reports whether some statement of the role, whoever wrote it and whatever its Sid, says what ours says.
func (s *roleStep) trusted(r *role, want spec.Statement) bool {
	return slices.ContainsFunc(statementsIn(r.Trust), func(have trustStatement) bool { return saysTheSame(have, want) })
}

// saysTheSame compares but for the Sid, which decides nothing.
func saysTheSame(have trustStatement, want spec.Statement) bool {
	want.Sid = have.Sid
	return sameStatement(have, want)
}

// letsIn names who comes in already where we would add ourselves: any Google identity on the way to AWS; on the way to
// Google everybody but AWS services, because whoever takes the role gets into Google with it. A statement that says what
// ours says lets in nobody else, whatever its Sid.
func (s *roleStep) letsIn(r *role, want spec.Statement, known bool) string {
	for _, t := range statementsIn(r.Trust) {
		switch {
		case t.Effect != "Allow" || t.Sid == s.b.TrustSid() || known && saysTheSame(t, want):
		case t.open():
			return "everybody"
		case s.direction == "to-aws" && t.ofGoogle():
			return "another Google identity" + named(t.Sid)
		case s.direction == "to-google" && len(t.Principal["AWS"])+len(t.Principal["Federated"]) > 0:
			return strings.Join(append(t.Principal["AWS"], t.Principal["Federated"]...), ", ")
		}
	}
	return ""
}

func named(sid string) string {
	if sid == "" {
		return ""
	}
	return " (statement " + sid + ")"
}
