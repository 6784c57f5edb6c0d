package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
)

const (
	set     = "principalSet://iam.googleapis.com/projects/512345678901/locations/global/workloadIdentityPools/both-ways/"
	awsRole = "attribute.aws_role/arn:aws:sts::123456789012:assumed-role/"

	jwt = "version: 1\nname: down\ngoogle: {project: acme-build}\naws: {account: \"123456789012\", region: us-east-1}\n" +
		"toGoogle: {role: {name: reader, runsOn: ecs}, serviceAccount: report-reader, grants: [roles/browser]}\n"
)

func TestBindingChangesFireTheirOwnRule(t *testing.T) { runs(t, bindingMutations()) }

func bindingMutations() []mutation {
	bind := func(role, member string) func(*rig) { return func(r *rig) { r.bind(role, member) } }
	grant := func(role, member string) func(*rig) { return func(r *rig) { r.grant(role, member) } }
	return []mutation{
		{name: "TRUST-01 whole pool", want: []string{"GCP-TRUST-01"}, do: bind(workloadUser, set+"*")},
		{name: "TRUST-03 whole account", want: []string{"GCP-TRUST-03"}, do: func(r *rig) {
			r.provider(func(v *world.Provider) { v.Mapping["attribute.account"] = "assertion.account" })
			r.bind(workloadUser, set+"attribute.account/123456789012")
		}},
		{name: "TRUST-06 unmapped", want: []string{"GCP-TRUST-06"}, do: bind(workloadUser, set+"attribute.team/x")},
		{name: "TRUST-07 shape", want: []string{"GCP-TRUST-07"}, do: bind(workloadUser, set+"attribute.aws_role/report-reader")},
		{name: "TRUST-08 other account", want: []string{"GCP-TRUST-08"}, do: bind(workloadUser, set+strings.Replace(awsRole, "123456789012", "210987654321", 1)+"x")},
		{name: "TRUST-13 everybody", want: []string{"GCP-TRUST-13"}, do: bind(workloadUser, "allUsers")},
		{name: "TRUST-14 on the project", want: []string{"GCP-TRUST-14"}, do: grant(workloadUser, set+awsRole+"report-reader")},
		{name: "TRUST-15 on the project", want: []string{"GCP-TRUST-15"}, do: grant(tokenCreator, "user:dev@acme.example")},
		{name: "TRUST-16 signs", want: []string{"GCP-TRUST-16"}, do: bind(tokenCreator, set+awsRole+"report-reader")},
		{name: "TRUST-17 deleted", want: []string{"GCP-TRUST-17"}, do: bind(workloadUser, "deleted:serviceAccount:x@acme-build.iam.gserviceaccount.com?uid=1")},
		{name: "TRUST-18 other project", want: []string{"GCP-TRUST-18"}, do: bind(workloadUser, strings.Replace(set, "512345678901", "498765432109", 1)+awsRole+"x")},
		{name: "TRUST-19 no pool", want: []string{"GCP-TRUST-19"}, do: bind(workloadUser, strings.Replace(set, "both-ways", "nowhere", 1)+awsRole+"x")},
		{name: "TRUST-22 whole pool in project", want: []string{"GCP-TRUST-22"}, do: grant("roles/browser", set+"*")},
		{name: "TRUST-23 expired", want: []string{"GCP-TRUST-23"}, do: func(r *rig) {
			r.account("report-reader", func(a *world.ServiceAccount) {
				a.Policy.Value.Bindings = append(a.Policy.Value.Bindings, world.PolicyBinding{
					Role: "roles/iam.serviceAccountUser", Members: []string{"user:dev@acme.example"},
					Condition: &world.Condition{Title: "short", Expression: `request.time < timestamp("2020-01-01T00:00:00Z")`},
				})
			})
		}},
		{name: "SA-04 editor", want: []string{"GCP-SA-04"}, do: grant(editorRole, "serviceAccount:report-reader@acme-build.iam.gserviceaccount.com")},
		{name: "SA-05 admin", want: []string{"GCP-SA-05"}, do: grant("roles/storage.admin", "serviceAccount:report-reader@acme-build.iam.gserviceaccount.com")},
		{name: "SA-09 shared", want: []string{"GCP-SA-09"}, do: bind(workloadUser, set+awsRole+"another")},
		{name: "POOL-04 long role", want: []string{"GCP-POOL-04", "GCP-SA-09"}, do: bind(workloadUser, set+awsRole+strings.Repeat("r", 40))},
		{name: "SA-13 chain", want: []string{"GCP-SA-13"}, do: func(r *rig) {
			r.account("deployer", func(a *world.ServiceAccount) {
				a.Policy.Value.Etag = "x"
				a.Policy.Value.Bindings = append(a.Policy.Value.Bindings, world.PolicyBinding{Role: tokenCreator, Members: []string{"serviceAccount:report-reader@acme-build.iam.gserviceaccount.com"}})
			})
		}},
	}
}

