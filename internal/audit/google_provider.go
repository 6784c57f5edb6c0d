package audit

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
	"github.com/drawbridge-cloud/drawbridge/internal/trust"
)

// providerRules read what pools accept credentials from.
func providerRules() []Rule {
	pools := []inventory.Part{inventory.PartPools}
	bound := []inventory.Part{inventory.PartPools, inventory.PartAccounts, inventory.PartAccountPolicies}
	const conditions = "https://docs.cloud.google.com/iam/docs/workload-identity-federation#conditions"
	const mappings = "https://docs.cloud.google.com/iam/docs/workload-identity-federation#mapping"
	return []Rule{
		{ID: "GCP-TRUST-02", Severity: High, Title: "everybody of the AWS account may exchange credentials", Reference: refBest, Needs: bound, find: unconditional},
		{ID: "GCP-TRUST-04", Severity: Medium, Title: "the condition narrows nothing", Reference: conditions, Needs: pools, find: trivialCondition},
		{ID: "GCP-TRUST-05", Severity: Medium, Title: "the condition also fits names that only look alike", Reference: conditions, Needs: pools, find: looseCondition},
		{ID: "GCP-TRUST-09", Severity: High, Title: "the subject does not tell workloads apart", Reference: refBest, Needs: pools, find: sameSubject},
		{ID: "GCP-TRUST-10", Severity: Medium, Title: "several providers share a pool: each can speak for the others' principals", Reference: refBest, Needs: pools, find: manyProviders},
		{ID: "GCP-TRUST-11", Severity: Medium, Title: "a laxer provider goes round the stricter one of the same account", Reference: refBest, Needs: pools, find: bypass},
		{ID: "GCP-TRUST-12", Severity: Low, Title: "whoever edits the project owns what the pool may become", Reference: refBest, Needs: []inventory.Part{inventory.PartPools, projectPolicy}, find: broadEditors},
		{ID: "GCP-TRUST-20", Severity: Medium, Title: "tokens made for another audience are accepted", Reference: refBest, Needs: pools, find: customAudience},
		{ID: "GCP-TRUST-21", Severity: Critical, Title: "the issuer serves everybody and the condition names no tenant", Reference: "https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions", Needs: pools, find: noTenant},
		{ID: "GCP-POOL-01", Severity: Medium, Title: "pool or provider is disabled", Reference: refBest, Needs: pools, find: disabledPool},
		{ID: "GCP-POOL-02", Severity: High, Title: "the pool is deleted", Reference: "https://docs.cloud.google.com/iam/docs/manage-workload-identity-pools-providers", Needs: pools, find: deletedPool},
		{ID: "GCP-POOL-03", Severity: Info, Title: "the pool belongs to another product", Reference: refBest, Needs: pools, find: otherMode},
		{ID: "GCP-POOL-04", Severity: Low, Title: "long session names do not fit the subject", Reference: mappings, Needs: []inventory.Part{inventory.PartPools}, find: longSubject},
		{ID: "GCP-POOL-05", Severity: Medium, Title: "the mapping fails when it is used", Reference: mappings, Needs: pools, find: brokenMapping},
		{ID: "GCP-POOL-06", Severity: Info, Title: "the pool does not say whose it is", Reference: refBest, Needs: pools, find: unmarkedPool},
		{ID: "GCP-POOL-07", Severity: Medium, Title: "an AWS account is trusted that nobody asked about", Reference: refBest, Needs: pools, find: shadowAccount},
		{ID: "GCP-POOL-08", Severity: Low, Title: "these may open the trust again", Reference: refBest, Needs: []inventory.Part{inventory.PartPools, projectPolicy}, find: poolAdmins},
	}
}

// eachProvider asks about every provider that can be used.
func eachProvider(s *sight, ask func(provider) (Finding, bool)) []Finding {
	var out []Finding
	for _, v := range s.providers("") {
		if f, ok := ask(v); ok {
			out = append(out, f)
		}
	}
	return out
}

