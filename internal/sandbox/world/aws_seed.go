package world

import (
	"crypto/rand"
	"encoding/base64"
	"time"
)

// The accounts of the seeded world.
const (
	AccountID       = "123456789012" // where the operator works
	LegacyAccountID = "210987654321" // with a past
	OperatorUser    = "operator"
)

const ec2Trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func seedAWS(now time.Time, s *State) AWS {
	acme := newAccount(AccountID, "acme-prod", now.AddDate(-3, 0, 0), s)
	acme.addUser(s, User{Entity: Entity{Name: OperatorUser, Created: now.AddDate(-2, 0, 0), Attached: []string{administratorAccess}}}, 20)
	acme.addInstances(now, s)
	legacy := newAccount(LegacyAccountID, "acme-legacy", now.AddDate(-6, 0, 0), s)
	legacy.seedPast(now, s)
	return AWS{Accounts: map[string]*Account{acme.ID: acme, legacy.ID: legacy}}
}

const administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"

func newAccount(id, alias string, created time.Time, s *State) *Account {
	return &Account{
		ID: id, Alias: alias, Created: created,
		Users: Shelf[User]{}, Groups: Shelf[Group]{}, Roles: Shelf[Role]{}, Policies: Shelf[ManagedPolicy]{},
		Profiles: Shelf[InstanceProfile]{}, Providers: Shelf[OIDCProvider]{},
		Instances: map[string]*Instance{}, Queues: map[string]*Queue{},
		Outbound: Outbound{ID: s.UUID()},
		KeyUses:  map[string]Use{}, RoleUses: map[string]Use{},
	}
}

func (a *Account) addUser(s *State, u User, keyAge int) User {
	u.Path, u.ID = "/", "AIDA"+s.Upper(17)
	u.Keys = []AccessKey{NewAccessKey(s, u.Created.AddDate(0, 0, keyAge))}
	a.Users.Put(u.Name, u, u.Created, 0)
	return u
}

func (a *Account) addRole(s *State, r Role) {
	r.ID = "AROA" + s.Upper(17)
	if r.Path == "" {
		r.Path = "/"
	}
	if r.MaxSession == 0 {
		r.MaxSession = 3600
	}
	a.Roles.Put(r.Name, r, r.Created, 0)
}

// NewAccessKey makes a long-lived key. Its secret is really random, whatever the seed.
func NewAccessKey(s *State, created time.Time) AccessKey {
	return AccessKey{ID: "AKIA" + s.Upper(16), Secret: NewSecretKey(), Active: true, Created: created}
}

// NewSecretKey makes a secret access key: 40 characters.
func NewSecretKey() string {
	b := make([]byte, 30)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// addInstances puts a few machines where the examples of the documentation look for them: in each region one without a
// profile, and one that serves the web with one.
func (a *Account) addInstances(now time.Time, s *State) {
	made := now.AddDate(0, -4, 0)
	a.addRole(s, Role{Entity: Entity{Name: "web-server", Created: made, Attached: []string{"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}}, Trust: ec2Trust})
	profile := InstanceProfile{Name: "web-server", Path: "/", ID: "AIPA" + s.Upper(17), Created: made, Role: "web-server"}
	a.Profiles.Put("web-server", profile, made, 0)
	for i, region := range []string{"us-east-1", "eu-west-1", "ap-southeast-2"} {
		plain := newInstance(region, "reports", made, i*2+1)
		web := newInstance(region, "web", made, i*2+2)
		web.Association = &Association{
			ID: "iip-assoc-0" + s.Hex(16), Profile: "web-server", ProfileID: profile.ID,
			State: "associating", Settles: made, Serial: 0,
		}
		a.Instances[plain.ID], a.Instances[web.ID] = plain, web
	}
}

// newInstance numbers the seeded machines: i-0acce550000000001 and so on, the same under every seed.
func newInstance(region, name string, launched time.Time, n int) *Instance {
	digit := string(rune('0' + n))
	return &Instance{
		ID: "i-0acce55000000000" + digit, Region: region, Zone: region + "a", Type: "t3.micro",
		Image: "ami-0acce5500000000a1", State: "running", PrivateIP: "10.0.1.1" + digit, Launched: launched,
		Tokens: "required", HopLimit: 2, Tags: []Tag{{"Name", name}},
	}
}

// seedPast gives the account what an audit should find: a role that trusts Google too much, an explicit Google
// provider that takes over from the built-in one, a user whose key is long due, a role nobody uses, and an instance
// whose metadata still answers to its first version.
func (a *Account) seedPast(now time.Time, s *State) {
	old := now.AddDate(-2, 0, 0)
	ci := a.addUser(s, User{Entity: Entity{
		Name: "ci-deploy", Created: old,
		Inline: map[string]string{"deploy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"*"}]}`},
	}}, 90)
	a.addUser(s, User{Entity: Entity{Name: OperatorUser, Created: old, Attached: []string{administratorAccess}}}, 30)
	a.KeyUses[ci.Keys[0].ID] = Use{At: now.AddDate(0, 0, -6), Service: "s3", Region: "us-east-1"}
	a.addRole(s, Role{
		Entity: Entity{Name: "gcp-legacy", Created: old, Attached: []string{administratorAccess}},
		Trust: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"accounts.google.com"},` +
			`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"accounts.google.com:oaud":"gcp"}}}]}`,
		MaxSession: 43200,
	})
	a.addRole(s, Role{Entity: Entity{Name: "nightly-batch", Created: old}, Trust: ec2Trust})
	batch := newInstance("us-east-1", "batch", old, 9)
	batch.Tokens = "optional"
	a.Instances[batch.ID] = batch
	a.Providers.Put("accounts.google.com", OIDCProvider{
		URL: "accounts.google.com", ClientIDs: []string{"sts.amazonaws.com"},
		Thumbprints: []string{"08745487e891c19e3078c1f2a07e452950ef36f6"}, Created: old,
	}, old, 0)
}

func (a AWS) secrets() []string {
	var all []string
	for _, account := range a.Accounts {
		for _, user := range account.Users.AllLatest() {
			for _, key := range user.Keys {
				all = append(all, key.Secret)
			}
		}
	}
	return all
}

// OperatorKey is the access key with which the operator of the first account signs. It is empty when somebody took
// it away.
func (w *World) OperatorKey() (id, secret string) { return w.KeyOf(AccountID, OperatorUser) }

// KeyOf is the first access key of a user, for tests that call as somebody else.
func (w *World) KeyOf(account, user string) (id, secret string) {
	w.View(func(s *State, _ time.Time) {
		a, ok := s.AWS.Accounts[account]
		if !ok {
			return
		}
		if u, ok := a.Users.Latest(user); ok && len(u.Keys) > 0 {
			id, secret = u.Keys[0].ID, u.Keys[0].Secret
		}
	})
	return id, secret
}

// RootKey is a key of an account's root user, made at the first call: for tests of what refuses to work as root.
func (w *World) RootKey(account string) (id, secret string) {
	_ = w.Change(func(s *State, now time.Time) error {
		a, ok := s.AWS.Accounts[account]
		if !ok {
			return nil
		}
		if a.Root == nil {
			key := NewAccessKey(s, now)
			a.Root = &key
		}
		id, secret = a.Root.ID, a.Root.Secret
		return nil
	})
	w.Issued(secret)
	return id, secret
}
