package audit

import (
	"regexp"
	"strings"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
)

// member is one member of one binding, taken apart.
type member struct {
	text       string
	role       string
	title      string
	expression string
	account    string // e-mail of the service account whose policy it stands in; "" for the project's
	federated  bool
	deleted    bool
	number     string // of the pool's project
	pool       string // id
	whole      bool   // everybody of the pool
	attribute  string // google.subject, attribute.NAME, group
	value      string
}

// principal is how members of pools are written (documented form).
var principal = regexp.MustCompile(`^(deleted:)?principal(?:Set)?://iam\.googleapis\.com/projects/(\d+)/locations/global/workloadIdentityPools/([^/]+)/(\*|subject/.+|group/.+|attribute\.[a-z0-9_]+/.+)$`)

func membersOf(p *inventory.Project) []member {
	out := membersIn(p.Bindings, "")
	for _, a := range p.Accounts {
		out = append(out, membersIn(a.Bindings, a.Email)...)
	}
	return out
}

func membersIn(bindings []inventory.Binding, account string) []member {
	var out []member
	for _, b := range bindings {
		for _, text := range b.Members {
			m := memberOf(text)
			m.role, m.title, m.expression, m.account = b.Role, b.Title, b.Expression, account
			out = append(out, m)
		}
	}
	return out
}

func memberOf(text string) member {
	m := member{text: text, deleted: strings.HasPrefix(text, "deleted:")}
	parts := principal.FindStringSubmatch(text)
	if parts == nil {
		return m
	}
	m.federated, m.number, m.pool = true, parts[2], parts[3]
	m.attribute, m.value, _ = strings.Cut(parts[4], "/")
	m.whole = parts[4] == "*"
	if m.attribute == "subject" {
		m.attribute = "google.subject"
	}
	return m
}

// where is what the member is bound on, for people.
func (s *sight) where(m member) string {
	if m.account != "" {
		return "service account " + m.account
	}
	return "project " + s.Project.ID
}

// memberFinding begins a finding about a member: where it stands, what it says, and the line that takes it away.
func (s *sight) memberFinding(m member, evidence string) Finding {
	f := Finding{
		Resource: s.where(m), Evidence: m.role + " to " + m.text,
		Fix:     "bind the one role's own principal set, attribute.aws_role with the ARN up to the role's name, and take this member away",
		Command: s.unbind(m),
	}
	if evidence != "" {
		f.Evidence += ": " + evidence
	}
	if m.title != "" {
		f.Evidence += " (condition " + m.title + ")"
	}
	if m.account != "" {
		f.about = append(f.about, "account:"+m.account)
	} else {
		f.about = append(f.about, "project")
	}
	if m.pool != "" {
		f.about = append(f.about, "pool:"+m.pool)
	}
	f.about = append(f.about, "member:"+m.account+"/"+m.role+"/"+m.text)
	return f
}

func (s *sight) unbind(m member) string {
	words := []string{"gcloud", "projects", "remove-iam-policy-binding", s.Project.ID}
	if m.account != "" {
		words = []string{"gcloud", "iam", "service-accounts", "remove-iam-policy-binding", m.account, "--project", s.Project.ID}
	}
	words = append(words, "--role", m.role, "--member", m.text)
	if m.expression != "" {
		return command(append(words, "--condition", "expression="+m.expression+",title="+m.title)...)
	}
	return command(append(words, "--condition", "None")...)
}

// provider is a provider with its pool.
type provider struct {
	inventory.Provider
	pool inventory.Pool
}

// providers are those of a pool that can be used now; with pool "" those of all living pools.
func (s *sight) providers(pool string) []provider {
	var out []provider
	for _, p := range s.Project.Pools {
		if p.Deleted() || pool != "" && p.ID != pool {
			continue
		}
		for _, v := range p.Providers {
			if v.Living() {
				out = append(out, provider{v, p})
			}
		}
	}
	return out
}

func (s *sight) providerFinding(v provider, evidence string) Finding {
	return Finding{
		Resource: v.pool.Name + "/providers/" + v.ID, Evidence: evidence,
		about: []string{"pool:" + v.pool.ID, "provider:" + v.pool.ID + "/" + v.ID},
	}
}

// setCondition is the line that gives a provider a condition.
func (s *sight) setCondition(v provider, condition string) string {
	kind := "update-aws"
	if v.Issuer != "" {
		kind = "update-oidc"
	}
	return command("gcloud", "iam", "workload-identity-pools", "providers", kind, v.ID, "--workload-identity-pool", v.pool.ID,
		"--project", s.Project.ID, "--location", "global", "--attribute-condition", condition)
}