// exactly is the condition that admits one role alone.
func (s *sight) exactly(v provider) string {
	for _, b := range s.Bridges {
		if b.ToGoogle != nil && b.ToGoogle.Pool == v.pool.ID {
			return b.Condition()
		}
	}
	if v.AWSAccount == "" {
		return "assertion.sub == 'SUBJECT'"
	}
	return "assertion.arn.startsWith('arn:aws:sts::" + v.AWSAccount + ":assumed-role/ROLE/')"
}

func (s *sight) narrow(v provider, severity Severity, evidence string) Finding {
	f := s.providerFinding(v, evidence)
	f.Severity, f.Fix, f.Document = severity, "admit the one role, with the closing slash behind its name", s.exactly(v)
	f.Command = s.setCondition(v, s.exactly(v))
	return f
}

func unconditional(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if v.AWSAccount == "" || strings.TrimSpace(v.Condition) != "" {
			return Finding{}, false
		}
		severity := Medium
		wide := slices.ContainsFunc(s.members, func(m member) bool {
			return m.pool == v.pool.ID && (m.whole || m.attribute == "attribute.account" || m.value == v.AWSAccount)
		})
		if wide {
			severity = High
		}
		return s.narrow(v, severity, "attributeCondition is empty, AWS account "+v.AWSAccount), true
	})
}

func trivialCondition(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if breadth(v) != trust.Trivial || sharedIssuer(v.Issuer) != "" {
			return Finding{}, false
		}
		return s.narrow(v, Medium, "attributeCondition = "+v.Condition), true
	})
}

func looseCondition(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if v.AWSAccount == "" || breadth(v) != trust.Loose {
			return Finding{}, false
		}
		return s.narrow(v, Medium, "attributeCondition = "+v.Condition), true
	})
}

func sameSubject(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if v.AWSAccount == "" {
			return Finding{}, false
		}
		if apart, err := trust.Distinguishes(mapping(v), v.AWSAccount); err != nil || apart {
			return Finding{}, false
		}
		f := s.providerFinding(v, "google.subject = "+mapping(v)["google.subject"])
		f.Fix, f.Document = "map google.subject from assertion.arn", "google.subject=assertion.arn"
		f.Command = s.setMapping(v)
		return f, true
	})
}

func (s *sight) setMapping(v provider) string {
	fixed := trust.DefaultAWSMapping()
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(fixed)) {
		pairs = append(pairs, k+"="+fixed[k])
	}
	return command("gcloud", "iam", "workload-identity-pools", "providers", "update-aws", v.ID, "--workload-identity-pool", v.pool.ID,
		"--project", s.Project.ID, "--location", "global", "--attribute-mapping", strings.Join(pairs, ","))
}

func manyProviders(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Project.Pools {
		list := s.providers(p.ID)
		if p.Deleted() || len(list) < 2 {
			continue
		}
		var names []string
		for _, v := range list {
			names = append(names, v.ID)
		}
		f := poolFinding(p, Medium, "providers "+strings.Join(names, ", "))
		f.Fix = "give each provider a pool of its own"
		out = append(out, f)
	}
	return out
}

func poolFinding(p inventory.Pool, severity Severity, evidence string) Finding {
	return Finding{Severity: severity, Resource: p.Name, Evidence: evidence, about: []string{"pool:" + p.ID}}
}

