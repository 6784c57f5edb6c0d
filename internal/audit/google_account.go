package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// accountRules read the service accounts that stand between the clouds.
func accountRules() []Rule {
	const keys = "https://docs.cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys"
	const accounts = "https://docs.cloud.google.com/iam/docs/best-practices-service-accounts"
	const undelete = "https://docs.cloud.google.com/iam/docs/service-accounts-delete-undelete"
	list := []inventory.Part{inventory.PartAccounts}
	held := []inventory.Part{inventory.PartAccounts, inventory.PartAccountKeys}
	bound := []inventory.Part{inventory.PartAccounts, inventory.PartAccountPolicies}
	roles := []inventory.Part{inventory.PartAccounts, inventory.PartAccountPolicies, projectPolicy}
	return []Rule{
		{ID: "GCP-SA-01", Severity: High, Title: "the account has a key that somebody holds", Reference: keys, Needs: held, find: userKeys},
		{ID: "GCP-SA-02", Severity: Medium, Title: "a key of the account is old", Reference: keys, Needs: held, find: oldKeys},
		{ID: "GCP-SA-03", Severity: Critical, Title: "a key of the account has leaked", Reference: keys, Needs: held, find: leakedKeys},
		{ID: "GCP-SA-04", Severity: High, Title: "the account owns or edits the project", Reference: accounts, Needs: roles, find: ownerAccount},
		{ID: "GCP-SA-05", Severity: High, Title: "the account administers the project", Reference: accounts, Needs: roles, find: adminAccount},
		{ID: "GCP-SA-06", Severity: High, Title: "a default account stands between the clouds", Reference: accounts, Needs: bound, find: defaultAccount},
		{ID: "GCP-SA-07", Severity: Medium, Title: "the account is disabled", Reference: accounts, Needs: bound, find: disabledAccount},
		{ID: "GCP-SA-08", Severity: High, Title: "the account was made anew, and AWS trusts the one before", Reference: undelete, Needs: list, find: recreatedAccount},
		{ID: "GCP-SA-09", Severity: Low, Title: "several workloads share the account", Reference: refBest, Needs: bound, find: sharedAccount},
		{ID: "GCP-SA-10", Severity: Info, Title: "the account lives in another project", Reference: accounts, Needs: list, find: elsewhere},
		{ID: "GCP-SA-11", Severity: Low, Title: "the account's tokens may live for twelve hours", Reference: "https://docs.cloud.google.com/resource-manager/docs/organization-policy/restricting-service-accounts", Needs: []inventory.Part{inventory.PartAccounts, inventory.PartOrgPolicies}, find: longTokens},
		{ID: "GCP-SA-12", Severity: Info, Title: "the account holds no role in the project", Reference: accounts, Needs: roles, find: idleAccount},
		{ID: "GCP-SA-13", Severity: Medium, Title: "the account may act as further accounts", Reference: accounts, Needs: roles, find: chainedAccount},
	}
}

// between are the accounts that take part in trust between the clouds: a pool may become them, a role pins them, or a
// bridge names them.
func (s *sight) between() []inventory.ServiceAccount {
	var out []inventory.ServiceAccount
	for _, a := range s.Project.Accounts {
		federated := slices.ContainsFunc(s.members, func(m member) bool { return m.federated && m.account == a.Email })
		pinned := slices.ContainsFunc(s.roles, func(r role) bool {
			return slices.ContainsFunc(r.google, func(g googleStatement) bool { return slices.Contains(g.uniqueIDs(), a.UniqueID) })
		})
		if federated || pinned || slices.Contains(s.subjects, "account:"+a.Email) {
			out = append(out, a)
		}
	}
	return out
}

func accountFinding(a inventory.ServiceAccount, severity Severity, evidence, fix, line string) Finding {
	return Finding{
		Severity: severity, Resource: "service account " + a.Email, Evidence: evidence, Fix: fix, Command: line, about: []string{"account:" + a.Email},
	}
}

// keyed are the accounts whose keys a bridge makes unnecessary: those between the clouds; without bridges all of them.
func (s *sight) keyed() []inventory.ServiceAccount {
	if s.subjects == nil {
		return s.Project.Accounts
	}
	return s.between()
}

