package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

const refBest = "https://docs.cloud.google.com/iam/docs/best-practices-for-using-workload-identity-federation"

const (
	workloadUser  = "roles/iam.workloadIdentityUser"
	tokenCreator  = "roles/iam.serviceAccountTokenCreator"
	accountUser   = "roles/iam.serviceAccountUser"
	poolAdmin     = "roles/iam.workloadIdentityPoolAdmin"
	ownerRole     = "roles/owner"
	editorRole    = "roles/editor"
	projectPolicy = inventory.PartProjectPolicy
)

// memberRules read who is bound: to accounts, and to the project itself.
func memberRules() []Rule {
	const otherClouds = "https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds"
	accounts := []inventory.Part{inventory.PartAccounts, inventory.PartAccountPolicies}
	pools := append(slices.Clone(accounts), inventory.PartPools, projectPolicy)
	project := []inventory.Part{projectPolicy}
	return []Rule{
		{ID: "GCP-TRUST-01", Severity: Critical, Title: "everybody of a pool may become the account", Reference: refBest, Needs: accounts, find: wholePool},
		{ID: "GCP-TRUST-03", Severity: High, Title: "a whole AWS account is admitted", Reference: refBest, Needs: pools, find: wholeAccount},
		{ID: "GCP-TRUST-06", Severity: Medium, Title: "the bound attribute is not mapped, so nobody gets in", Reference: otherClouds, Needs: pools, find: unmappedAttribute},
		{ID: "GCP-TRUST-07", Severity: Medium, Title: "the bound value has a shape that the mapping never gives", Reference: otherClouds, Needs: pools, find: wrongShape},
		{ID: "GCP-TRUST-08", Severity: Medium, Title: "the bound AWS account is not the provider's", Reference: otherClouds, Needs: pools, find: otherAccount},
		{ID: "GCP-TRUST-13", Severity: Critical, Title: "everybody on the internet is bound", Reference: "https://docs.cloud.google.com/iam/docs/principals-overview", Needs: append(slices.Clone(accounts), projectPolicy), find: everybody},
		{ID: "GCP-TRUST-14", Severity: Critical, Title: "workloads may become every account of the project", Reference: refBest, Needs: project, find: projectImpersonation},
		{ID: "GCP-TRUST-15", Severity: High, Title: "somebody may act as every account of the project", Reference: "https://docs.cloud.google.com/iam/docs/best-practices-service-accounts", Needs: project, find: projectTokens},
		{ID: "GCP-TRUST-16", Severity: Medium, Title: "a workload may sign as the account, which is more than it needs", Reference: refBest, Needs: accounts, find: federatedCreator},
		{ID: "GCP-TRUST-17", Severity: Low, Title: "a deleted principal is still bound", Reference: "https://docs.cloud.google.com/iam/docs/service-accounts-delete-undelete", Needs: append(slices.Clone(accounts), projectPolicy), find: deletedMember},
		{ID: "GCP-TRUST-18", Severity: Medium, Title: "the pool of another project is trusted", Reference: refBest, Needs: append(slices.Clone(pools), inventory.PartProject), find: foreignPool},
		{ID: "GCP-TRUST-19", Severity: Medium, Title: "a pool is trusted that is not there", Reference: refBest, Needs: append(slices.Clone(pools), inventory.PartProject), find: missingPool},
		{ID: "GCP-TRUST-22", Severity: High, Title: "everybody of a pool holds a role in the project", Reference: refBest, Needs: project, find: wholePoolInProject},
		{ID: "GCP-TRUST-23", Severity: Low, Title: "a binding's time is over", Reference: "https://docs.cloud.google.com/iam/docs/conditions-overview", Needs: append(slices.Clone(accounts), projectPolicy), find: expiredBinding},
	}
}

// eachMember asks about every member of every binding.
func eachMember(s *sight, ask func(member) (Finding, bool)) []Finding {
	var out []Finding
	for _, m := range s.members {
		if f, ok := ask(m); ok {
			out = append(out, f)
		}
	}
	return out
}

// ownPool tells members that name a pool of this project.
func (s *sight) ownPool(m member) bool {
	return m.federated && (m.number == s.Project.Number || s.Project.Number == "")
}

// open tells pools in which a provider has no condition, or whose issuer serves everybody. What was not read counts as
// open: unread conditions widen.
func (s *sight) open(pool string) bool {
	return s.unread(inventory.PartPools) || slices.ContainsFunc(s.providers(pool), func(v provider) bool {
		return strings.TrimSpace(v.Condition) == "" || sharedIssuer(v.Issuer) != "" && breadth(v) != trust.Pinned
	})
}

func breadth(v provider) trust.Breadth {
	b, err := trust.BreadthOfIssuer(v.Condition)
	if v.AWSAccount != "" {
		b, err = trust.BreadthOfAWS(v.Condition, v.AWSAccount)
	}
	if err != nil {
		return trust.Loose
	}
	return b
}

func wholePool(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.whole || m.account == "" {
			return Finding{}, false
		}
		f := s.memberFinding(m, "")
		f.Severity = High
		if s.open(m.pool) {
			f.Severity = Critical
			f.Evidence += ", and a provider of the pool admits everybody, or could not be read"
		}
		return f, true
	})
}