func TestProviderChangesFireTheirOwnRule(t *testing.T) { runs(t, providerMutations()) }

func providerMutations() []mutation {
	condition := func(text string) func(*rig) {
		return func(r *rig) { r.provider(func(v *world.Provider) { v.Condition = text }) }
	}
	mapping := func(target, expression string) func(*rig) {
		return func(r *rig) { r.provider(func(v *world.Provider) { v.Mapping[target] = expression }) }
	}
	beside := func(id, account, condition string) func(*rig) {
		return func(r *rig) {
			r.project(func(p *world.Project) {
				pool := p.Pools["both-ways"]
				if id != "both-ways" {
					pool = &world.Pool{ID: id, Providers: map[string]*world.Provider{}}
					p.Pools[id] = pool
				}
				pool.Providers["second"] = &world.Provider{ID: "second", AWSAccount: account, Condition: condition}
			})
		}
	}
	pinned := "assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/x/')"
	return []mutation{
		{name: "TRUST-02 none", want: []string{"GCP-TRUST-02"}, do: condition("")},
		{name: "TRUST-04 true", want: []string{"GCP-TRUST-04"}, do: condition("true")},
		{name: "TRUST-05 no slash", want: []string{"GCP-TRUST-05"}, do: condition("assertion.arn.startsWith('arn:aws:sts::123456789012:assumed-role/report')")},
		{name: "TRUST-09 one subject", want: []string{"GCP-TRUST-09"}, do: mapping("google.subject", "assertion.account")},
		{name: "TRUST-10 two providers", want: []string{"GCP-TRUST-10"}, do: beside("both-ways", "123456789012", pinned)},
		{name: "TRUST-11 bypass", want: []string{"GCP-TRUST-11"}, do: beside("lax", "123456789012", "")},
		{name: "POOL-07 other account", want: []string{"GCP-POOL-07", "GCP-TRUST-10"}, do: beside("both-ways", "210987654321", strings.Replace(pinned, "123456789012", "210987654321", 1))},
		{name: "TRUST-20 audience", file: jwt, want: []string{"GCP-TRUST-20"}, do: func(r *rig) {
			r.provider(func(v *world.Provider) { v.OIDC.Audiences = []string{"sts.amazonaws.com"} })
		}},
		{name: "TRUST-21 issuer of everybody", file: jwt, want: []string{"GCP-TRUST-21", "AWS-O01"}, do: func(r *rig) {
			r.provider(func(v *world.Provider) {
				v.OIDC.Issuer, v.Condition = "https://token.actions.githubusercontent.com", "assertion.sub.contains('x')"
			})
		}},
		{name: "POOL-01 disabled", want: []string{"GCP-POOL-01"}, do: func(r *rig) { r.project(func(p *world.Project) { p.Pools["both-ways"].Disabled = true }) }},
		{name: "POOL-02 deleted", want: []string{"GCP-POOL-02"}, do: func(r *rig) { r.project(func(p *world.Project) { p.Pools["both-ways"].Deleted = time.Now() }) }},
		{name: "POOL-03 mode", want: []string{"GCP-POOL-03"}, do: func(r *rig) { r.project(func(p *world.Project) { p.Pools["both-ways"].Mode = "TRUST_DOMAIN" }) }},
		{name: "POOL-05 unknown claim", want: []string{"GCP-POOL-05"}, do: mapping("attribute.x", "assertion.region")},
		{name: "POOL-06 no owner", want: []string{"GCP-POOL-06"}, do: func(r *rig) { r.project(func(p *world.Project) { p.Pools["both-ways"].Description = "" }) }},
	}
}

