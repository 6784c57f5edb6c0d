package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drawbridge-cloud/drawbridge/internal/inventory"
	"github.com/drawbridge-cloud/drawbridge/internal/sandbox/world"
	"github.com/drawbridge-cloud/drawbridge/internal/spec"
)

// mutation changes one thing of a bridge that has no finding that matters, in the cloud or, where the sandbox has no such
// thing, in what was read.
type mutation struct {
	name string
	want []string                   // the rules that fire besides those that fired before
	file string                     // the bridge; "": both ways
	calm func(*inventory.Inventory) // makes a world in which nothing of the rule is to be seen, before and after
	do   func(*rig)
	read func(*inventory.Inventory)
}

// runs holds each mutation to exactly the rules that it is about: they are silent before, and speak after.
func runs(t *testing.T, list []mutation) {
	t.Helper()
	for _, m := range list {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			file := m.file
			if file == "" {
				file = bothWays
			}
			r := standing(t, file)
			var change []func(*inventory.Inventory)
			if m.calm != nil {
				change = append(change, m.calm)
			}
			before := ids(r.audit(change...).Findings)
			if m.do != nil {
				m.do(r)
			}
			if m.read != nil {
				change = append(change, m.read)
			}
			report := r.audit(change...)
			got := slices.DeleteFunc(ids(report.Findings), func(id string) bool { return slices.Contains(before, id) })
			want := slices.Sorted(slices.Values(m.want))
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
				for _, f := range report.Findings {
					if slices.Contains(got, f.ID) {
						t.Logf("%s %s %s: %s", f.ID, f.Severity, f.Resource, f.Evidence)
					}
				}
			}
		})
	}
}

func (r *rig) uid() string {
	id := ""
	r.account("deployer", func(a *world.ServiceAccount) { id = a.UniqueID })
	return id
}

const (
	aud  = `"accounts.google.com:aud":"`
	sub  = `"accounts.google.com:sub":"`
	oaud = `"accounts.google.com:oaud":"https://sts.amazonaws.com/123456789012/deployer"`
)

// conditions replaces the whole condition of the trust policy.
func (r *rig) conditions(text string) {
	r.role("deployer", func(v *world.Role) {
		v.Trust = `{"Version":"2012-10-17","Statement":[{"Sid":"GoogleServiceAccount","Effect":"Allow","Principal":{"Federated":"accounts.google.com"},` +
			`"Action":"sts:AssumeRoleWithWebIdentity","Condition":` + text + `}]}`
	})
}

func (r *rig) statement(text string) {
	r.role("deployer", func(v *world.Role) { v.Trust = v.Trust[:len(v.Trust)-2] + "," + text + "]}" })
}

func (r *rig) inline(role, statement string) {
	r.role(role, func(v *world.Role) {
		v.Inline = map[string]string{"x": `{"Version":"2012-10-17","Statement":[` + statement + `]}`}
	})
}

func (r *rig) attach(role, arn string) {
	r.role(role, func(v *world.Role) { v.Attached = append(v.Attached, arn) })
}

func (r *rig) oidc(p world.OIDCProvider) {
	r.tamper(func(s *world.State, now time.Time) {
		p.Created = now
		s.AWS.Accounts[r.bridge.AWS.Account].Providers.Put(p.URL, p, now, 0)
	})
}

func (r *rig) user(name string, k world.AccessKey) {
	r.tamper(func(s *world.State, now time.Time) {
		k.Created = now.AddDate(0, 0, -40)
		u := world.User{Entity: world.Entity{Name: name, Path: "/", ID: "AIDAX", Created: k.Created}, Keys: []world.AccessKey{k}}
		s.AWS.Accounts[r.bridge.AWS.Account].Users.Put(name, u, now, 0)
	})
}

func TestTrustChangesFireTheirOwnRule(t *testing.T) { runs(t, trustMutations()) }

