package steps

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

// constrain sets an organisation policy on the project.
func constrain(name string, c world.OrgConstraint) func(*rig) {
	return func(r *rig) { r.must(r.server.Google().Tamper().Constrain("acme-build", name, &c)) }
}

// obstaclesByPolicy hold each constraint in a world that stops the bridge, one that does not, and one where the
// constraint judges nothing that is planned.
func obstaclesByPolicy() []obstacle {
	const policy = "google.org-policy:"
	providers, accounts := "iam.workloadIdentityPoolProviders", "iam.workloadIdentityPoolAwsAccounts"
	creation, keys, domains := "iam.disableServiceAccountCreation", "iam.disableServiceAccountKeyCreation", "iam.allowedPolicyMemberDomains"
	only := func(values ...string) world.OrgConstraint { return world.OrgConstraint{Allowed: values} }
	on := world.OrgConstraint{Boolean: true, Enforce: true}
	return []obstacle{
		{"issuer not allowed", toGoogleFile, policy + providers, CheckBlocked, "https://sts.amazonaws.com", constrain(providers, only("https://accounts.example"))},
		{"issuer allowed", toGoogleFile, policy + providers, CheckOK, "", constrain(providers, only("https://sts.amazonaws.com"))},
		{"issuer not allowed by the managed constraint", toGoogleFile, policy + providers, CheckBlocked, "https://sts.amazonaws.com", constrain("iam.managed.workloadIdentityPoolProviders", only("https://accounts.example"))},
		{"account not allowed", toGoogleFile, policy + accounts, CheckBlocked, "123456789012", constrain(accounts, world.OrgConstraint{DenyAll: true})},
		{"account denied", toGoogleFile, policy + accounts, CheckBlocked, "123456789012", constrain(accounts, world.OrgConstraint{Denied: []string{"is:123456789012"}})},
		{"account allowed", toGoogleFile, policy + accounts, CheckOK, "", constrain(accounts, only("is:123456789012"))},
		{"account not allowed by the managed constraint", toGoogleFile, policy + accounts, CheckBlocked, "123456789012", constrain("iam.managed.workloadIdentityPoolAwsAccounts", only("210987654321"))},
		{"account allowed by the managed constraint", toGoogleFile, policy + accounts, CheckOK, "", constrain("iam.managed.workloadIdentityPoolAwsAccounts", only("123456789012"))},
		{"no account may be made", toAWSFile, policy + creation, CheckBlocked, "enforced", constrain(creation, on)},
		{"no account may be made, says the managed constraint", toAWSFile, policy + creation, CheckBlocked, "enforced", constrain("iam.managed.disableServiceAccountCreation", on)},
		{"no account may be made and none is planned", toAWSFile, policy + creation, CheckOK, "nothing that it judges", func(r *rig) { r.apply(Present); constrain(creation, on)(r) }},
		{"no key may be made", toAWSFile, policy + keys, CheckOK, "as it should be", constrain(keys, on)},
		{"keys may be made", toAWSFile, policy + keys, CheckOK, "makes no key", func(*rig) {}},
		{"no member of ours may be granted", toGoogleFile, policy + domains, CheckBlocked, "organizations/424242424242", constrain(domains, only("principalSet://iam.googleapis.com/organizations/999"))},
		{"members of ours may be granted", toGoogleFile, policy + domains, CheckOK, "organizations/424242424242", constrain(domains, only("is:principalSet://iam.googleapis.com/organizations/424242424242"))},
		{"members by customer", toGoogleFile, policy + domains, CheckWarn, "not documented", constrain(domains, only("is:C03acme99"))},
		{"no API may be used", toGoogleFile, policy + "gcp.restrictServiceUsage", CheckBlocked, "sts.googleapis.com", constrain("gcp.restrictServiceUsage", only("iam.googleapis.com"))},
		{"APIs by group", toGoogleFile, policy + "gcp.restrictServiceUsage", CheckWarn, "groups or folders", constrain("gcp.restrictServiceUsage", only("in:security"))},
	}
}

const (
	permitAll = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	version   = `{"Version":"2012-10-17","Statement":[`
)

// inAccount edits the AWS account behind everybody's back.
func (r *rig) inAccount(f func(a *world.Account, now time.Time)) {
	r.Helper()
	r.must(r.server.World().Change(func(s *world.State, now time.Time) error {
		f(s.AWS.Accounts[world.AccountID], now)
		return nil
	}))
}

// allowed leaves the operator one policy in AWS.
func (r *rig) allowed(statements ...string) {
	r.Helper()
	r.inAccount(func(a *world.Account, now time.Time) {
		a.Users.Change(world.OperatorUser, now, 0, func(u *world.User) {
			u.Attached, u.Inline = nil, map[string]string{"operator": version + strings.Join(statements, ",") + "]}"}
		})
	})
}

