package world

import (
	"time"
)

// The seeded Google side. The operator's token does not change with the seed, so that exports can name it.
const (
	OperatorEmail = "operator@acme.example"
	cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"
	emailScope    = "https://www.googleapis.com/auth/userinfo.email"
	openidScope   = "openid"
)

const day = 24 * time.Hour

func seedGoogle(now time.Time, s *State) Google {
	g := Google{
		Organization: Organization{ID: "424242424242", Domain: "acme.example", Customer: "C03acme99"},
		Users:        map[string]*GoogleUser{},
		Groups:       map[string][]string{"platform@acme.example": {"user:dev@acme.example"}},
		Roles:        map[string]*CustomRole{},
		Tokens:       map[string]*GoogleToken{},
		Operations:   map[string]*GoogleOperation{},
	}
	for _, email := range []string{OperatorEmail, "dev@acme.example", "admin@acme.example"} {
		g.Users[email] = &GoogleUser{Email: email, Sub: "1" + s.Digits(20)}
	}
	g.Organization.Policy.Value = written(s, PolicyBinding{Role: "roles/orgpolicy.policyAdmin", Members: []string{"user:admin@acme.example"}})
	g.Projects = map[string]*Project{"acme-build": seedBuild(now, s), "acme-legacy": seedLegacy(now, s)}
	g.Tokens["ya29.sandbox-operator-"+Random(24)] = &GoogleToken{
		User: OperatorEmail, Scopes: []string{cloudPlatform, emailScope, openidScope}, Expires: now.Add(10 * 365 * day),
	}
	return g
}

// OperatorToken is the access token of the seeded operator.
func (g *Google) OperatorToken() string {
	for token, t := range g.Tokens {
		if t.User == OperatorEmail {
			return token
		}
	}
	return ""
}

func (g *Google) secrets() []string {
	var out []string
	for token := range g.Tokens {
		out = append(out, token)
	}
	return out
}

func written(s *State, bindings ...PolicyBinding) AllowPolicy {
	return AllowPolicy{Etag: s.Etag(), Bindings: bindings}
}

func seedProject(id, number, name string, created time.Time) *Project {
	return &Project{
		ID: id, Number: number, Name: name, Created: created,
		Services: map[string]*Settled[bool]{}, Constraints: map[string]*OrgConstraint{},
		Accounts: map[string]*ServiceAccount{}, Gone: map[string]*ServiceAccount{},
		Pools: map[string]*Pool{}, Instances: map[string]*ComputeInstance{},
	}
}

// seedBuild is the project to work in: half of its APIs are off, and it once had a pool.
func seedBuild(now time.Time, s *State) *Project {
	p := seedProject("acme-build", "512345678901", "Acme Build", now.Add(-400*day))
	p.enable(p.Created, "cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com", "iam.googleapis.com",
		"compute.googleapis.com", "container.googleapis.com", "logging.googleapis.com", "monitoring.googleapis.com", "orgpolicy.googleapis.com",
		"storage.googleapis.com", "oauth2.googleapis.com")
	p.GKE = true
	p.Policy.Value = written(s,
		PolicyBinding{Role: "roles/owner", Members: []string{"user:" + OperatorEmail}},
		PolicyBinding{Role: "roles/viewer", Members: []string{"group:platform@acme.example"}},
	)
	p.seedAccount(s, p.Number+"-compute@developer.gserviceaccount.com", "Compute Engine default service account", p.Created)
	p.Pools["aws-acme"] = &Pool{
		ID: "aws-acme", DisplayName: "AWS", Description: "AWS workloads, first attempt",
		Created: now.Add(-200 * day), Deleted: now.Add(-3 * day),
		Providers: map[string]*Provider{"aws-prod": {
			ID: "aws-prod", DisplayName: "AWS production", Created: now.Add(-200 * day), Deleted: now.Add(-3 * day), AWSAccount: "123456789012",
		}},
	}
	return p
}