func trustMutations() []mutation {
	return []mutation{
		{name: "T01 no condition", want: []string{"AWS-T01"}, do: func(r *rig) { r.conditions("{}") }},
		{name: "T02 audience alone", want: []string{"AWS-T02"}, do: func(r *rig) { r.conditions(`{"StringEquals":{` + oaud + `}}`) }},
		{name: "T03 no audience", want: []string{"AWS-T03"}, do: func(r *rig) { r.trust(oaud+",", "") }},
		{name: "T04 wildcard", want: []string{"AWS-T04"}, do: func(r *rig) {
			r.conditions(`{"StringEquals":{` + oaud + `},"StringLike":{` + sub + `1*"}}`)
		}},
		{name: "T04 variable", want: []string{"AWS-T04"}, do: func(r *rig) {
			r.conditions(`{"StringEquals":{` + oaud + `,` + sub + `${accounts.google.com:sub}"}}`)
		}},
		{name: "T05 if exists", want: []string{"AWS-T05"}, do: func(r *rig) {
			r.conditions(`{"StringEqualsIfExists":{` + oaud + `,` + sub + r.uid() + `"}}`)
		}},
		{name: "T06 oauth client", want: []string{"AWS-T06"}, do: func(r *rig) {
			r.conditions(`{"StringEquals":{` + oaud + `,` + aud + `32555940559.apps.googleusercontent.com"}}`)
		}},
		{name: "T07 mail as sub", want: []string{"AWS-T07"}, do: func(r *rig) { r.trust(sub+r.uid(), sub+"deployer@acme-build.iam.gserviceaccount.com") }},
		{name: "T08 audience as aud", want: []string{"AWS-T08"}, do: func(r *rig) { r.trust(aud+r.uid(), aud+"https://sts.amazonaws.com/x") }},
		{name: "T09 mail", want: []string{"AWS-T09"}, do: func(r *rig) { r.trust(oaud, oaud+`,"accounts.google.com:email":"a@b"`) }},
		{name: "T10 azp", want: []string{"AWS-T10"}, do: func(r *rig) { r.trust(oaud, oaud+`,"accounts.google.com:azp":"1"`) }},
		{
			name: "T11 dead number", want: []string{"AWS-T11"}, do: func(r *rig) {
				r.trust(aud+r.uid(), aud+"100000000000000000009", sub+r.uid(), sub+"100000000000000000009")
			},
			read: func(inv *inventory.Inventory) { inv.Bridges[0].ToAWS.ServiceAccount = "somebody-else" },
		},
		{name: "T13 generic audience", want: []string{"AWS-T13"}, do: func(r *rig) { r.trust("https://sts.amazonaws.com/123456789012/deployer", "sts.amazonaws.com") }},
		{name: "T14 everybody", want: []string{"AWS-T14"}, do: func(r *rig) { r.statement(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`) }},
		{name: "T14 another account", want: []string{"AWS-T14"}, do: func(r *rig) {
			r.statement(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"sts:AssumeRole"}`)
		}},
		{name: "T15 authorized by idp", want: []string{"AWS-T15"}, do: func(r *rig) { r.trust(oaud, oaud+`,"sts:RoleAuthorizedByIdp":"true"`) }},
		{name: "T16 no aud", want: []string{"AWS-T16"}, do: func(r *rig) { r.trust(aud+r.uid()+`",`, "") }},
		{name: "T12 and R08 second account", want: []string{"AWS-T12", "AWS-R08", "AWS-T11"}, do: func(r *rig) {
			r.statement(`{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{` +
				oaud + `,` + sub + `100000000000000000009",` + aud + `100000000000000000009"}}}`)
		}},
		{name: "R08 another sid", want: []string{"AWS-R08"}, do: func(r *rig) { r.trust("GoogleServiceAccount", "Other") }},
		{name: "P04 missing provider", want: []string{"AWS-P04"}, do: func(r *rig) {
			r.trust(`"accounts.google.com"`, `"arn:aws:iam::123456789012:oidc-provider/accounts.google.com"`)
		}},
	}
}

func TestAccountChangesFireTheirOwnRule(t *testing.T) { runs(t, accountMutations()) }