func guard(statement string) func(*rig) {
	return func(r *rig) {
		r.inAccount(func(a *world.Account, _ time.Time) {
			a.Guardrails.SCP = []string{version + permitAll + "," + statement + "]}"}
		})
	}
}

// obstaclesInAWS are what stands between an operator and the account.
func obstaclesInAWS() []obstacle {
	const tagged = `{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"StringNotLike":{"aws:RequestTag/drawbridge:bridge":"*"}}}`
	return []obstacle{
		{"an action is missing", toAWSFile, "aws.permissions", CheckBlocked, "iam:CreateRole", func(r *rig) {
			r.allowed(permitAll, `{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}`)
		}},
		{"an action is allowed elsewhere only", toAWSFile, "aws.permissions", CheckBlocked, "iam:CreateRole", func(r *rig) {
			r.allowed(`{"Effect":"Allow","NotAction":"iam:CreateRole","Resource":"*"}`, `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::123456789012:role/elsewhere/*"}`)
		}},
		{"an action is allowed on the role", toAWSFile, "aws.permissions", CheckOK, "", func(r *rig) {
			r.allowed(`{"Effect":"Allow","NotAction":"iam:CreateRole","Resource":"*"}`, `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::123456789012:role/drawbridge/*"}`)
		}},
		{"only what is tagged may be made", toAWSFile, "aws.permissions", CheckOK, "", func(r *rig) { r.allowed(permitAll, tagged) }},
		{"a key of the condition is not known", toAWSFile, "aws.permissions", CheckUnknown, "iam:CreateRole", func(r *rig) {
			r.allowed(`{"Effect":"Allow","NotAction":"iam:CreateRole","Resource":"*"}`,
				`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"platform"}}}`)
		}},
		{"a guardrail refuses", toAWSFile, "aws.guardrails", CheckBlocked, "iam:CreateRole", guard(`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}`)},
		{"a guardrail refuses what is not planned", toAWSFile, "aws.guardrails", CheckOK, "", guard(`{"Effect":"Deny","Action":"iam:CreateOpenIDConnectProvider","Resource":"*"}`)},
		{"simulation denied", toAWSFile, "aws.permissions", CheckUnknown, "", func(r *rig) { r.fault("aws.iam.SimulatePrincipalPolicy=AccessDenied") }},
		{"simulation denied, guardrails", toAWSFile, "aws.guardrails", CheckUnknown, "", func(r *rig) { r.fault("aws.iam.SimulatePrincipalPolicy=AccessDenied") }},
		{"quotas may not be read", toAWSFile, "aws.quotas", CheckUnknown, "", func(r *rig) { r.fault("aws.iam.GetAccountSummary=AccessDenied") }},
		{"no more roles", toAWSFile, "aws.quotas", CheckBlocked, "roles: 1001 of 1000", roles(1000)},
		{"hardly any more roles", toAWSFile, "aws.quotas", CheckWarn, "roles: 951 of 1000", roles(950)},
		{"name taken", toAWSFile, "aws.role.to-aws", CheckBlocked, "not made by this bridge", func(r *rig) { r.createRole("runner") }},
		{"explicit provider", strings.Replace(explicitFile, "explicit", "builtin", 1), "aws.google-provider", CheckBlocked, "OIDC provider", func(r *rig) { r.createProvider() }},
		{"nothing may be read", toAWSFile, "plan", CheckBlocked, "read role", func(r *rig) { r.fault("aws.iam.GetRole=AccessDenied") }},
		{"GovCloud", strings.Replace(strings.Replace(explicitFile, "explicit", "builtin", 1), "eu-west-1", "us-gov-west-1", 1), "aws.partition", CheckWarn, "GovCloud", func(*rig) {}},
		{"clock", toAWSFile, "aws.clock", CheckBlocked, "off by 10m", func(*rig) {}},
	}
}

// roles fills the account up to a number of roles.
func roles(n int) func(*rig) {
	return func(r *rig) {
		r.inAccount(func(a *world.Account, now time.Time) {
			for i := len(maps.Collect(a.Roles.AllSeen(now))); i < n; i++ {
				name := fmt.Sprintf("others-%04d", i)
				a.Roles.Put(name, world.Role{Entity: world.Entity{Name: name, Path: "/", ID: "AROAOTHERS" + name, Created: now}, Trust: version + "]}"}, now, 0)
			}
		})
	}
}