// seedLegacy is the project with a past: a key that ages, an account that everybody of a lax pool may become.
func seedLegacy(now time.Time, s *State) *Project {
	p := seedProject("acme-legacy", "498765432109", "Acme Legacy", now.Add(-1500*day))
	p.enable(p.Created, "cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com", "iam.googleapis.com", "sts.googleapis.com",
		"iamcredentials.googleapis.com", "compute.googleapis.com", "storage.googleapis.com", "orgpolicy.googleapis.com")
	deploy := p.seedAccount(s, "deploy@acme-legacy.iam.gserviceaccount.com", "Deployments", now.Add(-900*day))
	key := s.Hex(40)
	deploy.Keys[key] = &GoogleKey{ID: key, UserManaged: true, Origin: "GOOGLE_PROVIDED", Created: now.Add(-400 * day), Expires: never}
	lax := p.seedAccount(s, "aws-jobs@acme-legacy.iam.gserviceaccount.com", "Jobs on AWS", now.Add(-700*day))
	lax.Policy.Value = written(s, PolicyBinding{
		Role:    "roles/iam.workloadIdentityUser",
		Members: []string{"principalSet://iam.googleapis.com/projects/" + p.Number + "/locations/global/workloadIdentityPools/aws-legacy/*"},
	})
	p.seedAccount(s, p.Number+"-compute@developer.gserviceaccount.com", "Compute Engine default service account", p.Created)
	p.Policy.Value = written(s,
		PolicyBinding{Role: "roles/editor", Members: []string{"serviceAccount:" + deploy.Email, "serviceAccount:" + p.Number + "-compute@developer.gserviceaccount.com"}},
		PolicyBinding{Role: "roles/owner", Members: []string{"user:" + OperatorEmail}},
		PolicyBinding{Role: "roles/storage.admin", Members: []string{"serviceAccount:" + lax.Email}},
	)
	p.Pools["aws-legacy"] = &Pool{
		ID: "aws-legacy", DisplayName: "AWS legacy", Created: now.Add(-700 * day),
		Providers: map[string]*Provider{"aws": {ID: "aws", Created: now.Add(-700 * day), AWSAccount: "210987654321"}},
	}
	p.Pools["github-old"] = &Pool{
		ID: "github-old", DisplayName: "CI", Created: now.Add(-800 * day), Deleted: now.Add(-12 * day), Providers: map[string]*Provider{},
	}
	return p
}

var never = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

func (p *Project) enable(since time.Time, services ...string) {
	for _, name := range services {
		p.Services[name] = &Settled[bool]{Value: true, Since: since}
	}
}

func (p *Project) seedAccount(s *State, email, title string, created time.Time) *ServiceAccount {
	a := NewServiceAccount(s, p.ID, email, created)
	a.DisplayName = title
	p.Accounts[email] = a
	return a
}

// NewServiceAccount makes an account with a fresh unique id and the system-managed key that every account has.
func NewServiceAccount(s *State, project, email string, now time.Time) *ServiceAccount {
	key := s.Hex(40)
	return &ServiceAccount{
		Email: email, UniqueID: "1" + s.Digits(20), Project: project, Created: now,
		Policy: Settled[AllowPolicy]{Value: AllowPolicy{Etag: EmptyEtag}},
		Keys:   map[string]*GoogleKey{key: {ID: key, Origin: "GOOGLE_PROVIDED", Created: now, Expires: now.Add(740 * day)}},
	}
}

// EmptyEtag is the etag of a policy that was never written.
const EmptyEtag = "ACAB"

// Etag returns a policy etag in Google's form: base64 of eight bytes, growing with each write.
func (s *State) Etag() string {
	s.Serial++
	return etag(s.Serial)
}

// OperatorToken is the access token with which the seeded operator signs in to Google.
func (w *World) OperatorToken() string {
	var token string
	w.View(func(s *State, _ time.Time) { token = s.Google.OperatorToken() })
	return token
}