func eachServiceKey(s *sight, ask func(inventory.ServiceAccount, inventory.Key) (Finding, bool)) []Finding {
	var out []Finding
	for _, a := range s.keyed() {
		for _, k := range a.Keys {
			if f, ok := ask(a, k); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

func (s *sight) dropKey(a inventory.ServiceAccount, k inventory.Key) string {
	return command("gcloud", "iam", "service-accounts", "keys", "delete", k.ID, "--iam-account", a.Email, "--project", s.Project.ID)
}

func userKeys(s *sight) []Finding {
	return eachServiceKey(s, func(a inventory.ServiceAccount, k inventory.Key) (Finding, bool) {
		return accountFinding(a, High, fmt.Sprintf("key %s, %d days old", k.ID, s.age(k.Created)),
			"move what uses it to the bridge, disable the key, and delete it once nothing broke", s.dropKey(a, k)), !k.Disabled
	})
}

func oldKeys(s *sight) []Finding {
	return eachServiceKey(s, func(a inventory.ServiceAccount, k inventory.Key) (Finding, bool) {
		return accountFinding(a, Medium, fmt.Sprintf("key %s, %d days old", k.ID, s.age(k.Created)), "delete it", s.dropKey(a, k)), s.age(k.Created) > 90
	})
}

func leakedKeys(s *sight) []Finding {
	return eachServiceKey(s, func(a inventory.ServiceAccount, k inventory.Key) (Finding, bool) {
		words := strings.ToUpper(k.Reason + " " + strings.Join(k.Statuses, " "))
		leaked := strings.Contains(words, "EXPOSED") || strings.Contains(words, "COMPROMISE")
		return accountFinding(a, Critical, fmt.Sprintf("key %s: %s %s", k.ID, k.Reason, strings.Join(k.Statuses, " ")),
			"delete it now, and look in the audit logs who used it", s.dropKey(a, k)), leaked
	})
}

// projectRoles lists the roles that an account holds in the project.
func (s *sight) projectRoles(email string) []string {
	var out []string
	for _, b := range s.Project.Bindings {
		if slices.Contains(b.Members, "serviceAccount:"+email) {
			out = append(out, b.Role)
		}
	}
	return out
}

func (s *sight) takeRole(email, role string) string {
	return command("gcloud", "projects", "remove-iam-policy-binding", s.Project.ID, "--role", role, "--member", "serviceAccount:"+email, "--all")
}

func (s *sight) eachRole(fits func(string) bool, severity Severity) []Finding {
	var out []Finding
	for _, a := range s.between() {
		for _, r := range s.projectRoles(a.Email) {
			if fits(r) {
				out = append(out, accountFinding(a, severity, r+" on project "+s.Project.ID, "grant the roles that the workload needs instead", s.takeRole(a.Email, r)))
			}
		}
	}
	return out
}

func basicRole(r string) bool { return r == ownerRole || r == editorRole }

func ownerAccount(s *sight) []Finding { return s.eachRole(basicRole, High) }

func adminAccount(s *sight) []Finding {
	return s.eachRole(func(r string) bool {
		return strings.HasSuffix(r, "Admin") || strings.HasSuffix(r, ".admin") || r == tokenCreator || r == accountUser || r == "roles/iam.securityAdmin"
	}, High)
}

func defaultAccount(s *sight) []Finding {
	var out []Finding
	for _, a := range s.between() {
		if strings.HasSuffix(a.Email, "-compute@developer.gserviceaccount.com") || strings.HasSuffix(a.Email, "@appspot.gserviceaccount.com") {
			out = append(out, accountFinding(a, High, "every machine of the project runs as it unless told otherwise", "make an account for this workload alone", ""))
		}
	}
	return out
}

func disabledAccount(s *sight) []Finding {
	var out []Finding
	for _, a := range s.between() {
		if a.Disabled {
			out = append(out, accountFinding(a, Medium, "disabled = true", "enable it, or delete the bridge",
				command("gcloud", "iam", "service-accounts", "enable", a.Email, "--project", s.Project.ID)))
		}
	}
	return out
}

// recreatedAccount joins the clouds for the accounts of bridges: the number in the role's trust is not the living one.
func recreatedAccount(s *sight) []Finding {
	var out []Finding
	for _, b := range s.Bridges {
		if b.ToAWS == nil || s.Account == nil || s.unread(inventory.PartIdentities) {
			continue
		}
		a, alive := s.account(b.ToAWSEmail())
		r, stands := s.role(b.ToAWS.Role.Name)
		current := func(g googleStatement) bool { return slices.Contains(g.uniqueIDs(), a.UniqueID) }
		if !alive || !stands || slices.ContainsFunc(r.google, current) {
			continue
		}
		for _, g := range r.google {
			if ids := g.uniqueIDs(); len(ids) > 0 {
				f := accountFinding(a, High, fmt.Sprintf("its number is %s, %s of role %s pins %s", a.UniqueID, g.Name, r.Name, strings.Join(ids, ", ")),
					"make sure that the new account is meant, then: drawbridge apply --accept-account "+a.UniqueID, updateTrust(r.Name))
				f.Document = string(b.Trust(a.UniqueID).JSON())
				f.about = append(f.about, "role:"+r.Name, "statement:"+r.Name+"/"+g.Name)
				out = append(out, f)
			}
		}
	}
	return out
}

func sharedAccount(s *sight) []Finding {
	var out []Finding
	for _, a := range s.between() {
		var who []string
		for _, m := range s.members {
			if m.account == a.Email && m.federated && !slices.Contains(who, m.text) {
				who = append(who, m.text)
			}
		}
		if len(who) > 1 {
			out = append(out, accountFinding(a, Low, strings.Join(who, ", "), "give each workload an account of its own", ""))
		}
	}
	return out
}

func elsewhere(s *sight) []Finding {
	var out []Finding
	for _, b := range s.Bridges {
		for email, project := range accountsOf(b) {
			if project != b.Google.Project && strings.HasSuffix(email, ".iam.gserviceaccount.com") {
				out = append(out, Finding{
					Resource: "service account " + email, Evidence: "lives in " + project + ", the bridge in " + b.Google.Project,
					Fix: "make sure that this is meant, and audit that project too", about: []string{"account:" + email},
				})
			}
		}
	}
	return out
}

// accountsOf gives the project of each of a bridge's accounts by e-mail.
func accountsOf(b spec.Bridge) map[string]string {
	out := map[string]string{}
	if b.ToAWS != nil {
		out[b.ToAWSEmail()] = b.ToAWSAccountProject()
	}
	if b.ToGoogle != nil && b.ToGoogleEmail() != "" {
		out[b.ToGoogleEmail()] = b.ToGoogleAccountProject()
	}
	return out
}

func longTokens(s *sight) []Finding {
	c := s.Project.Constraints["iam.allowServiceAccountCredentialLifetimeExtension"]
	var out []Finding
	for _, a := range s.between() {
		if slices.Contains(c.Allowed, a.Email) {
			out = append(out, accountFinding(a, Low, "listed in constraint iam.allowServiceAccountCredentialLifetimeExtension", "take it off the list; programs renew their tokens", ""))
		}
	}
	return out
}

// idleAccount asks about accounts that workloads on AWS become: those that only mint tokens need no role.
func idleAccount(s *sight) []Finding {
	var out []Finding
	for _, a := range s.between() {
		federated := slices.ContainsFunc(s.members, func(m member) bool { return m.federated && m.account == a.Email })
		if federated && len(s.projectRoles(a.Email)) == 0 {
			out = append(out, accountFinding(a, Info, "no binding of project "+s.Project.ID+" names it", "grant what the workload needs, if it is not granted on single resources", ""))
		}
	}
	return out
}

func chainedAccount(s *sight) []Finding {
	var out []Finding
	for _, a := range s.between() {
		for _, m := range s.members {
			chains := m.role == tokenCreator || m.role == accountUser || m.role == workloadUser
			if m.text == "serviceAccount:"+a.Email && m.account != "" && m.account != a.Email && chains {
				out = append(out, accountFinding(a, Medium, m.role+" on "+m.account, "take the role away if the workload does not need it", s.unbind(m)))
			}
		}
	}
	return out
}