func wholeAccount(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.federated || m.whole {
			return Finding{}, false
		}
		digits := len(m.value) == 12 && !strings.ContainsFunc(m.value, func(r rune) bool { return r < '0' || r > '9' })
		if !digits && m.attribute != "attribute.account" && m.attribute != "attribute.aws_account" {
			return Finding{}, false
		}
		return s.memberFinding(m, "every role and user of AWS account "+m.value+", now and later"), true
	})
}

// mapping is what a provider maps, the documented default of type AWS included.
func mapping(v provider) map[string]string {
	if len(v.Mapping) == 0 && v.AWSAccount != "" {
		return trust.DefaultAWSMapping()
	}
	return v.Mapping
}

func unmappedAttribute(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		list := s.providers(m.pool)
		if !s.ownPool(m) || m.whole || m.attribute == "group" || len(list) == 0 || s.unread(inventory.PartPools) {
			return Finding{}, false
		}
		for _, v := range list {
			if _, ok := mapping(v)[m.attribute]; ok {
				return Finding{}, false
			}
		}
		f := s.memberFinding(m, "no provider of pool "+m.pool+" maps "+m.attribute)
		f.Fix = "map the attribute, or bind one that is mapped"
		return f, true
	})
}

// awsMembers are members that name a role by the documented attribute of a pool with providers of type AWS.
func (s *sight) awsMembers(ask func(member, []provider) string) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !s.ownPool(m) || m.attribute != "attribute.aws_role" {
			return Finding{}, false
		}
		list := slices.DeleteFunc(s.providers(m.pool), func(v provider) bool {
			return v.AWSAccount == "" || mapping(v)["attribute.aws_role"] != trust.DefaultAWSMapping()["attribute.aws_role"]
		})
		if len(list) == 0 {
			return Finding{}, false
		}
		why := ask(m, list)
		if why == "" {
			return Finding{}, false
		}
		f := s.memberFinding(m, why)
		f.Fix = "bind attribute.aws_role/arn:aws:sts::ACCOUNT:assumed-role/ROLE, without path and session"
		return f, true
	})
}

func assumedRole(value string) (account, name string, ok bool) {
	parts := strings.SplitN(value, ":", 6)
	if len(parts) != 6 || parts[2] != "sts" {
		return "", "", false
	}
	name, ok = strings.CutPrefix(parts[5], "assumed-role/")
	return parts[4], name, ok && name != "" && !strings.Contains(name, "/")
}

func wrongShape(s *sight) []Finding {
	return s.awsMembers(func(m member, _ []provider) string {
		if _, _, ok := assumedRole(m.value); ok || strings.Contains(m.value, ":user/") {
			return ""
		}
		return "the mapping gives arn:aws:sts::ACCOUNT:assumed-role/ROLE"
	})
}

func otherAccount(s *sight) []Finding {
	return s.awsMembers(func(m member, list []provider) string {
		account, _, ok := assumedRole(m.value)
		if !ok || slices.ContainsFunc(list, func(v provider) bool { return v.AWSAccount == account }) {
			return ""
		}
		return "the providers of pool " + m.pool + " take account " + list[0].AWSAccount
	})
}

func everybody(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if m.text != "allUsers" && m.text != "allAuthenticatedUsers" {
			return Finding{}, false
		}
		f := s.memberFinding(m, "")
		f.Fix = "take the member away now, and look in the audit logs who used it"
		return f, true
	})
}

func projectImpersonation(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if m.account != "" || m.role != workloadUser {
			return Finding{}, false
		}
		f := s.memberFinding(m, "on the project, so on all of its accounts")
		f.Severity, f.Fix = High, "bind it on the one account instead"
		if m.whole {
			f.Severity = Critical
		}
		return f, true
	})
}

func projectTokens(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if m.account != "" || !slices.Contains([]string{tokenCreator, accountUser, "roles/iam.serviceAccountOpenIdTokenCreator"}, m.role) {
			return Finding{}, false
		}
		f := s.memberFinding(m, "on the project, so on all of its accounts")
		f.Fix = "grant it on the one account instead"
		return f, true
	})
}

func federatedCreator(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.federated || m.account == "" || m.role != tokenCreator {
			return Finding{}, false
		}
		f := s.memberFinding(m, "")
		f.Fix = "grant " + workloadUser + " instead: it is enough to act as the account"
		return f, true
	})
}

func deletedMember(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.deleted {
			return Finding{}, false
		}
		f := s.memberFinding(m, "comes alive again when the principal is undeleted")
		f.Fix = "take the member away"
		return f, true
	})
}

func foreignPool(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.federated || m.number == s.Project.Number {
			return Finding{}, false
		}
		f := s.memberFinding(m, fmt.Sprintf("project %s decides who is in that pool; this is %s", m.number, s.Project.Number))
		f.Fix = "make sure that this is meant"
		return f, true
	})
}

func missingPool(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.federated || m.number != s.Project.Number {
			return Finding{}, false
		}
		state := "does not exist"
		for _, p := range s.Project.Pools {
			if p.ID == m.pool && !p.Deleted() {
				return Finding{}, false
			}
			if p.ID == m.pool {
				state = "is deleted"
			}
		}
		f := s.memberFinding(m, "pool "+m.pool+" "+state+"; whoever makes or restores it decides who gets in")
		f.Fix = "take the member away"
		return f, true
	})
}

func wholePoolInProject(s *sight) []Finding {
	return eachMember(s, func(m member) (Finding, bool) {
		if !m.whole || m.account != "" {
			return Finding{}, false
		}
		return s.memberFinding(m, ""), true
	})
}
