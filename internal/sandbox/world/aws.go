package world

import (
	"maps"
	"slices"
	"time"
)

// AWS is every account of the sandbox. An account is one and the same in every partition and region; the partition
// only shows in the ARNs, which are therefore never stored.
type AWS struct {
	Accounts map[string]*Account `json:"accounts"`
}

// Account is one AWS account. Names of roles, users, policies and profiles are kept under their lower-case form,
// because IAM holds them unique without regard to case or path.
type Account struct {
	ID         string                 `json:"id"`
	Alias      string                 `json:"alias,omitempty"`
	Created    time.Time              `json:"created"`
	Root       *AccessKey             `json:"root,omitempty"` // nil: the root user has no key, as it should be
	Users      Shelf[User]            `json:"users"`
	Groups     Shelf[Group]           `json:"groups"`
	Roles      Shelf[Role]            `json:"roles"`
	Policies   Shelf[ManagedPolicy]   `json:"policies"`
	Profiles   Shelf[InstanceProfile] `json:"profiles"`
	Providers  Shelf[OIDCProvider]    `json:"providers"` // by URL without https://
	Instances  map[string]*Instance   `json:"instances"`
	Queues     map[string]*Queue      `json:"queues"` // by region/name
	Outbound   Outbound               `json:"outbound"`
	Guardrails Guardrails             `json:"guardrails"`
	KeyUses    map[string]Use         `json:"keyUses"`  // by access key id; noted without a save
	RoleUses   map[string]Use         `json:"roleUses"` // by unique role id; noted without a save
}

// complete gives accounts the shelves that a file of an earlier program does not have.
func (a AWS) complete() {
	for _, account := range a.Accounts {
		if account.Groups == nil {
			account.Groups = Shelf[Group]{}
		}
	}
}

// Guardrails are the organisation's policies over an account: service control (what its principals may do) and
// resource control (what may be done to its roles, by whomever). Empty means none.
type Guardrails struct {
	SCP []string `json:"scp,omitempty"`
	RCP []string `json:"rcp,omitempty"`
}

// Use is the last time that a key or a role was used.
type Use struct {
	At      time.Time `json:"at"`
	Service string    `json:"service"`
	Region  string    `json:"region"`
}

// Outbound is the account's own token issuer. The identifier stays when federation is switched off.
type Outbound struct {
	ID      string    `json:"id,omitempty"` // of https://ID.tokens.sts.global.api.aws
	Enabled bool      `json:"enabled,omitempty"`
	Ready   time.Time `json:"ready,omitzero"` // tokens are issued from here on
}

// Entity is what users and roles have in common: a name, a past, and what they may do.
type Entity struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	ID       string            `json:"id"` // AROA… or AIDA…; a re-created one has another
	Created  time.Time         `json:"created"`
	Tags     []Tag             `json:"tags,omitempty"`
	Inline   map[string]string `json:"inline,omitempty"`   // policy documents by name
	Attached []string          `json:"attached,omitempty"` // managed policy ARNs, as attached
	Boundary string            `json:"boundary,omitempty"` // managed policy ARN
}

// Tag is a key with a value; the key's letter case is kept.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (e Entity) clone() Entity {
	e.Tags, e.Attached, e.Inline = slices.Clone(e.Tags), slices.Clone(e.Attached), maps.Clone(e.Inline)
	return e
}

// Role is an IAM role.
type Role struct {
	Entity
	Description string            `json:"description,omitempty"`
	Trust       string            `json:"trust"`
	TrustIDs    map[string]string `json:"trustIDs,omitempty"` // unique id of each user and role ARN that Trust named when it was written
	MaxSession  int               `json:"maxSession"`         // seconds
}

// Clone implements Thing.
func (r Role) Clone() Role {
	r.Entity, r.TrustIDs = r.clone(), maps.Clone(r.TrustIDs)
	return r
}

// User is an IAM user.
type User struct {
	Entity
	Keys   []AccessKey `json:"keys,omitempty"`
	Groups []string    `json:"groups,omitempty"` // unique ids of the groups it is in, so that renaming one changes nothing
}

// Clone implements Thing.
func (u User) Clone() User {
	u.Entity, u.Keys, u.Groups = u.clone(), slices.Clone(u.Keys), slices.Clone(u.Groups)
	return u
}

// Group is an IAM group: policies for the users in it. It has neither tags nor a boundary, and it cannot sign in.
type Group struct{ Entity }

// Clone implements Thing.
func (g Group) Clone() Group { return Group{g.clone()} }

// AccessKey is a long-lived key of a user.
type AccessKey struct {
	ID      string    `json:"id"`
	Secret  string    `json:"secret"`
	Active  bool      `json:"active"`
	Created time.Time `json:"created"`
}

