package inventory

import "time"

// Account is an AWS account as far as trust is concerned.
type Account struct {
	ID, Partition, Region string
	Roles                 []Role
	Users                 []User
	Groups                []Group
	Policies              map[string]string // documents of managed policies in use, by ARN
	OIDCProviders         []OIDCProvider
	Outbound              Outbound
	Instances             []Instance
	TrustQuota            int // characters that a trust policy may have; 0 when not known
}

// Role is an IAM role.
type Role struct {
	Name, ARN, Path, ID string
	Trust               string // the document
	Created, LastUsed   time.Time
	MaxSession          time.Duration // 0 when not known
	Boundary            string
	Tags                map[string]string
	Inline              []Document
	Attached            []string // ARNs
	Profiles            []string // names of instance profiles that hold it
}

// User is an IAM user.
type User struct {
	Name, ARN string
	Inline    []Document
	Attached  []string
	Boundary  string   // ARN
	Groups    []string // names
	Tags      map[string]string
	Keys      []AccessKey
}

// Group is an IAM group: policies for the users in it.
type Group struct {
	Name     string
	Inline   []Document
	Attached []string
}

// AccessKey is a long-lived key. Only its id is read.
type AccessKey struct {
	ID            string
	Active        bool
	Created       time.Time
	LastUsed      time.Time // zero: never, as far as AWS remembers
	Service, From string    // of the last use: service and region
}

// OIDCProvider is an IAM OIDC provider.
type OIDCProvider struct {
	ARN, URL    string
	ClientIDs   []string
	Thumbprints []string
	Created     time.Time
	Tags        map[string]string
}

// Outbound is the account's own token issuer.
type Outbound struct {
	Enabled bool
	Issuer  string
}

// Instance is an EC2 instance of the region that was asked.
type Instance struct {
	ID      string
	Profile string // ARN; "" for none
	Tokens  string // "required" or "optional": whether the metadata service insists on its second version
}

// Documents lists the permission policies of a role: inline ones, and managed ones whose document was read.
func (a *Account) Documents(inline []Document, attached []string) []Document {
	out := append([]Document{}, inline...)
	for _, arn := range attached {
		if doc, ok := a.Policies[arn]; ok {
			out = append(out, Document{Name: arn, JSON: doc})
		}
	}
	return out
}
