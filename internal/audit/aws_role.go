package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

const refRoles = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html"

// awsRoleRules read what linked roles may do, for how long, and whether anybody needs them.
func awsRoleRules() []Rule {
	parts := []inventory.Part{inventory.PartIdentities}
	const least = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
	return []Rule{
		{ID: "AWS-R01", Severity: Low, Title: "the role is not used", Reference: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html", Needs: parts, find: unusedRole},
		{ID: "AWS-R02", Severity: Medium, Title: "sessions last long, and cannot be revoked one by one", Reference: refRoles, Needs: append(slices.Clone(parts), inventory.PartSessions), find: longSessions},
		{ID: "AWS-R03", Severity: Critical, Title: "the role administers the account", Reference: least, Needs: parts, find: administrators},
		{ID: "AWS-R04", Severity: High, Title: "the role can give itself more", Reference: least, Needs: parts, find: escalation},
		{ID: "AWS-R05", Severity: High, Title: "the role can become any other role", Reference: least, Needs: parts, find: pivot},
		{ID: "AWS-R06", Severity: Low, Title: "the permissions boundary is not the one that the bridge asks for", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html", Needs: parts, find: boundary},
		{ID: "AWS-R07", Severity: Info, Title: "the role does not say whose it is", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html", Needs: parts, find: unmarked},
		{ID: "AWS-R08", Severity: High, Title: "the trust policy is not the one that the bridge writes", Reference: refRoles, Needs: append(slices.Clone(parts), inventory.PartAccounts), find: driftedTrust},
		{ID: "AWS-R09", Severity: Info, Title: "the trust policy is almost as long as it may be", Reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html", Needs: append(slices.Clone(parts), inventory.PartQuotas), find: trustLength},
	}
}

func roleFinding(r role, severity Severity, evidence, fix, line string) Finding {
	return Finding{Severity: severity, Resource: r.ARN, Evidence: evidence, Fix: fix, Command: line, about: []string{"role:" + r.Name}}
}

// eachLinked asks about every role that takes part in trust between the clouds.
func eachLinked(s *sight, ask func(role) []Finding) []Finding {
	var out []Finding
	for _, r := range s.linked() {
		out = append(out, ask(r)...)
	}
	return out
}

const unusedDays = 90

func unusedRole(s *sight) []Finding {
	return eachLinked(s, func(r role) []Finding {
		if s.age(r.Created) <= unusedDays || !r.LastUsed.IsZero() && s.age(r.LastUsed) <= unusedDays {
			return nil
		}
		last := "never, as far as AWS remembers"
		if !r.LastUsed.IsZero() {
			last = fmt.Sprintf("%d days ago", s.age(r.LastUsed))
		}
		return one(roleFinding(r, Low, fmt.Sprintf("made %d days ago, last used %s", s.age(r.Created), last), "delete the role if nobody needs it",
			command("aws", "iam", "delete-role", "--role-name", r.Name)))
	})
}

func longSessions(s *sight) []Finding {
	return eachLinked(s, func(r role) []Finding {
		if r.MaxSession <= time.Hour {
			return nil
		}
		severity := Low
		if r.MaxSession > 4*time.Hour {
			severity = Medium
		}
		return one(roleFinding(r, severity, fmt.Sprintf("MaxSessionDuration = %d s", int(r.MaxSession.Seconds())), "let sessions last an hour; programs renew them",
			command("aws", "iam", "update-role", "--role-name", r.Name, "--max-session-duration", "3600")))
	})
}

// grants calls f for every Allow statement of a role's permissions.
func (s *sight) grants(r role, f func(policy string, st trust.Statement)) {
	for _, d := range s.Account.Documents(r.Inline, r.Attached) {
		list, err := trust.Statements([]byte(d.JSON))
		if err != nil {
			continue
		}
		for _, st := range list {
			if st.Allow {
				f(d.Name, st)
			}
		}
	}
}

func everything(st trust.Statement) bool {
	return slices.Contains(st.Actions, "*") && !st.NotAction || slices.Contains(st.Actions, "*:*")
}

func administrators(s *sight) []Finding {
	return eachLinked(s, func(r role) (out []Finding) {
		s.grants(r, func(policy string, st trust.Statement) {
			switch {
			case everything(st) && slices.Contains(st.Resources, "*"):
				out = append(out, roleFinding(r, Critical, policy+": "+st.Name+" allows * on *", "name the actions and resources that the workload needs", dropPolicy(r, policy)))
			case slices.ContainsFunc(st.Actions, func(a string) bool { return strings.EqualFold(a, "iam:*") }) && !st.NotAction:
				out = append(out, roleFinding(r, High, policy+": "+st.Name+" allows iam:*", "name the actions and resources that the workload needs", dropPolicy(r, policy)))
			}
		})
		return out
	})
}

func dropPolicy(r role, policy string) string {
	if strings.HasPrefix(policy, "arn:") {
		return command("aws", "iam", "detach-role-policy", "--role-name", r.Name, "--policy-arn", policy)
	}
	return command("aws", "iam", "delete-role-policy", "--role-name", r.Name, "--policy-name", policy)
}

func escalation(s *sight) []Finding {
	return eachLinked(s, func(r role) (out []Finding) {
		s.grants(r, func(policy string, st trust.Statement) {
			if everything(st) || slices.ContainsFunc(st.Actions, func(a string) bool { return strings.EqualFold(a, "iam:*") }) {
				return // said by a graver rule
			}
			for _, action := range []string{"iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:PassRole"} {
				if st.Does(action) && (slices.Contains(st.Resources, "*") || st.On(r.ARN)) {
					out = append(out, roleFinding(r, High, policy+": "+st.Name+" allows "+action+" on "+strings.Join(st.Resources, ", "),
						"take the action out, or name the one resource that it is for", dropPolicy(r, policy)))
					return
				}
			}
		})
		return out
	})
}

func pivot(s *sight) []Finding {
	return eachLinked(s, func(r role) (out []Finding) {
		s.grants(r, func(policy string, st trust.Statement) {
			if !everything(st) && st.Does("sts:AssumeRole") && slices.Contains(st.Resources, "*") {
				out = append(out, roleFinding(r, High, policy+": "+st.Name+" allows sts:AssumeRole on *", "name the roles that it may become", dropPolicy(r, policy)))
			}
		})
		return out
	})
}

// wants gives what a bridge asks of a role.
func wants(b spec.Bridge, name string) (spec.Role, bool) {
	if b.ToAWS != nil && b.ToAWS.Role.Name == name {
		return b.ToAWS.Role, true
	}
	if b.ToGoogle != nil && b.ToGoogle.Role.Name == name {
		return b.ToGoogle.Role.Role, true
	}
	return spec.Role{}, false
}

func eachWanted(s *sight, ask func(spec.Bridge, spec.Role, role) []Finding) []Finding {
	var out []Finding
	for _, b := range s.Bridges {
		for _, r := range s.roles {
			if w, ok := wants(b, r.Name); ok {
				out = append(out, ask(b, w, r)...)
			}
		}
	}
	return out
}

func boundary(s *sight) []Finding {
	return eachWanted(s, func(_ spec.Bridge, w spec.Role, r role) []Finding {
		if w.PermissionsBoundary == "" || w.PermissionsBoundary == r.Boundary {
			return nil
		}
		return one(roleFinding(r, Low, fmt.Sprintf("boundary %q, wanted %q", r.Boundary, w.PermissionsBoundary), "set the boundary",
			command("aws", "iam", "put-role-permissions-boundary", "--role-name", r.Name, "--permissions-boundary", w.PermissionsBoundary)))
	})
}

func unmarked(s *sight) []Finding {
	return eachWanted(s, func(b spec.Bridge, w spec.Role, r role) []Finding {
		adopted := b.Adopts("toAWS.role") && b.ToAWS != nil && w.Name == b.ToAWS.Role.Name || b.Adopts("toGoogle.role") && b.ToGoogle != nil && w.Name == b.ToGoogle.Role.Name
		for key, value := range b.Tags() {
			if r.Tags[key] != value && !adopted {
				return one(roleFinding(r, Info, fmt.Sprintf("tag %s is %q, wanted %q", key, r.Tags[key], value), "tag it, so that nobody takes it for somebody else's",
					command("aws", "iam", "tag-role", "--role-name", r.Name, "--tags", "Key="+key+",Value="+value)))
			}
		}
		return nil
	})
}

// trustDrift compares the whole document. Looser is what admits anybody besides; anything else is low.
func trustDrift(s *sight) []Finding {
	return eachWanted(s, func(b spec.Bridge, w spec.Role, r role) []Finding {
		if b.ToAWS == nil || b.ToAWS.Role.Name != w.Name || b.Adopts("toAWS.role") {
			return nil
		}
		a, ok := s.account(b.ToAWSEmail())
		if !ok || spec.SameDocument([]byte(r.Trust), b.Trust(a.UniqueID).JSON()) {
			return nil
		}
		severity, why := Low, "it differs, and admits nobody else"
		if looser(b, r, a.UniqueID) {
			severity, why = High, "it is looser"
		}
		f := roleFinding(r, severity, why+": "+compact(r.Trust), "write the bridge's trust policy again: drawbridge apply", updateTrust(r.Name))
		f.Document = string(b.Trust(a.UniqueID).JSON())
		return one(f)
	})
}

// looser holds when others get in: another principal, another account's number, or a token that was made for somebody
// else, or by another account, and is let in nevertheless.
func looser(b spec.Bridge, r role, id string) bool {
	if r.broken != nil {
		return true
	}
	for _, st := range r.statements {
		g, ok := googleStatementOf(r.Role, st)
		others := func(have string) bool { return have != id }
		if st.Allow && (!ok || len(st.Principals) > 1 || slices.ContainsFunc(g.uniqueIDs(), others)) {
			return true
		}
	}
	for _, token := range []map[string]any{
		{"iss": "https://accounts.google.com", "sub": "100000000000000000001", "azp": "100000000000000000001", "aud": b.ToAWS.Audience},
		{"iss": "https://accounts.google.com", "sub": id, "azp": id, "aud": "https://elsewhere.example"},
	} {
		if v, err := trust.ReadToken([]byte(r.Trust), token, b.GooglePrincipal()); err != nil || v.Admitted {
			return true
		}
	}
	return false
}

func compact(document string) string {
	return strings.Join(strings.Fields(document), " ")
}

func trustLength(s *sight) []Finding {
	if s.Account.TrustQuota == 0 {
		return nil
	}
	return eachLinked(s, func(r role) []Finding {
		n := len(strings.Join(strings.Fields(r.Trust), ""))
		if n*100 <= s.Account.TrustQuota*80 {
			return nil
		}
		return one(roleFinding(r, Info, fmt.Sprintf("%d of %d characters", n, s.Account.TrustQuota), "split the role, or raise the quota", ""))
	})
}