// ManagedPolicy is a customer managed policy. AWS's own are not state; aws knows them.
type ManagedPolicy struct {
	Name        string          `json:"name"`
	Path        string          `json:"path"`
	ID          string          `json:"id"`
	Description string          `json:"description,omitempty"`
	Created     time.Time       `json:"created"`
	Updated     time.Time       `json:"updated"`
	Default     string          `json:"default"`
	Next        int             `json:"next"` // number of the version made next
	Versions    []PolicyVersion `json:"versions"`
	Tags        []Tag           `json:"tags,omitempty"`
}

// PolicyVersion is one of at most five documents of a managed policy.
type PolicyVersion struct {
	ID       string    `json:"id"` // v1, v2 …
	Document string    `json:"document"`
	Created  time.Time `json:"created"`
}

// Clone implements Thing.
func (p ManagedPolicy) Clone() ManagedPolicy {
	p.Versions, p.Tags = slices.Clone(p.Versions), slices.Clone(p.Tags)
	return p
}

// InstanceProfile carries at most one role to EC2.
type InstanceProfile struct {
	Name    string    `json:"name"`
	Path    string    `json:"path"`
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
	Role    string    `json:"role,omitempty"` // lower-case name
	Tags    []Tag     `json:"tags,omitempty"`
}

// Clone implements Thing.
func (p InstanceProfile) Clone() InstanceProfile {
	p.Tags = slices.Clone(p.Tags)
	return p
}

// OIDCProvider is an explicit IAM OIDC provider.
type OIDCProvider struct {
	URL         string    `json:"url"` // without https://
	ClientIDs   []string  `json:"clientIDs,omitempty"`
	Thumbprints []string  `json:"thumbprints,omitempty"`
	Created     time.Time `json:"created"`
	Tags        []Tag     `json:"tags,omitempty"`
}

// Clone implements Thing.
func (p OIDCProvider) Clone() OIDCProvider {
	p.ClientIDs, p.Thumbprints, p.Tags = slices.Clone(p.ClientIDs), slices.Clone(p.Thumbprints), slices.Clone(p.Tags)
	return p
}

// Instance is an EC2 instance.
type Instance struct {
	ID          string       `json:"id"`
	Region      string       `json:"region"`
	Zone        string       `json:"zone"`
	Type        string       `json:"type"`
	Image       string       `json:"image"`
	State       string       `json:"state"` // running, stopped, terminated
	PrivateIP   string       `json:"privateIP"`
	Launched    time.Time    `json:"launched"`
	Tokens      string       `json:"tokens"` // required or optional: whether the metadata insists on IMDSv2
	HopLimit    int          `json:"hopLimit"`
	Tags        []Tag        `json:"tags,omitempty"`
	Association *Association `json:"association,omitempty"` // the profile it carries
}

// Association says that an instance carries a profile. A profile deleted and made anew has another id: the association
// is then broken, as in the real EC2.
type Association struct {
	ID        string    `json:"id"`
	Profile   string    `json:"profile"` // lower-case name
	ProfileID string    `json:"profileID"`
	State     string    `json:"state"` // what the last call began: associating or disassociating
	Settles   time.Time `json:"settles"`
	Serial    uint64    `json:"serial"` // grows: the last one made has the largest
}

// Queue is an SQS queue.
type Queue struct {
	Name     string            `json:"name"`
	Region   string            `json:"region"`
	Created  time.Time         `json:"created"`
	Attrs    map[string]string `json:"attrs,omitempty"`
	Messages []Message         `json:"messages,omitempty"`
}

// Message waits in a queue; after a receive it is hidden for a while.
type Message struct {
	ID      string    `json:"id"`
	Body    string    `json:"body"`
	Sent    time.Time `json:"sent"`
	Hidden  time.Time `json:"hidden,omitzero"` // until
	Receipt string    `json:"receipt,omitempty"`
}

// Lag is how long a write to AWS stays invisible to reads.
func (w *World) Lag() time.Duration { return w.knobs.Lag }

// Issuer is the URL that an account's own tokens name as their issuer.
func (o Outbound) Issuer() string { return "https://" + o.ID + ".tokens.sts.global.api.aws" }

// ByIssuer finds the account whose tokens name an issuer, whether or not it vends them now: those already out stay
// good. The issuer's key is that of IssuerAWS with the account's number, RS256.
func (a AWS) ByIssuer(issuer string) (*Account, bool) {
	for _, account := range a.Accounts {
		if account.Outbound.Issuer() == issuer {
			return account, true
		}
	}
	return nil, false
}
