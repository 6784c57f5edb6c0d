package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

const (
	refOIDC      = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
	refKeys      = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif"
	refOperators = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html"
)

// awsTrustRules read who Google may send into the account's roles.
func awsTrustRules() []Rule {
	parts := []inventory.Part{inventory.PartIdentities}
	return []Rule{
		{ID: "AWS-T01", Severity: Critical, Title: "any Google identity may assume the role", Reference: refOIDC, Needs: parts, find: statements(noCondition)},
		{ID: "AWS-T02", Severity: Critical, Title: "no service account is pinned: whoever can name an audience gets in", Reference: refKeys, Needs: parts, find: statements(noSubject)},
		{ID: "AWS-T03", Severity: High, Title: "tokens made for somebody else are accepted", Reference: refKeys, Needs: parts, find: statements(noAudience)},
		{ID: "AWS-T04", Severity: Critical, Title: "a wildcard opens a range of identities", Reference: refOIDC, Needs: parts, find: statements(wildGuard)},
		{ID: "AWS-T05", Severity: Critical, Title: "the guard holds for callers who lack the claim", Reference: refOperators, Needs: parts, find: statements(vacuousGuard)},
		{ID: "AWS-T06", Severity: Critical, Title: "every user of an OAuth client may assume the role", Reference: refOIDC, Needs: parts, find: statements(oauthClient)},
		{ID: "AWS-T07", Severity: Medium, Title: "sub is not a service account's number, so it never matches", Reference: refKeys, Needs: parts, find: statements(mailSubject)},
		{ID: "AWS-T08", Severity: Medium, Title: "aud is compared with an audience, so it never matches", Reference: refKeys, Needs: parts, find: statements(audienceInAud)},
		{ID: "AWS-T09", Severity: Medium, Title: "an e-mail, which can be made anew, stands for an identity", Reference: refKeys, Needs: parts, find: statements(mailGuard)},
		{ID: "AWS-T10", Severity: Medium, Title: "a condition key that AWS does not fill for Google", Reference: refKeys, Needs: parts, find: statements(unknownKey)},
		{ID: "AWS-T11", Severity: Medium, Title: "the pinned service account does not live in the project", Reference: refKeys, Needs: append(slices.Clone(parts), inventory.PartAccounts), find: statements(deadSubject)},
		{ID: "AWS-T12", Severity: Low, Title: "several identities share the role", Reference: refOIDC, Needs: parts, find: sharedRole},
		{ID: "AWS-T13", Severity: Low, Title: "the audience does not belong to this role alone", Reference: refKeys, Needs: parts, find: sharedAudience},
		{ID: "AWS-T14", Severity: Critical, Title: "the role has a side door", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html", Needs: parts, find: sideDoors},
		{ID: "AWS-T15", Severity: Low, Title: "Google's tokens cannot satisfy a condition", Reference: refKeys, Needs: parts, find: statements(authorizedByIDP)},
		{ID: "AWS-T16", Severity: Low, Title: "tokens made with a key file are accepted", Reference: refKeys, Needs: parts, find: statements(noPresenter)},
	}
}

// statements turns a question about one statement into a rule over all that let Google in.
func statements(ask func(*sight, googleStatement) []Finding) func(*sight) []Finding {
	return func(s *sight) []Finding {
		var out []Finding
		for _, r := range s.roles {
			for _, g := range r.google {
				out = append(out, ask(s, g)...)
			}
		}
		return out
	}
}

func one(f Finding) []Finding { return []Finding{f} }

func noCondition(s *sight, g googleStatement) []Finding {
	if g.guarded() {
		return nil
	}
	return one(s.statementFinding(g, Critical, "allows %s to %s without a condition on any %s key", webIdentity, g.principal, spec.GoogleIssuer))
}

func noSubject(s *sight, g googleStatement) []Finding {
	if len(g.exact("sub")) > 0 || allUniqueIDs(g.exact("aud")) {
		return nil
	}
	return one(s.statementFinding(g, Critical, "pins neither %s:sub nor a service account's number in %s:aud; it has %s", spec.GoogleIssuer, spec.GoogleIssuer, conditionsOf(g)))
}

func conditionsOf(g googleStatement) string {
	var out []string
	for _, c := range g.Conditions {
		out = append(out, said(c))
	}
	if len(out) == 0 {
		return "no condition"
	}
	return strings.Join(out, ", ")
}

func noAudience(s *sight, g googleStatement) []Finding {
	if len(g.on("oaud")) > 0 {
		return nil
	}
	return one(s.statementFinding(g, High, "has no condition on %s:oaud; it has %s", spec.GoogleIssuer, conditionsOf(g)))
}

// wildGuard finds wildcards, and variables that compare the token with itself.
func wildGuard(s *sight, g googleStatement) []Finding {
	var out []Finding
	for _, key := range []string{"sub", "aud", "oaud"} {
		for _, c := range g.on(key) {
			if !c.Wild() && !c.Variable() {
				continue
			}
			severity := Critical
			if key == "oaud" {
				severity = High
			}
			out = append(out, s.statementFinding(g, severity, "%s", said(c)))
		}
	}
	return out
}

func vacuousGuard(s *sight, g googleStatement) []Finding {
	var out []Finding
	for _, c := range g.Conditions {
		if googleKey(c.Key) == "" || !c.Vacuous() {
			continue
		}
		severity := Critical
		if len(g.exact("sub")) > 0 || allUniqueIDs(g.exact("aud")) {
			severity = Medium
		}
		out = append(out, s.statementFinding(g, severity, "%s", said(c)))
	}
	return out
}

const oauthSuffix = ".apps.googleusercontent.com"

func oauthClient(s *sight, g googleStatement) []Finding {
	if len(g.exact("sub")) > 0 {
		return nil
	}
	for _, v := range g.exact("aud") {
		if strings.HasSuffix(v, oauthSuffix) {
			return one(s.statementFinding(g, Critical, "%s:aud = %s without %s:sub", spec.GoogleIssuer, v, spec.GoogleIssuer))
		}
	}
	return nil
}

func mailSubject(s *sight, g googleStatement) []Finding {
	for _, v := range g.exact("sub") {
		if !uniqueID(v) {
			return one(s.statementFinding(g, Medium, "%s:sub = %s", spec.GoogleIssuer, v))
		}
	}
	return nil
}

func audienceInAud(s *sight, g googleStatement) []Finding {
	for _, v := range g.exact("aud") {
		if !uniqueID(v) && !strings.HasSuffix(v, oauthSuffix) {
			return one(s.statementFinding(g, Medium, "%s:aud = %s; aud reads the token's azp, the number of the account that made it", spec.GoogleIssuer, v))
		}
	}
	return nil
}

func mailGuard(s *sight, g googleStatement) []Finding {
	for _, c := range g.on("email") {
		return one(s.statementFinding(g, Medium, "%s", said(c)))
	}
	return nil
}

func unknownKey(s *sight, g googleStatement) []Finding {
	known := []string{"aud", "oaud", "sub", "email", "amr", "google/organization_number"}
	for _, c := range g.Conditions {
		key := strings.ToLower(c.Key)
		if name := googleKey(key); name != "" && !slices.Contains(known, name) || strings.HasPrefix(key, "https://"+spec.GoogleIssuer) {
			return one(s.statementFinding(g, Medium, "%s", said(c)))
		}
	}
	return nil
}

// deadSubject joins the two clouds: a number that belongs to no living account of the project is a dangling trust.
func deadSubject(s *sight, g googleStatement) []Finding {
	if s.Project == nil || s.unread(inventory.PartAccounts) {
		return nil
	}
	for _, id := range g.uniqueIDs() {
		if !slices.ContainsFunc(s.Project.Accounts, func(a inventory.ServiceAccount) bool { return a.UniqueID == id }) {
			f := s.statementFinding(g, Medium, "pins %s, which no service account of project %s has", id, s.Project.ID)
			f.Fix = "if the account was deleted or made anew, put the living account's number in its place; if it lives in another project, audit that project"
			return one(f)
		}
	}
	return nil
}

func authorizedByIDP(s *sight, g googleStatement) []Finding {
	for _, c := range g.Conditions {
		if strings.EqualFold(c.Key, "sts:RoleAuthorizedByIdp") {
			return one(s.statementFinding(g, Low, "%s", said(c)))
		}
	}
	return nil
}

func noPresenter(s *sight, g googleStatement) []Finding {
	if len(g.on("aud")) > 0 || len(g.exact("sub")) == 0 || len(g.exact("oaud")) == 0 {
		return nil
	}
	return one(s.statementFinding(g, Low, "has no condition on %s:aud; it has %s", spec.GoogleIssuer, conditionsOf(g)))
}

func sharedRole(s *sight) []Finding {
	var out []Finding
	for _, r := range s.roles {
		var ids []string
		for _, g := range r.google {
			ids = append(ids, g.uniqueIDs()...)
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > 1 || len(r.google) > 1 {
			f := s.statementFinding(r.google[0], Low, "%d statements admit Google, for %s", len(r.google), strings.Join(ids, ", "))
			f.Fix, f.Document = "give each service account a role of its own", ""
			out = append(out, f)
		}
	}
	return out
}

// sharedAudience finds audiences that two roles accept, and those that everybody would choose.
func sharedAudience(s *sight) []Finding {
	users := map[string][]string{}
	for _, r := range s.roles {
		for _, g := range r.google {
			for _, a := range g.exact("oaud") {
				if !slices.Contains(users[a], r.Name) {
					users[a] = append(users[a], r.Name)
				}
			}
		}
	}
	return statements(func(s *sight, g googleStatement) []Finding {
		for _, a := range g.exact("oaud") {
			others := slices.DeleteFunc(slices.Clone(users[a]), func(n string) bool { return n == g.role.Name })
			switch {
			case len(others) > 0:
				return one(s.statementFinding(g, Low, "%s:oaud = %s, which these roles accept too: %s", spec.GoogleIssuer, a, strings.Join(others, ", ")))
			case slices.Contains([]string{"sts.amazonaws.com", "https://sts.amazonaws.com", "gcp", "aws"}, strings.ToLower(a)):
				return one(s.statementFinding(g, Low, "%s:oaud = %s, which anybody would choose", spec.GoogleIssuer, a))
			}
		}
		return nil
	})(s)
}

// sideDoors looks at every statement that lets others than Google or a service into a linked role.
func sideDoors(s *sight) []Finding {
	var out []Finding
	for _, r := range s.linked() {
		for _, st := range r.statements {
			for _, p := range st.Principals {
				severity, why := s.door(st, p)
				if severity == "" {
					continue
				}
				out = append(out, Finding{
					Severity: severity, Resource: r.ARN, Evidence: fmt.Sprintf("%s: %s %s %s", st.Name, p.Kind, p.Value, why),
					Fix: "take the principal out, or give it a role of its own", Command: updateTrust(r.Name), about: []string{"role:" + r.Name},
				})
			}
		}
	}
	return out
}

// door grades one principal of a statement, "" for those that may be there.
func (s *sight) door(st trust.Statement, p trust.Principal) (Severity, string) {
	if !st.Allow {
		return "", ""
	}
	if st.NotPrincipal {
		return Critical, "is the only one left out (NotPrincipal with Allow)"
	}
	switch {
	case p.Value == "*" && p.Kind != "Service":
		return Critical, "is everybody"
	case p.Kind == "Federated" && p.Value != spec.GoogleIssuer && !strings.HasSuffix(p.Value, ":oidc-provider/"+spec.GoogleIssuer) && !strings.Contains(p.Value, ":oidc-provider/oidc.eks."):
		return High, "is another identity provider"
	case p.Kind == "AWS" && p.Value != s.Account.ID && !strings.Contains(p.Value, "::"+s.Account.ID+":") && len(p.Value) >= 12 && !strings.HasPrefix(p.Value, "A"):
		return High, "is of another account"
	case p.Kind == "AWS" && (p.Value == s.Account.ID || strings.HasSuffix(p.Value, "::"+s.Account.ID+":root")):
		return High, "is the whole account"
	}
	return "", ""
}