// bypass looks for a provider that admits more than another one of the same account: whoever is kept out by the stricter
// one comes in by the laxer. Providers that each pin their own role do not weaken one another.
func bypass(s *sight) []Finding {
	all := s.providers("")
	return eachProvider(s, func(v provider) (Finding, bool) {
		if breadth(v) == trust.Pinned || v.AWSAccount == "" && v.Issuer == "" {
			return Finding{}, false
		}
		i := slices.IndexFunc(all, func(o provider) bool {
			same := o.AWSAccount == v.AWSAccount && o.Issuer == v.Issuer
			return same && (o.pool.ID != v.pool.ID || o.ID != v.ID) && breadth(o) == trust.Pinned
		})
		if i < 0 {
			return Finding{}, false
		}
		f := s.narrow(v, Medium, "takes the same "+first(v.AWSAccount, v.Issuer)+" as "+all[i].pool.ID+"/"+all[i].ID+", whose condition is stricter")
		f.about = append(f.about, "pool:"+all[i].pool.ID)
		return f, true
	})
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// holders lists who has one of the roles in the project.
func (s *sight) holders(roles ...string) []string {
	var out []string
	for _, b := range s.Project.Bindings {
		if slices.Contains(roles, b.Role) {
			for _, m := range b.Members {
				if !slices.Contains(out, m) {
					out = append(out, m)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func broadEditors(s *sight) []Finding {
	who := s.holders(ownerRole, editorRole)
	if len(s.providers("")) == 0 || len(who) == 0 {
		return nil
	}
	return one(Finding{
		Resource: "project " + s.Project.ID, Evidence: "owners and editors: " + strings.Join(who, ", "),
		Fix: "keep pools in a project of their own, which few may edit", about: []string{"project"},
	})
}

func customAudience(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		own := "https://iam.googleapis.com/" + v.pool.Name + "/providers/" + v.ID
		for _, a := range v.Audiences {
			if a != own && "https:"+a != own {
				f := s.providerFinding(v, "allowedAudiences = "+strings.Join(v.Audiences, ", "))
				f.Fix = "leave the list empty: then only the provider's own name counts"
				f.Command = command("gcloud", "iam", "workload-identity-pools", "providers", "update-oidc", v.ID, "--workload-identity-pool", v.pool.ID,
					"--project", s.Project.ID, "--location", "global", "--allowed-audiences", own)
				return f, true
			}
		}
		return Finding{}, false
	})
}

// sharedIssuer names issuers whose tokens anybody can have.
func sharedIssuer(issuer string) string {
	for _, host := range []string{
		"token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "accounts.google.com", "sts.windows.net", "login.microsoftonline.com",
		"agent.buildkite.com", "oidc.circleci.com", "api.bitbucket.org", "oidc.vercel.com", "securetoken.google.com", "cognito-identity.amazonaws.com",
	} {
		if strings.HasPrefix(strings.TrimPrefix(issuer, "https://"), host) {
			return host
		}
	}
	return ""
}

func noTenant(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if sharedIssuer(v.Issuer) == "" || breadth(v) == trust.Pinned {
			return Finding{}, false
		}
		return s.narrow(v, Critical, "issuer "+v.Issuer+", attributeCondition = "+first(v.Condition, "(none)")), true
	})
}

func disabledPool(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Project.Pools {
		if p.Deleted() {
			continue
		}
		if p.Disabled {
			f := poolFinding(p, Medium, "disabled = true")
			f.Fix = "enable it, or delete it if nobody needs it"
			f.Command = command("gcloud", "iam", "workload-identity-pools", "update", p.ID, "--project", s.Project.ID, "--location", "global", "--no-disabled")
			out = append(out, f)
		}
		for _, v := range p.Providers {
			if v.State != "DELETED" && v.Disabled {
				f := s.providerFinding(provider{v, p}, "disabled = true")
				f.Fix = "enable it, or delete it if nobody needs it"
				out = append(out, f)
			}
		}
	}
	return out
}

// deletedPool is grave where a bridge or a binding still needs the pool; else it only holds an id.
func deletedPool(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Project.Pools {
		if !p.Deleted() {
			continue
		}
		needed := slices.ContainsFunc(s.members, func(m member) bool { return s.ownPool(m) && m.pool == p.ID }) ||
			slices.ContainsFunc(s.Bridges, func(b spec.Bridge) bool { return b.ToGoogle != nil && b.ToGoogle.Pool == p.ID })
		severity := Info
		if needed {
			severity = High
		}
		f := poolFinding(p, severity, fmt.Sprintf("state DELETED, gone for good %s", p.Expires.UTC().Format("2006-01-02")))
		f.Fix = "restore it if it was deleted by mistake; its id stays reserved until then"
		f.Command = command("gcloud", "iam", "workload-identity-pools", "undelete", p.ID, "--project", s.Project.ID, "--location", "global")
		out = append(out, f)
	}
	return out
}

func otherMode(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Project.Pools {
		if p.Mode != "" && p.Mode != "FEDERATION_ONLY" && !p.Deleted() {
			f := poolFinding(p, Info, "mode = "+p.Mode)
			f.Fix = "leave it alone"
			out = append(out, f)
		}
	}
	return out
}

const maxSubject = 127

// longSubject asks only for roles that a condition or a binding names, under the mapping of the whole ARN.
func longSubject(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if v.AWSAccount == "" || mapping(v)["google.subject"] != "assertion.arn" {
			return Finding{}, false
		}
		for _, m := range s.members {
			_, name, ok := assumedRole(m.value)
			if n := 39 + len(name) + 1 + 64; ok && m.pool == v.pool.ID && n > maxSubject && !s.fixedSessions(name) {
				f := s.providerFinding(v, fmt.Sprintf("role %s with a session name of 64 characters makes %d bytes of %d", name, n, maxSubject))
				f.Fix, f.Document = "map a shorter part", "google.subject=assertion.arn.extract('assumed-role/{s}')"
				return f, true
			}
		}
		return Finding{}, false
	})
}