// obstaclesInGoogle are what stands between an operator and the project.
func obstaclesInGoogle() []obstacle {
	poorer := func(r *rig, roles ...string) {
		const operator = "user:operator@acme.example"
		r.must(r.server.Google().Tamper().Revoke("acme-build", "roles/owner", operator))
		for _, role := range roles {
			r.must(r.server.Google().Tamper().Grant("acme-build", role, operator))
		}
	}
	const consumer = "roles/serviceusage.serviceUsageConsumer"
	return []obstacle{
		{"policies may not be read", toAWSFile, "google.org-policy:iam.disableServiceAccountCreation", CheckUnknown, "orgpolicy.policy.get", func(r *rig) {
			r.fault("google.cloudresourcemanager.projects.getEffectiveOrgPolicy=PERMISSION_DENIED")
		}},
		{"managed policies cannot be read", toAWSFile, "google.org-policy-managed", CheckUnknown, "orgpolicy.googleapis.com is off", func(r *rig) { r.switchOff("orgpolicy.googleapis.com") }},
		{"permissions missing", toAWSFile, "google.permissions", CheckBlocked, "iam.serviceAccounts.create", func(r *rig) { poorer(r, "roles/viewer", consumer) }},
		{"permissions on the account", toGoogleFile, "google.permissions", CheckBlocked, "missing: iam.googleapis.com/workloadIdentityPools.update", func(r *rig) {
			r.apply(Present)
			poorer(r, "roles/viewer", consumer, "roles/resourcemanager.projectIamAdmin")
			r.must(r.server.Google().Tamper().Pool("acme-build", r.bridge.ToGoogle.Pool, func(p *world.Pool) { p.Disabled = true }))
			r.must(r.server.Google().Tamper().AccountPolicy("acme-build", r.bridge.ToGoogleEmail(), world.PolicyBinding{Role: "roles/iam.serviceAccountAdmin", Members: []string{"user:operator@acme.example"}}))
		}},
		{"calls may not be billed to the project", toAWSFile, "google.quota-project", CheckBlocked, "serviceusage.services.use", func(r *rig) { poorer(r, "roles/viewer") }},
		{"clock", toAWSFile, "google.clock", CheckBlocked, "off by 10m", func(*rig) {}},
		{"pool deleted, not ours", toGoogleFile, "google.pool", CheckBlocked, "deleted pool that is not ours", func(r *rig) {
			r.must(r.server.World().Change(func(s *world.State, now time.Time) error {
				s.Google.Projects["acme-build"].Pools[r.bridge.ToGoogle.Pool] = &world.Pool{ID: r.bridge.ToGoogle.Pool, Created: now.Add(-time.Hour), Deleted: now, Providers: map[string]*world.Provider{}}
				return nil
			}))
		}},
		{"pool deleted, ours", toGoogleFile, "google.pool", CheckOK, "restore", func(r *rig) { r.apply(Present); r.apply(Absent) }},
		{"provider deleted, ours", toGoogleFile, "google.provider", CheckOK, "restore", func(r *rig) { r.apply(Present); r.apply(Absent) }},
		{"account deleted, ours", toAWSFile, "google.service-account.to-aws", CheckOK, "restore", func(r *rig) {
			r.apply(Present)
			_, err := r.google.IAM.Projects.ServiceAccounts.Delete("projects/acme-build/serviceAccounts/" + r.bridge.ToAWSEmail()).Context(r.Context()).Do()
			r.must(err)
		}},
		{"granted role deleted", customGrant, "google.role:reader", CheckBlocked, "it was deleted", func(r *rig) { customRole(r, true) }},
		{"granted role there", customGrant, "google.role:reader", CheckOK, "", func(r *rig) { customRole(r, false) }},
		{"granted role missing", customGrant, "google.role:reader", CheckBlocked, "it is not there", func(*rig) {}},
		{"many accounts", toAWSFile, "google.quotas", CheckWarn, "service accounts: 99 of 100", func(r *rig) {
			r.must(r.server.World().Change(func(s *world.State, now time.Time) error {
				p := s.Google.Projects["acme-build"]
				for i := len(p.Accounts); i < 98; i++ {
					a := world.NewServiceAccount(s, p.ID, fmt.Sprintf("others-%02d@acme-build.iam.gserviceaccount.com", i), now)
					p.Accounts[a.Email] = a
				}
				return nil
			}))
		}},
	}
}

var customGrant = strings.Replace(toGoogleFile, "roles/storage.objectViewer", "projects/acme-build/roles/reader", 1)

func customRole(r *rig, deleted bool) {
	name, err := r.server.Google().Tamper().DefineRole("acme-build", "reader", "storage.objects.get")
	r.must(err)
	r.must(r.server.World().Change(func(s *world.State, _ time.Time) error { s.Google.Roles[name].Deleted = deleted; return nil }))
}