func accountMutations() []mutation {
	return []mutation{
		{name: "P01 explicit provider", want: []string{"AWS-P01"}, do: func(r *rig) { r.oidc(world.OIDCProvider{URL: "accounts.google.com"}) }},
		{name: "P02 stray client id", want: []string{"AWS-P01", "AWS-P02"}, do: func(r *rig) { r.oidc(world.OIDCProvider{URL: "accounts.google.com", ClientIDs: []string{"x"}}) }},
		{name: "P03 thumbprint", want: []string{"AWS-P01", "AWS-P03"}, do: func(r *rig) { r.oidc(world.OIDCProvider{URL: "accounts.google.com", Thumbprints: []string{"aa"}}) }},
		{name: "P05 other provider", want: []string{"AWS-P05"}, do: func(r *rig) { r.oidc(world.OIDCProvider{URL: "idp.example"}) }},
		{name: "R01 unused", want: []string{"AWS-R01"}, do: func(r *rig) { r.role("deployer", func(v *world.Role) { v.Created = v.Created.AddDate(0, 0, -200) }) }},
		{name: "R02 long sessions", want: []string{"AWS-R02"}, do: func(r *rig) { r.role("deployer", func(v *world.Role) { v.MaxSession = 43200 }) }},
		{name: "R03 administrator", want: []string{"AWS-R03"}, do: func(r *rig) { r.attach("deployer", "arn:aws:iam::aws:policy/AdministratorAccess") }},
		{name: "R04 pass role", want: []string{"AWS-R04"}, do: func(r *rig) { r.inline("deployer", `{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}`) }},
		{name: "R05 any role", want: []string{"AWS-R05"}, do: func(r *rig) { r.inline("deployer", `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`) }},
		{name: "R06 boundary", want: []string{"AWS-R06"}, read: func(inv *inventory.Inventory) {
			inv.Bridges[0].ToAWS.Role.PermissionsBoundary = "arn:aws:iam::1:policy/b"
		}},
		{name: "R07 no tag", want: []string{"AWS-R07"}, do: func(r *rig) { r.role("deployer", func(v *world.Role) { v.Tags = nil }) }},
		{name: "R08 another trust than the journal's", want: []string{"AWS-R08"}, do: func(r *rig) {
			r.role("report-reader", func(v *world.Role) {
				v.Trust = strings.Replace(v.Trust, `"Action":"sts:AssumeRole"`, `"Action":["sts:AssumeRole","sts:TagSession"]`, 1)
			})
		}, read: func(inv *inventory.Inventory) {
			inv.Applied = map[string]inventory.Applied{"report-reader": {Trust: string(inv.Bridges[0].WorkloadTrust().JSON()), At: inv.At}}
		}},
		{name: "R08 what another machine applied since", want: nil, read: func(inv *inventory.Inventory) {
			inv.Applied = map[string]inventory.Applied{"report-reader": {Trust: `{"Version":"2012-10-17","Statement":[]}`, At: inv.At}}
		}},
		{name: "R09 long trust", want: []string{"AWS-R09"}, read: func(inv *inventory.Inventory) { inv.Account.TrustQuota = 200 }},
		{name: "K01 key", want: []string{"AWS-K01"}, do: func(r *rig) { r.user("deployer", world.AccessKey{ID: "AKIAX", Active: true}) }},
		{name: "K02 old key", want: []string{"AWS-K02"}, do: func(r *rig) { r.user("deployer", world.AccessKey{ID: "AKIAX"}) }},
		{name: "K03 keys beside the profile", want: []string{"AWS-K03"}, read: func(inv *inventory.Inventory) {
			inv.Profiles = []inventory.Profile{{Name: "both-ways", Path: "config", Role: "deployer", Static: []string{"aws_access_key_id in credentials"}}}
		}},
		{name: "K03 a profile without keys", want: nil, read: func(inv *inventory.Inventory) {
			inv.Profiles = []inventory.Profile{{Name: "both-ways", Path: "config", Role: "deployer"}}
		}},
		{name: "I01 service", want: []string{"AWS-I01"}, do: func(r *rig) {
			r.role("report-reader", func(v *world.Role) {
				v.Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
			})
		}},
		{name: "I02 metadata", want: []string{"AWS-I02"}, read: func(inv *inventory.Inventory) {
			inv.Account.Instances[0].Tokens, inv.Account.Instances[0].Profile = "optional", "arn:aws:iam::123456789012:instance-profile/drawbridge/report-reader"
		}},
		{name: "I03 profile", want: []string{"AWS-I03"}, read: func(inv *inventory.Inventory) { inv.Bridges[0].ToGoogle.Role.Instance = inv.Account.Instances[0].ID }},
		{name: "I04 session manager", want: []string{"AWS-I04"}, do: func(r *rig) { r.attach("report-reader", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore") }},
		{name: "O01 outbound", want: []string{"AWS-O01"}, do: func(r *rig) {
			r.tamper(func(s *world.State, _ time.Time) { s.AWS.Accounts[r.bridge.AWS.Account].Outbound.Enabled = true })
		}},
		{name: "O02 any audience", want: []string{"AWS-O02"}, do: func(r *rig) {
			r.inline("report-reader", `{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"}`)
		}},
		{name: "O03 operator", want: []string{"AWS-O03"}, do: func(r *rig) {
			r.inline("report-reader", `{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*","Condition":{"StringEquals":{"sts:IdentityTokenAudience":"x"}}}`)
		}},
	}
}

func TestDefaultsOfABridgeAreNotADoor(t *testing.T) {
	r := standing(t, bothWays)
	b, err := spec.Parse("x", []byte(bothWays))
	if err != nil {
		t.Fatal(err)
	}
	got, ok := newSight(inventory.Inventory{Account: &inventory.Account{ID: "1"}, Bridges: []spec.Bridge{b}}).bridgeOfRole("deployer")
	if !ok || got.Name != r.bridge.Name {
		t.Errorf("got %+v, want the bridge of its role", got)
	}
}