func TestServiceAccountAndProjectChangesFireTheirOwnRule(t *testing.T) { runs(t, projectMutations()) }

func projectMutations() []mutation {
	key := func(age int, disabled bool) func(*rig) {
		return func(r *rig) {
			r.account("deployer", func(a *world.ServiceAccount) {
				a.Keys["k"] = &world.GoogleKey{ID: "k", UserManaged: true, Created: time.Now().AddDate(0, 0, -age), Disabled: disabled}
			})
		}
	}
	project := func(f func(*inventory.Project)) func(*inventory.Inventory) {
		return func(inv *inventory.Inventory) { f(inv.Project) }
	}
	return []mutation{
		{name: "SA-01 key", want: []string{"GCP-SA-01"}, do: key(1, false)},
		{name: "SA-02 old key", want: []string{"GCP-SA-02"}, do: key(200, true)},
		{name: "SA-03 leaked key", want: []string{"GCP-SA-03"}, do: key(1, true), read: project(func(p *inventory.Project) {
			for i := range p.Accounts {
				for j := range p.Accounts[i].Keys {
					p.Accounts[i].Keys[j].Reason = "SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED"
				}
			}
		})},
		{name: "SA-06 default account", want: []string{"GCP-SA-06", "GCP-SA-12"}, read: func(inv *inventory.Inventory) {
			inv.Bridges[0].ToAWS.ServiceAccount = "512345678901-compute@developer.gserviceaccount.com"
			for i := range inv.Project.Accounts {
				if inv.Project.Accounts[i].Email == inv.Bridges[0].ToAWS.ServiceAccount {
					inv.Project.Accounts[i].Bindings = []inventory.Binding{{Role: workloadUser, Members: []string{set + awsRole + "report-reader"}}}
				}
			}
			inv.Account.Roles = nil
			inv.Bridges[0].ToAWS.Role.Name = "none"
		}},
		{name: "SA-07 disabled", want: []string{"GCP-SA-07"}, do: func(r *rig) { r.account("deployer", func(a *world.ServiceAccount) { a.Disabled = true }) }},
		{name: "SA-08 made anew", want: []string{"GCP-SA-08"}, do: func(r *rig) {
			r.account("deployer", func(a *world.ServiceAccount) { a.UniqueID = "100000000000000000007" })
		}},
		{name: "SA-10 elsewhere", want: []string{"GCP-SA-10"}, read: func(inv *inventory.Inventory) {
			inv.Bridges[0].ToAWS.ServiceAccount = "deployer@acme-legacy.iam.gserviceaccount.com"
		}},
		{name: "SA-11 long tokens", want: []string{"GCP-SA-11"}, read: project(func(p *inventory.Project) {
			p.Constraints["iam.allowServiceAccountCredentialLifetimeExtension"] = inventory.Constraint{Allowed: []string{"deployer@acme-build.iam.gserviceaccount.com"}}
		})},
		{name: "SA-12 idle", want: []string{"GCP-SA-12"}, do: func(r *rig) {
			r.project(func(p *world.Project) { p.Policy.Value.Bindings = p.Policy.Value.Bindings[:1] })
		}},
		{name: "PRJ-01 API", want: []string{"GCP-PRJ-01"}, do: func(r *rig) { r.project(func(p *world.Project) { p.Services["sts.googleapis.com"].Value = false }) }},
		{name: "PRJ-05 dying", want: []string{"GCP-PRJ-05"}, read: project(func(p *inventory.Project) { p.State = "DELETE_REQUESTED" })},
		{name: "PRJ-06 full", want: []string{"GCP-PRJ-06"}, read: project(func(p *inventory.Project) {
			p.Bindings = append(p.Bindings, inventory.Binding{Role: "roles/x", Members: make([]string, 1300)})
		})},
	}
}