// fixedSessions tells roles whose session names AWS chooses, and chooses short.
func (s *sight) fixedSessions(role string) bool {
	return slices.ContainsFunc(s.Bridges, func(b spec.Bridge) bool {
		return b.ToGoogle != nil && b.ToGoogle.Role.Name == role && b.SubjectLength() <= maxSubject
	})
}

var assertionClaim = regexp.MustCompile(`assertion\.([a-zA-Z_]+)`)

func brokenMapping(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		if len(v.Mapping) == 0 {
			return Finding{}, false
		}
		why := ""
		if v.Mapping["google.subject"] == "" {
			why = "google.subject is not mapped"
		}
		for _, target := range slices.Sorted(maps.Keys(v.Mapping)) {
			for _, claim := range assertionClaim.FindAllStringSubmatch(v.Mapping[target], -1) {
				if v.AWSAccount != "" && !slices.Contains([]string{"arn", "account", "userid"}, claim[1]) {
					why = target + " reads assertion." + claim[1] + ", which AWS does not give"
				}
			}
		}
		if why == "" {
			return Finding{}, false
		}
		f := s.providerFinding(v, why)
		f.Fix, f.Command = "map from assertion.arn, assertion.account and assertion.userid", s.setMapping(v)
		return f, true
	})
}

func unmarkedPool(s *sight) []Finding {
	var out []Finding
	for _, p := range s.Project.Pools {
		if !p.Deleted() && !strings.Contains(p.Description, "drawbridge:bridge=") {
			f := poolFinding(p, Info, fmt.Sprintf("description = %q", p.Description))
			f.Fix = "write its owner into the description"
			out = append(out, f)
		}
	}
	return out
}

func shadowAccount(s *sight) []Finding {
	return eachProvider(s, func(v provider) (Finding, bool) {
		known := s.Account == nil || v.AWSAccount == s.Account.ID ||
			slices.ContainsFunc(s.Bridges, func(b spec.Bridge) bool { return b.AWS.Account == v.AWSAccount })
		if v.AWSAccount == "" || known {
			return Finding{}, false
		}
		f := s.providerFinding(v, "AWS account "+v.AWSAccount)
		f.Fix = "make sure that you know whose account that is"
		return f, true
	})
}

func poolAdmins(s *sight) []Finding {
	who := s.holders(ownerRole, poolAdmin, "roles/iam.admin")
	if len(s.providers("")) == 0 || len(who) == 0 {
		return nil
	}
	return one(Finding{
		Resource: "project " + s.Project.ID, Evidence: strings.Join(who, ", "),
		Fix: "keep these roles with as few as possible", about: []string{"project"},
	})
}