// TestSurroundingsFireTheirOwnRule takes one precaution away from a project that has them all.
func TestSurroundingsFireTheirOwnRule(t *testing.T) { runs(t, surroundingMutations()) }

func surroundingMutations() []mutation {
	const providers, keys = "iam.workloadIdentityPoolProviders", "iam.disableServiceAccountKeyCreation"
	careful := func(inv *inventory.Inventory) {
		p := inv.Project
		p.Liens = []string{"held"}
		p.Constraints = map[string]inventory.Constraint{providers: {Allowed: []string{"x"}}, keys: {Enforced: true}}
		p.AuditLogs = []inventory.AuditLog{{Service: "allServices", Types: []string{"ADMIN_READ", "DATA_READ"}}}
		p.Bindings = slices.DeleteFunc(slices.Clone(p.Bindings), func(b inventory.Binding) bool {
			return b.Role == ownerRole || b.Role == editorRole || b.Role == poolAdmin || b.Role == "roles/iam.admin"
		})
	}
	without := func(id string, f func(*inventory.Project)) mutation {
		return mutation{name: id, want: []string{id}, calm: careful, read: func(inv *inventory.Inventory) { f(inv.Project) }}
	}
	grant := func(p *inventory.Project, role string) {
		p.Bindings = append(p.Bindings, inventory.Binding{Role: role, Members: []string{"user:dev@acme.example"}})
	}
	return []mutation{
		without("GCP-PRJ-02", func(p *inventory.Project) { p.Constraints[providers] = inventory.Constraint{AllowAll: true} }),
		without("GCP-PRJ-03", func(p *inventory.Project) { p.Constraints[keys] = inventory.Constraint{} }),
		without("GCP-PRJ-04", func(p *inventory.Project) { p.AuditLogs = nil }),
		without("GCP-PRJ-07", func(p *inventory.Project) { p.Liens = nil }),
		without("GCP-TRUST-12", func(p *inventory.Project) { grant(p, editorRole) }),
		without("GCP-POOL-08", func(p *inventory.Project) { grant(p, poolAdmin) }),
	}
}

func TestAnOrdinaryProjectIsToldMildly(t *testing.T) {
	r := standing(t, bothWays)
	report := r.audit(func(inv *inventory.Inventory) {
		inv.Unread = nil
		inv.Project.Liens = nil
		for _, c := range []string{"iam.workloadIdentityPoolProviders", "iam.workloadIdentityPoolAwsAccounts"} {
			inv.Project.Constraints[c] = inventory.Constraint{AllowAll: true}
		}
		inv.Project.Constraints["iam.disableServiceAccountKeyCreation"] = inventory.Constraint{}
	})
	want := map[string]bool{"GCP-PRJ-02": true, "GCP-PRJ-03": true, "GCP-PRJ-04": true, "GCP-PRJ-07": true, "GCP-TRUST-12": true, "GCP-POOL-08": true}
	for _, f := range report.Findings {
		if want[f.ID] && f.Severity != Low {
			t.Errorf("%s: got %s, want low", f.ID, f.Severity)
		}
		delete(want, f.ID)
	}
	for id := range want {
		t.Errorf("%s did not fire on an ordinary project", id)
	}
}
